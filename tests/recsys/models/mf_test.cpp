#include "recsys/models/mf.h"

#include <gmock/gmock.h>

#include "engine/base/hash.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/evaluate.h"
#include "recsys/recommender/recommender.h"
#include "tests/support/interactions_of.h"

namespace throng {
namespace {

using throng::testing::checkerboard;
using throng::testing::interactions_of;

class Log : public FitObserver {
 public:
  void on_progress(const FitProgress& progress) override { progress_.push_back(progress); }
  const std::vector<FitProgress>& progress() const { return progress_; }

 private:
  std::vector<FitProgress> progress_;
};

MfOptions small_options() {
  return {.factors = 8, .learning_rate = 0.02, .max_epochs = 60, .eval_every = 2, .patience = 3};
}

/// Held-out items that training says nothing about: the other parity.
Interactions misleading(std::uint32_t users, std::uint32_t items) {
  std::vector<std::vector<std::uint32_t>> rows(users);
  for (std::uint32_t user = 0; user < users; ++user) rows[user] = {(user + 1) % 2, (user + 1) % 2 + 4};
  return interactions_of(items, rows);
}

TEST(MatrixFactorization, StopsWhenValidationNoLongerGainsAndKeepsTheBest) {
  const Interactions train = checkerboard(40, 40);
  const Interactions validation = misleading(40, 40);
  Log log;
  MatrixFactorization mf(small_options());
  mf.fit({.train = train, .validation = &validation, .seed = 1}, log);
  ASSERT_GE(log.progress().size(), 4U);
  EXPECT_LT(log.progress().back().epoch, 60) << "learning the checkerboard only hurts here";
  double best = 0;
  for (const FitProgress& progress : log.progress())
    best = std::max(best, progress.validation_ndcg.value_or(0));
  const Interactions* masked[] = {&train};
  EXPECT_EQ(evaluate(mf, validation, masked, 20).metrics.ndcg, best);
}

TEST(MatrixFactorization, RunsAllEpochsWithoutValidationAndReportsAFallingLoss) {
  Log log;
  const Interactions train = checkerboard(40, 40);
  MatrixFactorization(small_options()).fit({.train = train, .seed = 1}, log);
  ASSERT_EQ(log.progress().size(), 60U);
  EXPECT_EQ(log.progress().back().epoch, 60);
  EXPECT_LT(log.progress().back().loss, log.progress().front().loss);
}

TEST(MatrixFactorization, MasksTestItemsWhileValidating) {
  // Item 2 is everybody's favourite among what is left; masked as a test item it leaves the first place to
  // item 3.
  std::vector<std::vector<std::uint32_t>> likes(20, {2});
  likes.resize(30, {3});
  likes.resize(31);
  const Interactions train = interactions_of(5, likes);
  std::vector<std::vector<std::uint32_t>> held_out(31);
  held_out[30] = {3};
  const Interactions validation = interactions_of(5, held_out);
  held_out[30] = {2};
  const Interactions test = interactions_of(5, held_out);
  Log without;
  Log with;
  MatrixFactorization mf(small_options());
  mf.fit({.train = train, .validation = &validation, .seed = 1}, without);
  mf.fit({.train = train, .validation = &validation, .test = &test, .seed = 1}, with);
  EXPECT_LT(without.progress().back().validation_ndcg.value(), 1);
  EXPECT_EQ(with.progress().back().validation_ndcg.value(), 1);
}

/// Pins the bits of a fit and of its scores for Debian 12's g++ and glibc, whatever the optimisation and the
/// machine. A change here changes the results of every run with mf.
TEST(MatrixFactorization, KeepsItsGoldenScores) {
  const Interactions train = checkerboard(40, 40);
  Log log;
  MatrixFactorization mf(small_options());
  mf.fit({.train = train, .seed = 1}, log);
  const std::vector<ItemId> history{ItemId{1}, ItemId{5}};
  std::vector<Query> queries(ScoreBlock::kQueries, Query{.history = history});
  for (std::uint32_t n = 1; n < queries.size(); ++n) queries[n] = {.user = UserId{n}};
  ScoreBlock scores(40);
  mf.score(queries, scores);
  std::string bytes;
  for (std::size_t n = 0; n < queries.size(); ++n) {
    const auto row = std::as_bytes(scores.of(n));
    for (const std::byte byte : row) bytes.push_back(static_cast<char>(byte));
  }
  EXPECT_EQ(hash128(bytes).hex(), "bd6187fa277d6f7e016b725a871daf22");
}

TEST(MatrixFactorization, FoldsAHistoryInLikeAFittedUser) {
  const Interactions train = checkerboard(40, 40);
  Log log;
  MatrixFactorization mf({.factors = 8});
  mf.fit({.train = train, .seed = 1}, log);
  for (const std::uint32_t parity : {0U, 1U}) {
    const std::vector<ItemId> history{ItemId{parity}, ItemId{parity + 2}, ItemId{parity + 10}};
    const RankingRequest request{.query = {.history = history}, .excluded = {history}};
    const Rankings rankings = mf.rank({&request, 1}, 5);
    for (const ItemId item : rankings.of(0)) EXPECT_EQ(index(item) % 2, parity);
  }
}

TEST(MatrixFactorization, HogwildLearnsACheckerboardToo) {
#ifdef THRONG_PLAIN_THREADS
  GTEST_SKIP() << "NOT TESTED under ThreadSanitizer: its races are the point";
#endif
  const Interactions train = checkerboard(40, 40);
  Log log;
  MfOptions options = small_options();
  options.learning_rate = 0.05;
  options.hogwild = true;
  MatrixFactorization mf(options);
  EXPECT_FALSE(mf.is_deterministic());
  mf.fit({.train = train, .seed = 1}, log);
  EXPECT_LT(log.progress().back().loss, 0.7 * log.progress().front().loss);
  for (std::uint32_t n = 0; n < 40; ++n) {
    const RankingRequest request{.query = {.user = UserId{n}}, .excluded = {train.items_of(UserId{n})}};
    const Rankings rankings = mf.rank({&request, 1}, 5);
    for (const ItemId item : rankings.of(0)) EXPECT_EQ(index(item) % 2, n % 2);
  }
}

}  // namespace
}  // namespace throng

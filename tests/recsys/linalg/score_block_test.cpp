#include "recsys/linalg/score_block.h"

#include <bit>
#include <utility>

#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "tests/recsys/recsys_support.h"

namespace throng {
namespace {

constexpr std::size_t kUsers = ScoreBlock::kQueries;

std::vector<std::uint32_t> bits_of(std::span<const float> scores) {
  std::vector<std::uint32_t> bits;
  for (const float score : scores) bits.push_back(std::bit_cast<std::uint32_t>(score));
  return bits;
}

using Shape = std::pair<std::size_t, std::size_t>;  // items, factors

class FactorScores : public ::testing::TestWithParam<Shape> {
 protected:
  FactorMatrix items_ = random_matrix(GetParam().first, GetParam().second, "items");
  FactorMatrix users_ = random_matrix(kUsers, GetParam().second, "users");
  FactorScorer scorer_{items_};

  std::vector<std::uint32_t> score_alone(std::size_t user) const {
    ScoreBlock scores(items_.rows());
    const std::span<const float> row = users_.row(user);
    scorer_.score({&row, 1}, scores);
    return bits_of(scores.of(0));
  }

  /// The bits of a user's scores at each position of full batches, in which the users come rotated by
  /// `shift`.
  std::vector<std::vector<std::uint32_t>> score_batch(std::size_t shift) const {
    std::vector<std::span<const float>> rows;
    for (std::size_t n = 0; n < kUsers; ++n) rows.push_back(users_.row((n + shift) % kUsers));
    ScoreBlock scores(items_.rows());
    scorer_.score(rows, scores);
    std::vector<std::vector<std::uint32_t>> bits(kUsers);
    for (std::size_t n = 0; n < kUsers; ++n) bits[(n + shift) % kUsers] = bits_of(scores.of(n));
    return bits;
  }
};

TEST_P(FactorScores, AreInnerProducts) {
  ScoreBlock scores(items_.rows());
  const std::span<const float> user = users_.row(3);
  scorer_.score({&user, 1}, scores);
  for (std::size_t item = 0; item < items_.rows(); ++item) {
    EXPECT_NEAR(scores.of(0)[item], dot(user, items_.row(item)), 1e-4);
  }
}

TEST_P(FactorScores, AreTheSameBitsAloneAndAtEveryPositionOfABatchOnAnyThread) {
  std::vector<std::vector<std::uint32_t>> alone(kUsers);
  for (std::size_t user = 0; user < kUsers; ++user) alone[user] = score_alone(user);
  for (const std::size_t threads : {1U, 2U}) {
    const ThreadLimit limit(threads);
    std::vector<std::vector<std::vector<std::uint32_t>>> batches(kUsers);
    parallel_for(kUsers, [&](std::size_t shift) { batches[shift] = score_batch(shift); });
    for (const auto& batch : batches) EXPECT_EQ(batch, alone);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, FactorScores,
                         ::testing::Values(Shape{1, 1}, Shape{47, 7}, Shape{48, 8}, Shape{500, 32},
                                           Shape{1001, 64}, Shape{333, 100}, Shape{97, 513}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.first) + "x" +
                                  std::to_string(shape.param.second);
                         });

}  // namespace
}  // namespace throng

#include "engine/ranks/ranks.h"

#include "tests/engine/ranks/ranks_suite.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

struct Alone {
  static void on_each(const std::function<void(Ranks&)>& body) {
    OneRank ranks;
    body(ranks);
  }
};

template <std::size_t count>
struct Threads {
  static void on_each(const std::function<void(Ranks&)>& body) { ThreadRanks::run(count, body); }
};

using Places = ::testing::Types<Alone, Threads<1>, Threads<2>, Threads<3>, Threads<7>>;
INSTANTIATE_TYPED_TEST_SUITE_P(InOneProcess, RanksSuite, Places);

// Who does not come to a collective must not leave the others waiting.
TEST(ThreadRanks, WhoThrowsAloneIsMissedInTheNextCollective) {
  const std::optional<Failure> failure = ranks_suite::failure_of([] {
    ThreadRanks::run(3, [](Ranks& ranks) {
      if (ranks.self() == 1) throw Failure(ErrorKind::stopped, "rank 1 stops");
      ranks.all_gather("");
    });
  });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::stopped);
  EXPECT_THAT(failure->what(), ::testing::HasSubstr("rank 1"));
}

}  // namespace
}  // namespace throng

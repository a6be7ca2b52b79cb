#include "agents/calibration/behaviour.h"

#include <cmath>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;

using Of = Behaviour::Distribution;

/// A session of pages with four items each, of which those at these positions are viewed and rated so.
SessionRecord session(const std::vector<std::vector<std::pair<std::uint16_t, std::uint8_t>>>& pages,
                      std::uint8_t score) {
  SessionRecord session{.interview = Interview{.score = score}};
  for (const auto& views : pages) {
    PageRecord& page = session.pages.emplace_back();
    page.impressions.resize(4);
    page.decision = Decision{};
    for (const auto& [position, rating] : views)
      add_view(page.actions, position, rating, static_cast<Feeling>(rating));
  }
  return session;
}

TEST(Behaviour, CountsWhatHappened) {
  Behaviour behaviour;
  behaviour.add(session({{{1, 4}, {3, 5}}, {}}, 3), {.activity = 1});
  behaviour.add(session({{{1, 4}}}, 6), {.activity = 3});
  EXPECT_THAT(behaviour.counts(Of::exit_pages), ElementsAre(1, 1));
  EXPECT_THAT(behaviour.counts(Of::ratings), ElementsAre(0, 0, 0, 2, 1));
  EXPECT_THAT(behaviour.counts(Of::interview_scores), ElementsAre(0, 0, 1, 0, 0, 1));
  EXPECT_THAT(behaviour.counts(Of::views_per_page), ElementsAre(1, 1, 1));
  std::vector<double> means;
  for (const Behaviour::Figure& figure : behaviour.figures()) means.push_back(figure.mean().value_or(-1));
  // P_view of the two agents is 2/8 and 1/4; at place 1 the first one viewed on one of its two pages.
  EXPECT_THAT(means, ElementsAre(0.25, 0.25, 1.5, 4.5, 0.25, -1, 0.25, 0.75, 0, 0.25, 0));
}

TEST(Behaviour, GapsAreAsByHand) {
  std::vector<Behaviour> recorded(2);
  recorded[0].add(session({{}}, 3), {});
  recorded[1].add(session({{}}, 4), {});
  Behaviour simulated;
  simulated.add(session({{{1, 4}}}, 4), {});
  const std::vector<BehaviourGap> gaps = behaviour_gaps(recorded, simulated, 1);
  EXPECT_EQ(gaps[0].gap, 0) << "all left after the first page";
  EXPECT_FALSE(gaps[1].gap) << "nothing was rated";
  // (1/2, 1/2) and (0, 1), whose middle is (1/4, 3/4).
  EXPECT_NEAR(*gaps[2].gap, (0.5 * std::log(2.0) + 0.5 * std::log(2 / 3.0) + std::log(4 / 3.0)) / 2, 1e-12);
  EXPECT_NEAR(*gaps[3].gap, std::log(2), 1e-12) << "nothing in common";
  EXPECT_EQ(gaps[4].name, "P_view");
  EXPECT_NEAR(*gaps[4].gap, 0.25, 1e-12);
  EXPECT_EQ(gaps[4].floor_95, 0) << "they all viewed nothing";
  EXPECT_GT(gaps[2].floor_mean, 0) << "two agents are a small sample";
}

}  // namespace
}  // namespace throng

#include <algorithm>

#include <gmock/gmock.h>

#include "agents/exposure.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/scenario/scenario.h"
#include "scenarios/studies/study.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

/// The shipped study, small.
class Adverts : public ::testing::Test {
 protected:
  Adverts() {
    run_study(read_scenario("adverts", {"population.agents=200", R"(recommender={"kind": "popularity"})"}),
              {.folder = folder_ / "study", .progress = Progress::Output::none});
    figures_ = study_figures(folder_ / "study");
  }
  static const PairedDifference& of(const std::vector<ArmDifference>& differences, const std::string& arm,
                                    const std::string& figure) {
    const auto found = std::ranges::find_if(
        differences, [&](const ArmDifference& each) { return each.arm == arm && each.figure == figure; });
    if (found == differences.end()) throw std::out_of_range(arm + ", " + figure);
    return found->over_agents;
  }

  TempFolder folder_;
  StudyFigures figures_;
};

TEST_F(Adverts, OfOneItemWithWordsAndWithoutAreAlikeForWhoeverCannotRead) {
  std::size_t compared = 0;
  for (const ArmDifference& difference : figures_.differences) {
    if (!difference.arm.starts_with("advert,")) continue;
    ++compared;
    EXPECT_EQ(difference.baseline, "placed" + difference.arm.substr(6));
    EXPECT_EQ(difference.over_replicates.mean, 0) << difference.arm << " " << difference.figure;
  }
  EXPECT_GT(compared, 4U * 7);
}

// popularity shows what is popular by itself: an unpopular item of low rating in its place is viewed less.
TEST_F(Adverts, WhatTheyStandForIsAnArmOfItsOwn) {
  const PairedDifference& views = of(figures_.differences, "absent,unpopular_low", "p_advert_view");
  EXPECT_GT(views.pairs, 150U);
  EXPECT_GT(views.mean - *views.half_width, 0);
}

TEST_F(Adverts, DifferencesOfTraitGroupsAreThoseOfTheirAgents) {
  for (const char* figure : {"p_advert_view", "p_advert_like"}) {
    const PairedDifference& all = of(figures_.differences, "absent,unpopular_low", figure);
    for (std::size_t trait = 0; trait < 3; ++trait) {
      std::size_t pairs = 0;
      double sum = 0;
      for (std::size_t group = 3 * trait; group < 3 * trait + 3; ++group) {
        const PairedDifference& of_group =
            of(figures_.group_differences, "absent,unpopular_low", group_figure(figure, group));
        pairs += of_group.pairs;
        sum += static_cast<double>(of_group.pairs) * of_group.mean;
      }
      EXPECT_EQ(pairs, all.pairs);
      EXPECT_NEAR(sum / static_cast<double>(pairs), all.mean, 1e-12) << figure;
    }
  }
}

}  // namespace
}  // namespace throng

// The statistical mind against published and recorded figures, on Agent4Rec's MovieLens-1M bundle.
#include <set>

#include <gmock/gmock.h>

#include "agents/metrics.h"
#include "agents/minds/statistical_mind.h"
#include "agents/platform.h"
#include "recsys/data/split.h"
#include "recsys/import/import.h"
#include "recsys/models/registry.h"
#include "tests/support/real_data.h"

namespace throng {
namespace {

/// The bundle, and a run of its users in front of each recommender; made once.
class Bundle {
 public:
  static const Bundle& instance() {
    static const Bundle bundle;
    return bundle;
  }

  const std::vector<SessionRecord>& sessions(const std::string& recommender) const {
    return sessions_.at(recommender);
  }
  const Dataset& dataset() const { return dataset_; }

 private:
  Bundle() {
    for (const char* kind : {"random", "popularity", "mf"}) run(kind);
  }

  void run(const std::string& kind) {
    constexpr std::uint64_t seed = 101;
    const Draws draws(seed);
    LocalRanker ranker(make_recommender({{"kind", kind}}).value());
    FitObserver quiet;
    ranker.fit({.train = split_.train, .validation = &split_.validation, .test = &split_.test, .seed = seed},
               0, quiet);
    const Population population(dataset_, space_, {}, draws);
    StatisticalMind mind({}, affinity_, mean_ratings_, draws);
    World world{.population = population,
                .catalogue = dataset_.catalogue,
                .ranker = ranker,
                .not_recommended = not_recommended_,
                .mean_ratings = mean_ratings_};
    Platform platform(world, mind, {}, draws, population.everyone());
    SessionCollector collected;
    platform.run_window({.end = VirtualTime(std::chrono::days(7)), .is_last = true}, collected);
    sessions_[kind] = std::move(collected.sessions);
  }

  Dataset dataset_ = import_dataset("agent4rec", real_data("agent4rec-ml-1m"), {}).dataset;
  Split split_ = split_dataset(dataset_, {.kind = SplitKind::given});
  Interactions not_recommended_ = all_but(dataset_.interactions, split_.validation);
  std::vector<float> mean_ratings_ = dataset_.mean_ratings();
  TasteSpace space_{dataset_.catalogue, split_.train};
  SpaceAffinity affinity_{space_};
  std::map<std::string, std::vector<SessionRecord>> sessions_;
};

std::vector<Outcome> outcomes(const std::vector<SessionRecord>& sessions) {
  std::vector<Outcome> outcomes;
  for (const SessionRecord& session : sessions) outcomes.push_back(outcome_of(session));
  return outcomes;
}

/// p_view, n_like, p_like, n_exit, s_sat.
std::vector<double> means(const std::vector<Outcome>& of) {
  std::vector<double> means;
  for (const Metric& metric : headline_metrics(of)) means.push_back(metric.mean);
  return means;
}

/// The mean over the agents of a trait group, in front of mf.
double group_mean(std::uint8_t TraitGroups::*trait, std::uint8_t group,
                  const std::function<double(const SessionRecord&)>& value) {
  double sum = 0;
  double agents = 0;
  for (const SessionRecord& session : Bundle::instance().sessions("mf")) {
    const User& user = Bundle::instance().dataset().users[index(session.agent)];
    if ((*user.trait_groups).*trait != group) continue;
    sum += value(session);
    ++agents;
  }
  return sum / agents;
}

void expect_growth(std::uint8_t TraitGroups::*trait,
                   const std::function<double(const SessionRecord&)>& value) {
  EXPECT_LT(group_mean(trait, 1, value), group_mean(trait, 2, value));
  EXPECT_LT(group_mean(trait, 2, value), group_mean(trait, 3, value));
}

// What GPT-3.5 did as the first 100 users in front of MF: 0.4885 / 6.07 / 0.4623 / 3.17 / 3.80.
TEST(Calibration, TheFirstHundredUsersBehaveLikeTheRecordedOnes) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_TOO_SLOW_UNDER_TSAN();
  std::vector<Outcome> hundred = outcomes(Bundle::instance().sessions("mf"));
  hundred.resize(100);
  const std::vector<double> metrics = means(hundred);
  EXPECT_NEAR(metrics[0], 0.49, 0.05);
  EXPECT_NEAR(metrics[1], 6.07, 1);
  EXPECT_NEAR(metrics[2], 0.46, 0.05);
  EXPECT_NEAR(metrics[3], 3.17, 0.3);
  EXPECT_NEAR(metrics[4], 3.80, 0.4);
}

// Published P_view for 1,000 agents: Random 0.312, Pop 0.398, MF 0.488.
TEST(Calibration, BetterRecommendersAreViewedMore) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_TOO_SLOW_UNDER_TSAN();
  const auto p_view = [](const char* kind) { return means(outcomes(Bundle::instance().sessions(kind)))[0]; };
  EXPECT_NEAR(p_view("random"), 0.312, 0.05);
  EXPECT_NEAR(p_view("popularity"), 0.398, 0.05);
  EXPECT_NEAR(p_view("mf"), 0.488, 0.05);
  EXPECT_LT(p_view("random"), p_view("popularity"));
  EXPECT_LT(p_view("popularity"), p_view("mf"));
}

TEST(Calibration, ViewsAndPagesGrowWithActivity) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_TOO_SLOW_UNDER_TSAN();
  expect_growth(&TraitGroups::activity, [](const SessionRecord& s) { return outcome_of(s).viewed; });
  expect_growth(&TraitGroups::activity, [](const SessionRecord& s) { return s.pages.size(); });
}

TEST(Calibration, DeviationFromHistoricalRatingsGrowsWithTheConformityGroup) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_TOO_SLOW_UNDER_TSAN();
  expect_growth(&TraitGroups::conformity, [](const SessionRecord& session) {
    double sum = 0;
    double viewed = 0;
    for (const PageRecord& page : session.pages) {
      for (const Action& action : page.actions) {
        if (action.kind != ActionKind::rate) continue;
        const Impression& shown = page.impressions[action.position - 1U];
        sum += std::pow(action.value - static_cast<double>(shown.mean_rating), 2);
        ++viewed;
      }
    }
    return viewed == 0 ? 0 : sum / viewed;
  });
}

TEST(Calibration, GenresViewedGrowWithTheDiversityGroup) {
  THRONG_NEEDS_REAL_DATA("agent4rec-ml-1m");
  THRONG_TOO_SLOW_UNDER_TSAN();
  expect_growth(&TraitGroups::diversity, [](const SessionRecord& session) {
    std::set<GenreId> genres;
    for (const PageRecord& page : session.pages) {
      for (const Action& action : page.actions) {
        if (action.kind != ActionKind::view) continue;
        const auto& of_item = Bundle::instance().dataset().catalogue[page.item_of(action)].genres;
        genres.insert(of_item.begin(), of_item.end());
      }
    }
    return static_cast<double>(genres.size());
  });
}

}  // namespace
}  // namespace throng

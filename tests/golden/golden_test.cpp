#include <map>
#include <tuple>

#include <gmock/gmock.h>

#include "engine/base/parallel.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/run/estimate.h"
#include "scenarios/run/run_digest.h"
#include "scenarios/run/simulation.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/studies/study.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

Json run_shipped(const std::string& name, std::size_t threads, const TempFolder& folder,
                 const std::vector<std::string>& overrides = {}) {
  const ThreadLimit limit(threads);
  const Scenario scenario = read_scenario(THRONG_SOURCE_DIR "/scenarios/" + name, overrides);
  const RunOptions options{.folder = folder / ("run-" + std::to_string(threads)),
                           .progress = Progress::Output::none};
  return scenario.is_study() ? run_study(scenario, options) : run_scenario(scenario, options);
}

// Pinned for Debian 12's g++ and glibc. A change here changes everybody's results: say why in the commit.
TEST(Golden, TheDemoHasOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const Json one = run_shipped("demo.json", 1, folder);
  const Json two = run_shipped("demo.json", 2, folder);
  EXPECT_EQ(one["digest"], "d69fa79a8404331fd07ba2d03a6f9450");
  EXPECT_EQ(two["digest"], one["digest"]);
  EXPECT_EQ(one["agents"], 1000);
  EXPECT_EQ(one["metrics"], two["metrics"]);
}

// The other shipped scenarios take too long for a test: pinned small, with everything that makes them what they are.
TEST(Golden, ASmallFilterBubbleHasOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const std::vector<std::string> small{"population.agents=200", "rounds=2", "replicates=2",
                                       "recommender.max_epochs=10"};
  const Json one = run_shipped("filter_bubble.json", 1, folder, small);
  const Json two = run_shipped("filter_bubble.json", 2, folder, small);
  EXPECT_EQ(one["digest"], "0daaa7a29b44c30cd9c27e639863f741");
  EXPECT_EQ(two["digest"], one["digest"]);
  EXPECT_EQ(one["curves"], two["curves"]);
}

TEST(Golden, PagePoliciesHaveOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const std::vector<std::string> policies{
      R"(session.page_policies=[{"kind": "explore", "share": 0.2},
                                {"kind": "advert", "item": "7", "words": "Now!", "page": 1, "position": 2}])"};
  const Json one = run_shipped("demo.json", 1, folder, policies);
  const Json two = run_shipped("demo.json", 2, folder, policies);
  EXPECT_EQ(one["digest"], "e8e564a7a5457d33431ec164b3e3a608");
  EXPECT_EQ(two["digest"], one["digest"]);
}

TEST(Golden, RerankingHasOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const std::vector<std::string> policies{
      "rounds=2", "population.agents=300",
      R"(session.page_policies=[{"kind": "mmr"}, {"kind": "popularity_discount", "strength": 0.2},
                                {"kind": "calibration"}, {"kind": "repeat_cap"}])"};
  const Json one = run_shipped("demo.json", 1, folder, policies);
  const Json two = run_shipped("demo.json", 2, folder, policies);
  EXPECT_EQ(one["digest"], "3e523a919bb9d5d39543adc119d33580");
  EXPECT_EQ(two["digest"], one["digest"]);
}

TEST(Golden, SmallStudiesOfManyArmsHaveOneDigestOnAnyNumberOfThreads) {
  const std::vector<std::string> few_epochs{"population.agents=100", "arms.lightgcn.recommender.max_epochs=5",
                                            "arms.multvae.recommender.max_epochs=5",
                                            "arms.mf.recommender.max_epochs=5"};
  const std::vector<std::string> few_samples{"population.agents=50", "sweep.samples=3",
                                             "arms.mf.recommender.max_epochs=5"};
  const std::vector<std::string> few_recommenders{"population.agents=100", "replicates=1",
                                                  "recommender.max_epochs=5",
                                                  R"(sweep={"recommender.factors": [8, 16]})"};
  const std::vector<std::string> few_agents{"population.agents=100", "arms.mf.recommender.max_epochs=5"};
  const std::vector<std::string> fast{"population.agents=100", R"(recommender={"kind": "popularity"})"};
  const std::vector<std::string> fast_arms{"population.agents=50", R"(arms.mf.recommender={"kind": "ease"})",
                                           R"(arms.mf-shuffled.recommender={"kind": "ease"})"};
  for (const auto& [file, small, digest] :
       {std::tuple{"recommenders.json", few_epochs, "eba641691f65f99d27be143bd195f427"},
        {"augmentation.json", few_recommenders, "1d7e4457383959c1f533cf4393d613c3"},
        {"adverts.json", fast, "a8b25530f3e866af6915c488c3fd7b56"},
        {"causal.json", few_agents, "bbf9fb0c2db3d49fd4623508cf25eb0d"},
        {"position.json", fast_arms, "d8ebb4379eb20004148302ce40ff204d"},
        {"sensitivity.json", few_samples, "4d6e4b65462b13ee9085c445995e0df9"}}) {
    const TempFolder folder;
    const Json one = run_shipped(file, 1, folder, small);
    const Json two = run_shipped(file, 2, folder, small);
    EXPECT_EQ(one["digest"], digest) << file;
    EXPECT_EQ(two["digest"], one["digest"]) << file;
  }
}

TEST(Golden, ASmallMillionHasOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const std::vector<std::string> small{"population.agents=2000", "dataset.path=synthetic:200x500"};
  const Json one = run_shipped("million.json", 1, folder, small);
  const Json two = run_shipped("million.json", 2, folder, small);
  EXPECT_EQ(one["digest"], "3b5ed0960728eededb2379e013c7f9b7");
  EXPECT_EQ(two["digest"], one["digest"]);
}

// The model is the mock server's, without the server. Its prompts and its wording are part of the digest.
TEST(Golden, TheLlmDemoHasOneDigestOnAnyNumberOfThreads) {
  struct Case {
    std::size_t threads;
    const char* order;
    const char* digest;
  };
  for (const auto& [threads, order, digest] : {Case{1, "shuffled", "ffe324a2c3f2bcdd23243eeffc0c4994"},
                                               {2, "shuffled", "ffe324a2c3f2bcdd23243eeffc0c4994"},
                                               {2, "ranked", "e91f3c7aa9a150646c90d50cad00e8ea"}}) {
    const ThreadLimit limit(threads);
    const Scenario scenario = read_scenario(THRONG_SOURCE_DIR "/scenarios/llm-demo.json",
                                            {"population.agents=300", std::string("mind.order=") + order});
    FitObserver quiet;
    Simulation simulation(scenario, load_dataset(scenario.dataset_path), quiet);
    Rehearsal model;
    RunDigest run;
    EXPECT_TRUE(simulation.run(run, &model));
    EXPECT_EQ(run.of_run().hex(), digest) << order;
  }
}

TEST(Golden, FurtherActionsHaveOneDigestOnAnyNumberOfThreads) {
  const TempFolder folder;
  const std::vector<std::string> all{R"(session.actions=["save", "share", "search"])"};
  const Json one = run_shipped("demo.json", 1, folder, all);
  const Json two = run_shipped("demo.json", 2, folder, all);
  EXPECT_EQ(one["digest"], "79762b8a8e649d38b13ce7d75d5a39b6");
  EXPECT_EQ(two["digest"], one["digest"]);
  EXPECT_EQ(one["metrics"], two["metrics"]);
  for (const char* metric : {"n_save", "n_share", "n_search", "p_found"})
    EXPECT_GT(one["metrics"][metric], 0) << metric;
  const RunReader run(folder / "run-1");
  for (const Metric& metric : run_metrics(run.outcomes(), run.actions()))
    EXPECT_EQ(metric.mean, one["metrics"][metric.name].get<double>()) << metric.name;
}

TEST(FilterBubble, ArmsShareTheirFirstRoundAndPartAfterwards) {
  const TempFolder folder;
  const Json summary =
      run_shipped("filter_bubble.json", 2, folder,
                  {"population.agents=200", "rounds=2", "replicates=2", "recommender.max_epochs=10"});
  std::map<std::string, std::map<std::string, Json>> points;  // metric -> arm -> points
  for (const Json& curve : summary["curves"]) {
    points[curve["metric"].get<std::string>()][curve["arm"].get<std::string>()] = curve["points"];
  }
  ASSERT_EQ(points.size(),
            3 * round_figures().size() + headline_metrics({}).size() + offline_figures().size());
  for (const auto& [metric, arms] : points) {
    for (const char* arm : {"retrained", "repeats_no_retraining", "repeats_retrained"}) {
      EXPECT_EQ(arms.at(arm)[0], arms.at("no_retraining")[0]) << metric;
      if (std::string(arm) == "repeats_no_retraining" && metric.starts_with("offline_")) continue;
      EXPECT_NE(arms.at(arm)[1], arms.at("no_retraining")[1]) << metric << " " << arm;
    }
  }
  // Where nobody learns and what was viewed leaves the pool, the second pages reach further into the catalogue.
  std::map<std::string, Json>& coverage = points["recommended_coverage"];
  EXPECT_LT(coverage["retrained"][1]["mean"], coverage["no_retraining"][1]["mean"]);
  EXPECT_LT(coverage["repeats_no_retraining"][1]["mean"], coverage["no_retraining"][1]["mean"]);
}

TEST(Golden, TheReportFromTheRowsEqualsTheSummary) {
  const TempFolder folder;
  const Json summary = run_shipped("demo.json", 2, folder);
  const RunReader run(folder / "run-2");
  for (const Metric& metric : run_metrics(run.outcomes(), run.actions())) {
    EXPECT_EQ(metric.mean, summary["metrics"][metric.name].get<double>()) << metric.name;
    EXPECT_EQ(metric.standard_error, summary["standard_errors"][metric.name].get<double>()) << metric.name;
  }
  EXPECT_EQ(run.meta("digest"), summary["digest"].get<std::string>());
  EXPECT_EQ(run.meta("status"), "finished");
}

}  // namespace
}  // namespace throng

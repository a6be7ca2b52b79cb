// The arms of a study: a control, arms and sweeps change the scenario as a person wrote it.
#include "scenarios/scenario/arms.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "recsys/models/registry.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json written() {
  return Json::parse(R"({"name": "t", "seed": 5, "dataset": {"path": "demo"},
                         "recommender": {"kind": "mf", "factors": 8}, "rounds": 2, "replicates": 2})");
}

Json played_by_llm() {
  return {{"kind", "llm"}, {"endpoints", {{{"url", "http://localhost:1/v1"}, {"model", "m"}}}}};
}

Scenario study(const Json& control, const std::function<void(Json&)>& change = {}) {
  Json json = written();
  if (change) change(json);
  json["control"] = control;
  return parse_scenario(json, "s.json", {});
}

std::string fault(const Json& control) {
  try {
    study(control);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    return failure.what();
  }
  return "";
}

TEST(Control, ChangesWhatIsWrittenAndNothingElse) {
  const Scenario both = study({{"retrain", {{"from", "nothing"}}}}, [](Json& json) {
    json["retrain"] = {{"every", "3d"}, {"from", "liked"}};
  });
  EXPECT_THAT(arms_of(both), ElementsAre("intervention", "control"));
  const Scenario intervention = run_of(both, "intervention", 1);
  const Scenario control = run_of(both, "control", 1);
  EXPECT_TRUE(intervention.retrain.learns);
  EXPECT_FALSE(control.retrain.learns);
  EXPECT_EQ(control.retrain.every, Duration(std::chrono::days(3)));
  for (const Scenario* run : {&intervention, &control}) {
    EXPECT_EQ(run->seed, 6U) << "both arms draw alike";
    EXPECT_FALSE(run->is_study());
  }
  Json same = resolved(control);
  same["retrain"]["from"] = "liked";
  EXPECT_EQ(same, resolved(intervention));
}

TEST(Control, MayBeAnotherRecommender) {
  EXPECT_EQ(run_of(study({{"recommender", {{"kind", "popularity"}}}}), "control", 0).recommender["kind"],
            "popularity");
  const Json other =
      run_of(study({{"recommender", {{"kind", "mf"}, {"l2", 0.5}}}}), "control", 0).recommender;
  EXPECT_EQ(other["factors"], 8) << "of the same kind it keeps what is not changed";
}

TEST(Control, MayBeAnotherMind) {
  const auto played = [](Json& json) { json["mind"] = played_by_llm(); };
  EXPECT_FALSE(
      run_of(study({{"mind", {{"kind", "statistical"}}}}, played), "control", 0).asks_language_models());
  const Scenario agent4rec = study({{"mind", {{"protocol", "agent4rec"}}}}, played);
  EXPECT_EQ(run_of(agent4rec, "control", 0).minds[0].llm->mind.protocol, Protocol::agent4rec);
  const Scenario reverse = study({{"mind", played_by_llm()}});
  EXPECT_FALSE(run_of(reverse, "intervention", 0).asks_language_models());
  EXPECT_TRUE(run_of(reverse, "control", 0).asks_language_models());
}

TEST(Control, MayHaveOtherPromptsAndAnotherDatasetThanTheOnesWhoseDigestsArePinned) {
  const TempFolder folder;
  const std::filesystem::path templates = THRONG_SOURCE_DIR "/agents/prompts";
  std::filesystem::copy(templates, folder / "prompts", std::filesystem::copy_options::recursive);
  std::ofstream(folder / "prompts/structured/page.mustache", std::ios::app) << "Take your time.\n";
  const auto pinned = [](Json& json) {
    json["mind"] =
        resolved(study(Json::object(), [](Json& plain) { plain["mind"] = played_by_llm(); }))["mind"];
    json["dataset"]["digest"] = std::string(32, 'a');
  };
  const Scenario both = study(
      {{"mind", {{"prompts", (folder / "prompts").string()}}}, {"dataset", {{"path", "elsewhere"}}}}, pinned);
  const Scenario intervention = run_of(both, "intervention", 0);
  const Scenario control = run_of(both, "control", 0);
  EXPECT_NE(control.minds[0].llm->prompts_digest, intervention.minds[0].llm->prompts_digest);
  EXPECT_EQ(intervention.dataset_digest, std::string(32, 'a'));
  EXPECT_EQ(control.dataset_path, "elsewhere");
  EXPECT_EQ(control.dataset_digest, "");
  EXPECT_EQ(run_of(study({{"rounds", 3}}, pinned), "control", 0).dataset_digest, std::string(32, 'a'));
}

// The runs of a study must compare: hours may lie between the first and the last.
TEST(Control, RunsUnderThePromptsThatTheStudyBeganWith) {
  const TempFolder folder;
  std::filesystem::copy(THRONG_SOURCE_DIR "/agents/prompts", folder / "prompts",
                        std::filesystem::copy_options::recursive);
  const Scenario both = study({{"rounds", 3}}, [&](Json& json) {
    json["mind"] = played_by_llm();
    json["mind"]["prompts"] = (folder / "prompts").string();
  });
  EXPECT_EQ(run_of(both, "control", 1).minds[0].llm->prompts_digest, both.minds[0].llm->prompts_digest);
  std::ofstream(folder / "prompts/structured/page.mustache", std::ios::app) << "Take your time.\n";
  EXPECT_THAT([&] { run_of(both, "control", 1); },
              ::testing::ThrowsMessage<Failure>(HasSubstr("/mind/prompts_digest")));
}

TEST(Control, IsCheckedLikeAnyScenario) {
  EXPECT_THAT(fault({{"colour", "red"}}), AllOf(HasSubstr("s.json, control: /colour: unknown key")));
  EXPECT_THAT(fault({{"recommender", {{"kind", "popularity"}, {"factors", 3}}}}),
              AllOf(HasSubstr("s.json, control: /recommender"), HasSubstr("factors")));
  EXPECT_THAT(fault({{"mind", {{"kind", "llm"}}}}), HasSubstr("s.json, control: /mind/endpoints: missing"));
  EXPECT_THAT(fault({{"session", {{"max_pages", 0}}}}), HasSubstr("s.json, control: /session/max_pages"));
  EXPECT_THAT(fault({{"dataset", nullptr}}), HasSubstr("s.json, control: /dataset: missing"));
}

TEST(Control, SharesWhatBelongsToTheStudy) {
  for (const char* key : {"replicates", "seed", "budget", "control"}) {
    EXPECT_THAT(fault({{key, Json::object()}}), HasSubstr(std::string("/control/") + key + ": ")) << key;
  }
}

// scenario.json of a study's folder is the resolved scenario: running it again is the same study.
TEST(Control, OfAResolvedScenarioMakesTheSameArms) {
  for (const Json& control :
       std::vector<Json>{{{"recommender", {{"kind", "popularity"}}}},
                         {{"retrain", {{"from", "nothing"}}}},
                         {{"mind", played_by_llm()}, {"dataset", {{"path", "elsewhere"}}}},
                         {{"dataset", {{"split", {{"kind", "given"}}}}}},
                         Json::object()}) {
    const Scenario both = study(control, [](Json& json) {
      json["dataset"]["split"] = {{"kind", "ratio"}, {"train", 0.5}, {"validation", 0.25}, {"test", 0.25}};
    });
    const Scenario again = parse_scenario(resolved(both), "scenario.json", {});
    EXPECT_EQ(resolved(again), resolved(both));
    for (const char* arm : {"intervention", "control"})
      EXPECT_EQ(resolved(run_of(again, arm, 0)), resolved(run_of(both, arm, 0)));
  }
  EXPECT_EQ(resolved(study({{"retrain", {{"from", "nothing"}}}},
                           [](Json& json) {
                             json["retrain"] = {{"every", "3d"}};
                           }))["control"],
            Json({{"retrain", {{"from", "nothing"}}}}))
      << "a person finds their own words";
}

TEST(ResultDifference, LooksAtBothArms) {
  const auto difference = [](const Json& before, const Json& now) {
    return result_difference(resolved(study(before)), resolved(study(now)));
  };
  const Json asked{{"mind", played_by_llm()}};
  Json elsewhere = asked;
  elsewhere["mind"]["endpoints"][0]["url"] = "http://elsewhere:2/v1";
  elsewhere["mind"]["endpoints"][0]["rpm"] = 7;
  EXPECT_EQ(difference(asked, elsewhere), "");
  Json other = asked;
  other["mind"]["endpoints"][0]["model"] = "other";
  EXPECT_THAT(difference(asked, other), HasSubstr("/control/mind/models"));
  EXPECT_EQ(difference({{"rounds", 3}}, {{"rounds", 4}}), "/control/rounds was 3, now it is 4");
}

// --- Arms and sweeps ---------------------------------------------------------------------------------------

Scenario with(const Json& changes) {
  Json json = written();
  json.update(changes);
  return parse_scenario(json, "s.json", {});
}

std::string fault_with(const Json& changes) {
  try {
    with(changes);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    return failure.what();
  }
  return "";
}

TEST(Arms, AreScenariosOfTheirOwnInTheOrderOfTheFile) {
  const Scenario study = with({{"arms",
                                {{"mf", Json::object()},
                                 {"pop", {{"recommender", {{"kind", "popularity"}}}}},
                                 {"chance", {{"recommender", {{"kind", "random"}}}, {"rounds", 1}}}}}});
  EXPECT_THAT(arms_of(study), ElementsAre("mf", "pop", "chance"));
  EXPECT_EQ(study.baseline, "mf");
  EXPECT_EQ(run_of(study, "pop", 1).recommender["kind"], "popularity");
  EXPECT_EQ(run_of(study, "pop", 1).rounds, 2);
  EXPECT_EQ(run_of(study, "chance", 1).rounds, 1);
  EXPECT_EQ(run_of(study, "chance", 1).seed, 6U);
}

TEST(Arms, NameTheBaseline) {
  const Json two{{"a", Json::object()}, {"b", {{"rounds", 1}}}};
  EXPECT_EQ(with({{"arms", two}, {"baseline", "b"}}).baseline, "b");
  EXPECT_EQ(with({{"control", {{"rounds", 1}}}}).baseline, "control");
  EXPECT_THAT(fault_with({{"arms", two}, {"baseline", "c"}}),
              AllOf(HasSubstr("s.json: /baseline: there is no arm \"c\""), HasSubstr("a, b")));
}

TEST(Arms, AreCheckedLikeAnyScenario) {
  EXPECT_THAT(fault_with({{"arms", {{"red", {{"colour", "red"}}}}}}),
              HasSubstr("s.json, red: /colour: unknown key"));
  EXPECT_THAT(fault_with({{"arms", {{"a", {{"seed", 4}}}}}}),
              HasSubstr("s.json: /arms/a/seed: all arms share"));
  EXPECT_THAT(fault_with({{"arms", {{"../elsewhere", Json::object()}}}}),
              HasSubstr("/arms/../elsewhere: expected a name"));
  EXPECT_THAT(fault_with({{"arms", {{"a", Json::object()}}}, {"control", Json::object()}}),
              HasSubstr("/control: "));
  EXPECT_THAT(fault_with({{"arms", {{"a", 3}}}}), HasSubstr("/arms/a: 3: expected"));
}

TEST(Arms, OfAResolvedScenarioAreTheSame) {
  const Scenario study = with({{"arms",
                                {{"mf", Json::object()},
                                 {"pop", {{"recommender", {{"kind", "popularity"}}}}},
                                 {"llm", {{"mind", played_by_llm()}, {"dataset", {{"path", "elsewhere"}}}}}}},
                               {"baseline", "pop"}});
  const Scenario again = parse_scenario(resolved(study), "scenario.json", {});
  EXPECT_EQ(resolved(again), resolved(study));
  EXPECT_EQ(again.baseline, "pop");
  for (const std::string& arm : arms_of(study))
    EXPECT_EQ(resolved(run_of(again, arm, 0)), resolved(run_of(study, arm, 0)));
  EXPECT_EQ(result_difference(resolved(study), resolved(again)), "");
}

TEST(Arms, OptionsOfAKindHaveDefaults) {
  const Json base = resolved(parse_scenario(written(), "s.json", {}));
  const auto defaults = [&](const Json& changes, const std::string& path) {
    return defaults_of_kind(base, changes, path);
  };
  // Of the study's own kind, too, whatever the study says.
  EXPECT_EQ(defaults({{"recommender", {{"kind", "mf"}, {"factors", 3}}}}, "recommender"),
            make_recommender({{"kind", "mf"}}).value()->options());
  EXPECT_EQ(defaults({{"mind", {{"taste", {{"kind", "latent"}}}}}}, "mind.taste"),
            Json({{"kind", "latent"}}));

  Json mind = played_by_llm();
  mind["temperature"] = 0.25;
  const Json of_llm = defaults({{"mind", mind}}, "mind").value();
  EXPECT_EQ(of_llm["kind"], "llm");
  EXPECT_FALSE(of_llm.contains("endpoints")) << "they have to be stated";
  mind.erase("temperature");
  Json without = written();
  without["mind"] = mind;
  EXPECT_EQ(of_llm["temperature"], resolved(parse_scenario(without, "s.json", {}))["mind"]["temperature"]);

  EXPECT_EQ(defaults({{"recommender", {{"kind", "elsewhere"}}}}, "recommender"), std::nullopt);
}

TEST(Sweep, MakesAnArmOfEachCombination) {
  const Scenario study =
      with({{"sweep", {{"session.items_per_page", {4, 10}}, {"recommender.l2", {0.5, 0.25}}}}});
  EXPECT_THAT(arms_of(study), ElementsAre("items_per_page=4,l2=0.5", "items_per_page=4,l2=0.25",
                                          "items_per_page=10,l2=0.5", "items_per_page=10,l2=0.25"));
  const Scenario last = run_of(study, "items_per_page=10,l2=0.25", 0);
  EXPECT_EQ(last.session.items_per_page, 10U);
  EXPECT_EQ(last.recommender["l2"], 0.25);
  EXPECT_EQ(last.recommender["factors"], 8);
  EXPECT_FALSE(resolved(study).contains("sweep")) << "it stands as arms there";
}

TEST(Sweep, CrossesTheArms) {
  const Scenario study =
      with({{"arms", {{"mf", Json::object()}, {"pop", {{"recommender", {{"kind", "popularity"}}}}}}},
            {"sweep", {{"session.max_pages", {2, 3}}}}});
  EXPECT_THAT(arms_of(study),
              ElementsAre("mf,max_pages=2", "mf,max_pages=3", "pop,max_pages=2", "pop,max_pages=3"));
  EXPECT_EQ(study.baseline, "mf") << "at each point";
  EXPECT_EQ(run_of(study, "pop,max_pages=3", 0).recommender["kind"], "popularity");
  EXPECT_EQ(run_of(study, "pop,max_pages=3", 0).session.max_pages, 3U);
}

// McKay et al. 1979: each of the n strata of an axis has one sample.
TEST(Sweep, TakesALatinHypercubeOfSamples) {
  const Json sweep{{"samples", 10},
                   {"session.items_per_page", {{"from", 1}, {"to", 10}}},
                   {"recommender.l2", {{"from", 0.01}, {"to", 1.0}, {"scale", "log"}}},
                   {"recommender.factors", {8, 16}}};
  const Scenario study = with({{"sweep", sweep}});
  std::set<std::size_t> pages;
  std::set<int> strata;
  std::map<int, int> factors;
  for (const std::string& arm : arms_of(study)) {
    const Scenario& scenario = scenario_of(study, arm);
    pages.insert(scenario.session.items_per_page);
    strata.insert(
        static_cast<int>(std::floor(5 * (std::log10(scenario.recommender["l2"].get<double>()) + 2))));
    ++factors[scenario.recommender["factors"].get<int>()];
  }
  EXPECT_THAT(arms_of(study).front(), "sample-01");
  EXPECT_EQ(pages.size(), 10U) << "ten whole numbers, each once";
  EXPECT_EQ(strata.size(), 10U) << "ten strata of the logarithm, each once";
  EXPECT_EQ(factors, (std::map<int, int>{{8, 5}, {16, 5}}));
  EXPECT_EQ(resolved(with({{"sweep", sweep}})), resolved(study)) << "the seed decides the draws";
  EXPECT_NE(resolved(with({{"sweep", sweep}, {"seed", 6}}))["arms"], resolved(study)["arms"]);
}

TEST(Sweep, BetweenWholeNumbersTakesWholeNumbersAlsoOnALogarithmicScale) {
  const Scenario study = with(
      {{"sweep", {{"samples", 40}, {"recommender.factors", {{"from", 8}, {"to", 128}, {"scale", "log"}}}}}});
  int below_32 = 0;
  for (const std::string& arm : arms_of(study)) {
    const int factors = scenario_of(study, arm).recommender["factors"].get<int>();
    EXPECT_THAT(factors, AllOf(::testing::Ge(8), ::testing::Le(128)));
    below_32 += factors < 32 ? 1 : 0;
  }
  EXPECT_NEAR(below_32, 20, 1) << "half of the scale: 32 is the middle of 8 and 128";
}

// A merge patch replaces lists: what is swept in one must not lose the rest of it.
TEST(Sweep, IntoAListKeepsTheRestOfTheList) {
  const Json policies{{{"kind", "explore"}, {"share", 0.1}}, {{"kind", "mmr"}, {"lambda", 0.5}}};
  const Scenario study = with({{"session", {{"page_policies", policies}, {"max_pages", 3}}},
                               {"sweep", {{"session.page_policies.0.share", {0.2, 0.3}}}}});
  EXPECT_THAT(arms_of(study), ElementsAre("share=0.2", "share=0.3"));
  Json expected = resolved(with({{"session", {{"page_policies", policies}, {"max_pages", 3}}}}))["session"];
  expected["page_policies"][0]["share"] = 0.3;
  EXPECT_EQ(resolved(run_of(study, "share=0.3", 0))["session"], expected);

  Json llm = played_by_llm();
  llm["endpoints"].push_back(llm["endpoints"][0]);
  llm["endpoints"][1]["url"] = "http://localhost:2/v1";
  const Scenario models = with({{"mind", llm}, {"sweep", {{"mind.endpoints.0.model", {"m", "n"}}}}});
  const auto endpoints = run_of(models, "model=n", 0).minds[0].llm->endpoints;
  ASSERT_EQ(endpoints.size(), 2U);
  EXPECT_EQ(endpoints[0]["model"], "n");
  EXPECT_EQ(endpoints[1]["model"], "m");

  const Json tiers{{{"kind", "statistical"}, {"share", 1}}, llm};
  const Scenario shares = with({{"mind", tiers}, {"sweep", {{"mind.0.share", {1, 3}}}}});
  EXPECT_EQ(run_of(shares, "share=3", 0).minds.size(), 2U);
  EXPECT_EQ(run_of(shares, "share=3", 0).minds[0].share, 3);
}

// The arm's own list, where it has one.
TEST(Sweep, IntoAListOfAnArm) {
  const auto explores = [](double share) {
    return Json{{"session", {{"page_policies", {{{"kind", "explore"}, {"share", share}}}}}}};
  };
  const Scenario study = with({{"arms", {{"a", explores(0.1)}, {"b", explores(0.5)}}},
                               {"sweep", {{"session.page_policies.0.share", {0.2, 0.3}}}}});
  EXPECT_EQ(resolved(run_of(study, "b,share=0.3", 0))["session"]["page_policies"][0]["share"], 0.3);
}

TEST(Sweep, NumbersPointsThatNoFolderCouldBeNamedAfter) {
  Json sweep;
  for (const char* option : {"align_base", "align_affinity", "align_quality", "align_popularity",
                             "satisfaction_views", "exit_satisfaction"})
    sweep[std::string("mind.parameters.") + option] = {0.25, 0.5};
  const Scenario study =
      with({{"mind", {{"kind", "statistical"}}}, {"arms", {{"mf", Json::object()}}}, {"sweep", sweep}});
  EXPECT_EQ(arms_of(study).size(), 64U);
  EXPECT_EQ(arms_of(study).front(), "mf,point-01");
  EXPECT_EQ(resolved(run_of(study, "mf,point-64", 0))["mind"]["parameters"]["align_base"], 0.5);
}

// It would come back as the study's scenario has it.
TEST(Sweep, LeadsBelowNothingThatAnArmTakesAway) {
  const Json sweep{{"session.max_pages", {3, 4}}};
  const Json session{{"items_per_page", 6}};
  EXPECT_THAT(fault_with({{"session", session}, {"arms", {{"a", {{"session", nullptr}}}}}, {"sweep", sweep}}),
              HasSubstr("/sweep/session.max_pages: it lies below /arms/a/session, which is null"));
  const Json replaces{{"a", {{"session", {{"max_pages", nullptr}}}}}};
  const Scenario study = with({{"session", session}, {"arms", replaces}, {"sweep", sweep}});
  EXPECT_EQ(resolved(run_of(study, "a,max_pages=3", 0))["session"]["max_pages"], 3);
}

TEST(Sweep, SaysWhichPathLeadsNowhere) {
  EXPECT_THAT(fault_with({{"mind", {{"kind", "statistical"}, {"parameters", "gpt-3.5"}}},
                          {"sweep", {{"mind.parameters.align_base", {-1, 0}}}}}),
              HasSubstr("/sweep/mind.parameters.align_base: it lies below a value that is not an object"));
  const Json explores{{"page_policies", {{{"kind", "explore"}, {"share", 0.1}}}}};
  for (const char* place : {"1", "first"}) {
    EXPECT_THAT(fault_with({{"session", explores},
                            {"sweep", {{fmt::format("session.page_policies.{}.share", place), {0.2}}}}}),
                HasSubstr(fmt::format("\"{}\" is no place in a list of 1", place)));
  }
  for (const char* path : {"", "session/items_per_page", "session..max_pages", "session."})
    EXPECT_THAT(fault_with({{"sweep", {{path, {4, 10}}}}}),
                HasSubstr(fmt::format("/sweep: \"{}\": expected a path of keys", path)));
  EXPECT_THAT(fault_with({{"sweep", {{"session.max_pages", {3, nullptr}}}}}),
              HasSubstr("/sweep/session.max_pages/1: null: expected a value"));
  for (const Json& values : {Json::array(), Json(4), Json("4, 10"), Json{{"from", 1}}}) {
    EXPECT_THAT(fault_with({{"sweep", {{"session.max_pages", values}}}}),
                AllOf(HasSubstr("/sweep/session.max_pages: "), HasSubstr("expected a value of type array"),
                      HasSubstr("or of type object (a range")));
  }
}

TEST(Sweep, NeedsACounterpartOfTheBaselineForEveryArm) {
  Json study{{"arms", {{"mf,a", Json::object()}, {"random,a", Json::object()}, {"random,b", Json::object()}}},
             {"baseline", "mf"}};
  EXPECT_THAT(fault_with(study),
              HasSubstr("s.json: /baseline: there is no arm \"mf,b\" that the arm random,b"));
  study["arms"]["mf,b"] = Json::object();
  EXPECT_EQ(with(study).baseline, "mf");
  EXPECT_THAT(
      fault_with(
          {{"sweep", {{"rounds", {1, 2}}, {"session.max_pages", {2, 3}}, {"session.items_per_page", {4, 5}}}},
           {"baseline", "rounds=1,max_pages=2"}}),
      HasSubstr("could be compared with"));
}

TEST(Sweep, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(fault_with({{"sweep", Json::object()}}), HasSubstr("/sweep: expected a path"));
  EXPECT_THAT(fault_with({{"sweep", {{"session.max_pages", {3, 3}}}}}),
              HasSubstr("two of its points are \"max_pages=3\""));
  EXPECT_THAT(fault_with({{"sweep", {{"session.max_pages", {{"from", 1}, {"to", 4}}}}}}),
              HasSubstr("needs \"samples\""));
  EXPECT_THAT(fault_with({{"sweep", {{"samples", 2}, {"session.max_pages", {{"from", 4}, {"to", 1}}}}}}),
              HasSubstr("/sweep/session.max_pages: from 4 to 1"));
  EXPECT_THAT(fault_with({{"sweep", {{"session.max_page", {3}}}}}),
              HasSubstr("s.json, max_page=3: /session/max_page: unknown key"));
  Json many = Json::array();
  for (int n = 1; n <= 1001; ++n) many.push_back(n);
  EXPECT_THAT(fault_with({{"sweep", {{"session.max_pages", many}}}}), HasSubstr("more than 1000 arms"));
  EXPECT_THAT(fault_with({{"sweep", {{"name.first", {3}}}}}), HasSubstr("name"));
  EXPECT_THAT(fault_with({{"sweep", {{"seed", {3, 4}}}}}), HasSubstr("seed"));
  EXPECT_THAT(fault_with({{"control", Json::object()}, {"sweep", {{"rounds", {1, 2}}}}}),
              HasSubstr("/sweep: it crosses"));
}

}  // namespace
}  // namespace throng

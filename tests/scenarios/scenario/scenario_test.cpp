#include "scenarios/scenario/scenario.h"

#include <algorithm>
#include <functional>
#include <map>

#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "recsys/external/precomputed.h"
#include "recsys/external/remote_client.h"
#include "tests/scenarios/scenario/scenario_support.h"
#include "tests/support/recommender_kinds.h"
#include "tests/support/small_world.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using testing::embedder;
using testing::fault_of;
using ::testing::HasSubstr;
using testing::llm_mind;
using ::testing::Not;
using testing::valid;
using testing::with;

TEST(Scenario, ReadsEveryKeyAndKeepsDefaults) {
  const Scenario scenario = parse_scenario(
      with([](Json& json) {
        json["dataset"]["split"] = {{"kind", "leave_last_out"}, {"positive_threshold", 4}, {"k_core", 5}};
        json["population"] = {{"agents", 12}, {"source", "sampled"}, {"perturbation", 0.5}};
        json["session"] = {{"items_per_page", 6}};
      }),
      "s.json", {});
  EXPECT_EQ(scenario.name, "test");
  EXPECT_EQ(scenario.seed, 7U);
  EXPECT_EQ(scenario.split_kind, SplitKind::leave_last_out);
  EXPECT_EQ(scenario.split.positive_threshold, 4.0F);
  EXPECT_EQ(scenario.split.k_core, 5U);
  EXPECT_EQ(scenario.population.agents, 12U);
  EXPECT_EQ(scenario.population.source, PopulationOptions::Source::sampled);
  EXPECT_DOUBLE_EQ(scenario.population.perturbation, 0.5);
  EXPECT_EQ(scenario.session.items_per_page, 6);
  EXPECT_EQ(scenario.session.max_pages, 5);
}

TEST(Scenario, OverridesSetNestedKeysAsJsonOrText) {
  const Scenario scenario = parse_scenario(valid(), "s.json",
                                           {"seed=9", "dataset.path=some/folder", "session.max_pages=2",
                                            "recommender={\"kind\": \"mf\"}", "recommender.factors=8"});
  EXPECT_EQ(scenario.seed, 9U);
  EXPECT_EQ(scenario.dataset_path, "some/folder");
  EXPECT_EQ(scenario.session.max_pages, 2);
  EXPECT_EQ(scenario.recommender["factors"], 8);
}

TEST(Scenario, ResolvedScenariosSpellOutDefaultsAndAreTheirOwnResolution) {
  const Scenario scenario = parse_scenario(with([](Json& json) {
                                             json["recommender"] = {{"kind", "mf"}, {"factors", 8}};
                                           }),
                                           "s.json", {});
  EXPECT_EQ(scenario.recommender["factors"], 8);
  EXPECT_TRUE(scenario.recommender.contains("max_epochs"));
  EXPECT_EQ(resolved(scenario)["session"]["max_pages"], 5);
  EXPECT_EQ(resolved(parse_scenario(resolved(scenario), "again", {})), resolved(scenario));
}

TEST(Scenario, ResolvedSaysWhatTheMembersMean) {
  Scenario scenario = parse_scenario(valid(), "s.json", {});
  scenario.seed = 8;
  scenario.dataset_digest = std::string(32, 'a');
  scenario.split_kind = SplitKind::ratio;
  scenario.split.positive_threshold = 3;
  scenario.population.agents = 12;
  scenario.session.max_pages = 2;
  scenario.repeat_consumption = true;
  scenario.retrain = {.every = std::chrono::days(3), .picks = PickRule::liked, .learns = true};
  scenario.budget = {.tokens = 5, .money = llm::Money::from_dollars(0.25), .risk = 0.1};
  scenario.journal = llm::Durability::power_loss;
  scenario.patience = std::chrono::seconds(9);
  scenario.max_degraded_share = 0.5;
  scenario.minds.push_back({.share = 3});
  const Json json = resolved(scenario);
  EXPECT_EQ(json["seed"], 8);
  EXPECT_EQ(json["dataset"]["digest"], std::string(32, 'a'));
  EXPECT_EQ(json["dataset"]["split"], Json({{"kind", "ratio"},
                                            {"train", 0.4},
                                            {"validation", 0.3},
                                            {"test", 0.3},
                                            {"k_core", 0},
                                            {"positive_threshold", 3}}));
  EXPECT_EQ(json["population"]["agents"], 12);
  EXPECT_EQ(json["session"]["max_pages"], 2);
  EXPECT_EQ(json["session"]["repeat_consumption"], true);
  EXPECT_EQ(json["retrain"], Json({{"every", "3d"}, {"from", "liked"}, {"start", "cold"}}));
  EXPECT_EQ(json["budget"], Json({{"tokens", 5}, {"usd", 0.25}, {"risk", 0.1}}));
  EXPECT_EQ(json["journal"]["synchronous"], "full");
  EXPECT_EQ(json["patience"], 9);
  EXPECT_EQ(json["max_degraded_share"], 0.5);
  EXPECT_EQ(json["mind"][1]["share"], 3);
  EXPECT_EQ(resolved(parse_scenario(json, "again", {})), json);
}

TEST(Scenario, LearnsFromWhatItNames) {
  for (const auto& [word, rule] : {std::pair{"viewed", PickRule::viewed},
                                   {"aligned", PickRule::aligned},
                                   {"liked", PickRule::liked},
                                   {"unviewed", PickRule::unviewed},
                                   {"random", PickRule::random}}) {
    const Json retrain{{"from", word}};
    const Scenario scenario =
        parse_scenario(with([&](Json& json) { json["retrain"] = retrain; }), "s.json", {});
    EXPECT_EQ(scenario.retrain.picks, rule);
    EXPECT_TRUE(scenario.retrain.learns);
    EXPECT_EQ(resolved(scenario)["retrain"]["from"], word);
    EXPECT_FALSE(resolved(scenario)["session"].contains("repeat_consumption"));
  }
}

TEST(Scenario, ResolvedStatesAnOptionAsItWasStated) {
  const Json json = with([](Json& changed) {
    changed["dataset"] = {{"split", {{"positive_threshold", 4}, {"kind", "leave_last_out"}, {"train", 0.4}}},
                          {"path", "demo"}};
    changed["retrain"] = {{"start", "warm"}, {"every", "168h"}};
    changed["budget"] = {{"usd", 12345.67}, {"tokens", 7}};
    changed["max_degraded_share"] = 1;
  });
  const Json full = resolved(parse_scenario(json, "s.json", {}));
  EXPECT_EQ(
      full["dataset"].dump(),
      R"({"split":{"positive_threshold":4,"kind":"leave_last_out","train":0.4,"k_core":0},"path":"demo"})");
  EXPECT_EQ(full["retrain"].dump(), R"({"every":"168h","from":"viewed","start":"warm"})");
  EXPECT_EQ(full["budget"].dump(), R"({"usd":12345.67,"tokens":7})");
  EXPECT_EQ(full["max_degraded_share"].dump(), "1");
  EXPECT_FALSE(full.contains("patience")) << "nobody states the default";
}

TEST(Scenario, PagePoliciesAreSpelledOutAndTheirFaultsNamed) {
  const auto with_policy = [](const char* policy) {
    return with([&](Json& json) { json["session"]["page_policies"] = Json::array({Json::parse(policy)}); });
  };
  const Scenario scenario = parse_scenario(with_policy(R"({"kind": "explore"})"), "s.json", {});
  EXPECT_EQ(scenario.page_policies, Json::parse(R"([{"kind": "explore", "share": 0.1}])"));
  EXPECT_FALSE(resolved(parse_scenario(valid(), "s.json", {}))["session"].contains("page_policies"));
  EXPECT_THAT(fault_of(with_policy(R"({"kind": "explore", "share": 3})")),
              HasSubstr("s.json: /session/page_policies/0/share: got 3"));
  EXPECT_THAT(fault_of(with_policy(R"({"kind": "exlore"})")), HasSubstr("did you mean \"explore\"?"));
  EXPECT_THAT(fault_of(with_policy(R"({"share": 0.2})")),
              HasSubstr("/session/page_policies/0/kind: missing"));
}

TEST(Scenario, WhatAgentsMayDoBesidesIsAList) {
  EXPECT_FALSE(resolved(parse_scenario(valid(), "s.json", {}))["session"].contains("actions"));
  const Scenario scenario = parse_scenario(valid(), "s.json", {R"(session.actions=["search", "save"])"});
  EXPECT_EQ(scenario.session.actions, (AllowedActions{.save = true, .search = true}));
  EXPECT_EQ(resolved(scenario)["session"]["actions"], Json({"save", "search"}));
  EXPECT_THAT(
      fault_of(valid(), {R"(session.actions=["save", "serch"])"}),
      HasSubstr("s.json: /session/actions/1: \"serch\": did you mean \"search\"? expected one of \"save\""));
}

TEST(Scenario, WhatStandsForRatingsIsACaveat) {
  Dataset dataset = testing::two_camps(4, 4);
  dataset.ratings_are = "recommendations";
  const auto said = [&] { return caveats(parse_scenario(valid(), "s.json", {}), dataset).front(); };
  EXPECT_THAT(said(), AllOf(HasSubstr("prompts tell of no rating of others and of no rating habits. "),
                            HasSubstr("figures take recommendations for ratings.")));
  dataset.catalogue.items[0].mean_rating = 4.5F;
  EXPECT_THAT(said(), HasSubstr("no rating of others but the means that the dataset states"));
}

// The statistical mind does not read what stands beside an item.
TEST(Scenario, AnAdvertForMindsThatCannotReadIsACaveat) {
  const Dataset dataset = testing::two_camps(4, 4);
  const std::size_t before = caveats(parse_scenario(valid(), "s.json", {}), dataset).size();
  const Json advert = with([](Json& json) {
    json["session"]["page_policies"] =
        Json::array({Json::parse(R"({"kind": "advert", "item": "1", "words": "Now!"})")});
  });
  const std::vector<std::string> sentences = caveats(parse_scenario(advert, "s.json", {}), dataset);
  ASSERT_EQ(sentences.size(), before + 1);
  EXPECT_THAT(sentences.back(), HasSubstr("cannot read"));
  const std::string silent = R"(session.page_policies=[{"kind": "advert", "page": [1, 2]}])";
  EXPECT_EQ(caveats(parse_scenario(valid(), "s.json", {silent}), dataset).size(), before) << "no words";
}

TEST(Scenario, AnAdvertIsOfAnItemOrOfAClass) {
  const auto stated = [](const std::string& advert) {
    return parse_scenario(valid(), "s.json", {"session.page_policies=[" + advert + "]"}).page_policies[0];
  };
  EXPECT_EQ(stated(R"({"kind": "advert", "item": {"rating": "low"}, "page": [1, 3]})"),
            Json::parse(R"({"kind": "advert", "item": {"popularity": "any", "rating": "low", "at_least": 5},
                            "page": [1, 3], "position": 1})"));
  EXPECT_EQ(stated(R"({"kind": "advert", "item": "7"})"),
            Json::parse(R"({"kind": "advert", "item": "7", "page": 1, "position": 1})"));
  EXPECT_THAT(
      fault_of(valid(), {R"(session.page_policies=[{"kind": "advert", "item": {"ratings": "low"}}])"}),
      HasSubstr("s.json: /session/page_policies/0/item/ratings"));
  EXPECT_THAT(fault_of(valid(), {R"(session.page_policies=[{"kind": "advert", "item": 7}])"}),
              HasSubstr("/session/page_policies/0/item"));
}

// An editor completes a mind's parameters from the schema; the mind's own table judges files of them.
Json with_questions(const Json& questions) {
  return with([&](Json& json) { json["interview"] = {{"questions", questions}}; });
}

TEST(Scenario, QuestionsAreReadAndWritten) {
  const Json questions = {{{"name", "trust"}, {"text", "Do you trust it?"}, {"kind", "score"}, {"most", 5}},
                          {{"name", "why"},
                           {"text", "Why?"},
                           {"kind", "choice"},
                           {"options", {"a", "b"}},
                           {"share", 0.5},
                           {"when", "end"}}};
  const Scenario scenario = parse_scenario(with_questions(questions), "s.json", {});
  ASSERT_EQ(scenario.session.questions.size(), 2U);
  EXPECT_EQ(scenario.session.questions[0].most, 5);
  EXPECT_EQ(scenario.session.questions[1].when, InterviewQuestion::When::end);
  const Json written = resolved(scenario);
  EXPECT_EQ(written["interview"]["questions"][0]["least"], 1) << "spelled out";
  EXPECT_EQ(written["interview"]["questions"][1], questions[1]);
  EXPECT_EQ(resolved(parse_scenario(written, "again", {})), written);
  EXPECT_THAT(result_difference(resolved(parse_scenario(valid(), "s.json", {})), written),
              HasSubstr("/interview"));
  EXPECT_FALSE(resolved(parse_scenario(valid(), "s.json", {})).contains("interview"));
}

TEST(Scenario, NamesTheFaultsOfQuestions) {
  const auto fault = [](Json question) {
    const Json first = {{"name", "a"}, {"text", "A?"}, {"kind", "words"}};
    question.update({{"text", "B?"}});
    return fault_of(with_questions({first, question}));
  };
  EXPECT_THAT(fault({{"name", "a"}, {"kind", "words"}}),
              HasSubstr("s.json: /interview/questions/1/name: \"a\" is the name of an earlier question"));
  EXPECT_THAT(fault({{"name", "b"}, {"kind", "score"}, {"least", 5}, {"most", 5}}),
              HasSubstr("/interview/questions/1/most: 5: expected more than the least score, 5"));
  EXPECT_THAT(fault({{"name", "b"}, {"kind", "choice"}}),
              HasSubstr("/interview/questions/1/options: missing; expected"));
  EXPECT_THAT(fault({{"name", "b"}, {"kind", "choice"}, {"options", {"x", "y", "x"}}}),
              HasSubstr("/interview/questions/1/options/2: \"x\" stands in the list already"));
  EXPECT_THAT(fault({{"name", "b"}, {"kind", "words"}, {"most", 5}}),
              HasSubstr("/interview/questions/1/most: only a question of the kind \"score\" has it"));
  EXPECT_THAT(fault({{"name", "b"}, {"kind", "choice"}, {"options", {"x"}}}),
              HasSubstr("/interview/questions/1/options: "));
  EXPECT_THAT(fault({{"name", "b"}, {"kind", "essay"}}), HasSubstr("\"score\", \"choice\", \"words\""));
  EXPECT_THAT(fault({{"name", "b c"}, {"kind", "words"}}), HasSubstr("/interview/questions/1/name: \"b c\""));
}

TEST(Scenario, QuestionsThatAMindCannotAnswerAreACaveat) {
  const Json questions = {{{"name", "trust"}, {"text", "T?"}, {"kind", "score"}},
                          {{"name", "why"}, {"text", "W?"}, {"kind", "words"}}};
  const Dataset dataset = testing::two_camps(2, 4);
  const auto said = [&](const Json& json) {
    return fmt::format("{}", fmt::join(caveats(parse_scenario(json, "s.json", {}), dataset), "\n"));
  };
  EXPECT_THAT(said(with_questions(questions)), HasSubstr("do not answer the others (why)"));
  EXPECT_THAT(said(valid()), Not(HasSubstr("answer")));
  Json asks = with_questions(questions);
  asks["mind"] = {{"kind", "llm"}, {"endpoints", {{{"url", "http://127.0.0.1:1/v1"}, {"model", "m"}}}}};
  EXPECT_THAT(said(asks), Not(HasSubstr("answer")));
}

// An editor completes recommender options from the schema; the registry judges them.
TEST(Scenario, TheSchemaKnowsEveryOptionOfEveryRecommender) {
  const Json schema = read_json(THRONG_SOURCE_DIR "/scenarios/schema/scenario.schema.json", ErrorKind::data);
  const Json& known = schema["properties"]["recommender"]["properties"];
  std::vector<Json> all{remote::remote_options_json({.url = "http://x"}), Precomputed({}).options()};
  for (const std::string& kind : testing::scoring_kinds())
    all.push_back(make_recommender({{"kind", kind}}).value()->options());
  for (const Json& options : all) {
    const auto kind = options["kind"].get<std::string>();
    for (const auto& [key, value] : options.items()) EXPECT_TRUE(known.contains(key)) << kind << ": " << key;
    EXPECT_THAT(known["kind"]["description"].get<std::string>(), HasSubstr(kind));
  }
}

TEST(Scenario, AMisspelledKeyNamesItsPathAndTheKeyThatWasMeant) {
  EXPECT_THAT(fault_of(with([](Json& json) {
                json["sesion"] = {{"max_pages", 3}};
              })),
              AllOf(HasSubstr("s.json: /sesion: unknown key"), HasSubstr("did you mean \"session\"?")));
  EXPECT_THAT(fault_of(with([](Json& json) { json["dataset"]["pth"] = "x"; })),
              AllOf(HasSubstr("/dataset/pth"), HasSubstr("\"path\"")));
  EXPECT_THAT(fault_of(with([](Json& json) {
                json["recommender"] = {{"kind", "mf"}, {"factor", 8}};
              })),
              AllOf(HasSubstr("/recommender/factor"), HasSubstr("factors")));
}

TEST(Scenario, AWrongValueNamesPathValueAndWhatWasExpected) {
  EXPECT_THAT(fault_of(with([](Json& json) { json["seed"] = -1; })),
              AllOf(HasSubstr("/seed: -1"), HasSubstr("at least 0")));
  EXPECT_THAT(fault_of(with([](Json& json) { json["population"]["agents"] = 1.5; })),
              AllOf(HasSubstr("/population/agents: 1.5"), HasSubstr("integer")));
  EXPECT_THAT(fault_of(with([](Json& json) { json["population"]["agents"] = "many"; })),
              AllOf(HasSubstr("/population/agents: \"many\""), HasSubstr("integer")));
  EXPECT_THAT(fault_of(with([](Json& json) { json["dataset"]["split"]["kind"] = "random"; })),
              AllOf(HasSubstr("/dataset/split/kind: \"random\""), HasSubstr("\"leave_last_out\"")));
  EXPECT_THAT(fault_of(with([](Json& json) {
                json["recommender"] = {{"kind", "mff"}};
              })),
              AllOf(HasSubstr("/recommender/kind"), HasSubstr("mff"), HasSubstr("popularity")));
  EXPECT_THAT(fault_of(with([](Json& json) {
                json["recommender"] = {{"kind", "mf"}, {"factors", 0}};
              })),
              AllOf(HasSubstr("/recommender/factors"), HasSubstr("0")));
  EXPECT_THAT(fault_of(with([](Json& json) {
                json["recommender"] = {{"kind", "mf"}, {"hogwild", true}};
              })),
              AllOf(HasSubstr("/recommender"), HasSubstr("throng rec")));
  EXPECT_THAT(fault_of(with([](Json& json) { json["name"] = "../escape"; })),
              HasSubstr("/name: \"../escape\""));
  EXPECT_THAT(fault_of(Json::array()), HasSubstr("object"));
}

/// The lists of words in the scenario's schema, by where a value would stand.
void collect_choices(const Json& schema, const std::string& path, std::map<std::string, Json>& choices) {
  if (schema.contains("enum")) choices[path] = schema["enum"];
  if (schema.contains("properties")) {
    for (const auto& [key, part] : schema["properties"].items())
      collect_choices(part, fmt::format("{}/{}", path, key), choices);
  }
  if (schema.contains("items") && !schema["items"].contains("$ref"))
    collect_choices(schema["items"], path + "/0", choices);
}

TEST(Scenario, AWordThatIsNotOnTheListIsNamedWithTheList) {
  const Json schema = read_json(THRONG_SOURCE_DIR "/scenarios/schema/scenario.schema.json", ErrorKind::data);
  std::map<std::string, Json> choices;
  collect_choices(schema, "", choices);
  EXPECT_THAT(choices, ::testing::Contains(::testing::Key("/mind/endpoints/0/pacing")));
  for (const auto& [path, words] : choices) {
    Json json = valid();
    if (path.starts_with("/interview/"))
      json["interview"]["questions"] = {{{"name", "n"}, {"text", "t"}, {"kind", "words"}}};
    json[Json::json_pointer(path)] = "nonsense";
    std::string expected = path + ": \"nonsense\": expected one of ";
    for (const Json& word : words) expected += word.dump() + (word == words.back() ? " (" : ", ");
    const std::string fault = fault_of(json);
    EXPECT_THAT(fault, HasSubstr(expected));
    EXPECT_THAT(fault, Not(HasSubstr("of type"))) << "nothing that it stands in is wrong";
  }
}

TEST(Scenario, OneWrongWordInAListOfEndpointsIsOneLine) {
  Json json = valid();
  json["mind"] = {{"kind", "llm"}, {"endpoints", {{{"url", "http://x"}, {"model", "m"}, {"pacing", "evn"}}}}};
  EXPECT_THAT(fault_of(json),
              AllOf(HasSubstr("/mind/endpoints/0/pacing: \"evn\": did you mean \"even\"? expected one of"),
                    Not(HasSubstr("\n"))));
  json["mind"]["endpoints"][0]["pacing"] = "even";
  json["mind"]["endpoints"][0]["headers"] = {{"X-Team", 5}};
  EXPECT_THAT(fault_of(json),
              AllOf(HasSubstr("/headers/X-Team: 5: expected a value of type"), Not(HasSubstr("\n"))));
}

TEST(Scenario, AMissingKeyIsNamed) {
  EXPECT_THAT(fault_of(with([](Json& json) { json.erase("seed"); })), HasSubstr("/seed: missing"));
  EXPECT_THAT(fault_of(with([](Json& json) { json["recommender"] = Json::object(); })),
              HasSubstr("/recommender/kind: missing"));
}

TEST(Scenario, EveryFaultIsReportedAtOnce) {
  const std::string fault = fault_of(with([](Json& json) {
    json["seed"] = "x";
    json["colour"] = 1;
  }));
  EXPECT_THAT(fault, AllOf(HasSubstr("/seed"), HasSubstr("/colour")));
}

TEST(Scenario, SharesMustSumToOne) {
  EXPECT_THAT(fault_of(with([](Json& json) {
                json["dataset"]["split"] = {{"train", 0.9}};
              })),
              AllOf(HasSubstr("/dataset/split"), HasSubstr("1.5")));
}

TEST(Scenario, AnOverrideOfTheWrongFormSaysWhatIsExpected) {
  EXPECT_THAT(fault_of(valid(), {"seed"}), HasSubstr("path=value"));
  EXPECT_THAT(fault_of(valid(), {"=3"}), HasSubstr("path=value"));
  EXPECT_THAT(fault_of(valid(), {"seed.x=3"}),
              HasSubstr("--set seed.x: /seed/x lies below a value that is not an object"));
  EXPECT_THAT(fault_of(valid(), {"seedd=3"}), HasSubstr("did you mean \"seed\"?"));
}

TEST(ResultDifference, NamesTheKeyAndIgnoresWhereTheDatasetLies) {
  const Json other_seed = with([](Json& json) { json["seed"] = 8; });
  const Json moved = with([](Json& json) { json["dataset"]["path"] = "elsewhere"; });
  EXPECT_EQ(result_difference(valid(), valid()), "");
  EXPECT_EQ(result_difference(valid(), other_seed), "/seed was 7, now it is 8");
  EXPECT_EQ(result_difference(valid(), moved), "");
  const Json known = with([](Json& json) { json["dataset"]["digest"] = "d1"; });
  const Json other = with([](Json& json) { json["dataset"]["digest"] = "d2"; });
  EXPECT_EQ(result_difference(valid(), known), "") << "what is not known yet is no difference";
  EXPECT_THAT(result_difference(known, other), HasSubstr("/dataset/digest"));
}

class PopulationKeys : public ::testing::Test {
 protected:
  Scenario parsed(const char* population) const {
    Json json = with([&](Json& whole) { whole["population"] = Json::parse(population); });
    if (json["population"].contains("file")) json["population"]["file"] = (folder_ / "people.csv").string();
    return parse_scenario(json, "s.json", {});
  }
  std::string who(const char* population) const {
    return who_agents_are(parsed(population), testing::two_camps(10, 4));
  }

  TempFolder folder_;
};

TEST_F(PopulationKeys, SayWhoTheAgentsAre) {
  folder_.write("people.csv", "user\n0\n");
  EXPECT_EQ(who(R"({})"), "The agents are the users of small world");
  EXPECT_EQ(who(R"({"agents": 4})"), "The agents are the first 4 of the 10 users of small world");
  EXPECT_EQ(who(R"({"agents": 4, "choice": "random"})"),
            "The agents are a random sample: 4 of the 10 users of small world");
  EXPECT_EQ(who(R"({"agents": 14})"),
            "The agents are the 10 users of small world, and 4 sampled from them, each with its taste moved "
            "by 0.3");
  EXPECT_THAT(who(R"({"source": "sampled"})"), HasSubstr("drawn with replacement from the users"));
  EXPECT_THAT(who(R"({"file": ""})"), HasSubstr("The agents are the people of people.csv"));
  const auto is_warned_of = [&](const char* population) {
    const auto sentences = caveats(parsed(population), testing::two_camps(10, 4));
    return std::ranges::any_of(sentences, [](const std::string& each) {
      return each.find("not a sample of them") != std::string::npos;
    });
  };
  EXPECT_TRUE(is_warned_of(R"({"agents": 4})"));
  EXPECT_FALSE(is_warned_of(R"({"agents": 4, "choice": "random"})"));
}

TEST_F(PopulationKeys, AreSpelledOutAndDecideResults) {
  folder_.write("people.csv", "user\n0\n");
  const Scenario scenario = parsed(
      R"({"file": "", "choice": "random", "trait_perturbation": 0.5, "trait_cuts": {"diversity": [10, 20.5]}})");
  EXPECT_EQ(scenario.population.trait_cuts.diversity, (TraitCut{.lower = 10, .upper = 20.5}));
  EXPECT_EQ(scenario.population.trait_cuts.activity, TraitCuts().activity);
  const Json full = resolved(scenario);
  EXPECT_EQ(resolved(parse_scenario(full, "again", {})), full);
  Json moved = full;
  moved["population"]["file"] = "elsewhere.csv";
  EXPECT_EQ(result_difference(full, moved), "") << "what is in it counts";
  folder_.write("people.csv", "user\n1\n");
  EXPECT_THROW(parse_scenario(full, "again", {}), Failure) << "another content than the scenario's";
  EXPECT_THAT(result_difference(full, resolved(parsed(R"({"file": "", "choice": "random"})"))),
              HasSubstr("/population/"));
}

TEST_F(PopulationKeys, NameTheirFaults) {
  const auto fault = [&](const char* population) {
    return fault_of(with([&](Json& json) { json["population"] = Json::parse(population); }));
  };
  EXPECT_THAT(fault(R"({"trait_cuts": {"activity": [90, 60]}})"),
              HasSubstr("/population/trait_cuts/activity: 90 is above 60"));
  EXPECT_THAT(fault(R"({"trait_cuts": {"activity": [90]}})"), HasSubstr("/population/trait_cuts/activity"));
  EXPECT_THAT(fault(R"({"choice": "last"})"), HasSubstr("\"first\", \"random\""));
  EXPECT_THAT(fault(R"({"file": "/nowhere/people.csv"})"), HasSubstr("/nowhere/people.csv"));
}

TEST(Scenario, ABudgetInMoneyNeedsAPriceForEveryEndpoint) {
  const auto fault = [](const Json& budget, const Json& first_price, const Json& second_price) {
    return fault_of(with([&](Json& json) {
      json["mind"] = llm_mind();
      Json& endpoints = json["mind"]["endpoints"];
      endpoints.push_back(endpoints[0]);
      endpoints[1]["url"] = "http://second:1/v1";
      if (!first_price.is_null()) endpoints[0]["price"] = first_price;
      if (!second_price.is_null()) endpoints[1]["price"] = second_price;
      json["budget"] = budget;
    }));
  };
  const Json usd = {{"usd", 1}};
  const Json price = {{"prompt", 1}, {"completion", 2}};
  const Json free = {{"prompt", 0}, {"completion", 0}};
  EXPECT_EQ(fault(usd, price, free), "");
  EXPECT_EQ(fault({{"tokens", 1000}}, Json(), Json()), "") << "tokens need no price";
  EXPECT_EQ(fault(usd, Json(), price), "") << "a server of this machine is free";
  EXPECT_THAT(fault(usd, price, Json()), AllOf(HasSubstr("/budget/usd"), HasSubstr("http://second:1/v1")));
  EXPECT_THAT(fault(usd, {{"prompt", 1}}, price), HasSubstr("http://localhost:1/v1"));
  EXPECT_THAT(fault({{"usd", 1}, {"risk", 1}}, price, price), HasSubstr("/budget/risk"));
}

TEST(ResultIdentity, IsThatOfTheKeysThatDecideResults) {
  const auto of = [](const std::vector<std::string>& overrides) {
    return result_identity(resolved(parse_scenario(valid(), "s.json", overrides)));
  };
  EXPECT_EQ(of({}), of({"max_degraded_share=0.5"}));
  EXPECT_NE(of({}), of({"seed=8"}));
  EXPECT_NE(of({}), of({"session.max_pages=3"}));
}

TEST(ResultDifference, OperationalKeysAreNone) {
  const auto of = [](const std::function<void(Json&)>& change) {
    Json json = with([](Json& valid_json) { valid_json["mind"] = llm_mind(); });
    json["mind"]["endpoints"][0]["price"] = {{"prompt", 1}, {"completion", 2}};
    const Json before = resolved(parse_scenario(json, "s.json", {}));
    change(json);
    return result_difference(before, resolved(parse_scenario(json, "s.json", {})));
  };
  EXPECT_EQ(of([](Json& json) {
              json["budget"] = {{"usd", 3}, {"risk", 0.01}};
              json["journal"] = {{"synchronous", "full"}};
              json["max_degraded_share"] = 0.5;
              json["patience"] = 30;
              json["mind"]["endpoints"][0]["url"] = "http://elsewhere:2/v1";
              json["mind"]["endpoints"][0]["rpm"] = 7;
              json["mind"]["endpoints"].push_back(json["mind"]["endpoints"][0]);
            }),
            "");
  EXPECT_THAT(of([](Json& json) { json["mind"]["endpoints"][0]["model"] = "other"; }),
              HasSubstr("/mind/models"));
  EXPECT_THAT(of([](Json& json) { json["mind"]["temperature"] = 1; }), HasSubstr("/mind/temperature"));
}

TEST(ResultDifference, OfAnEmbedderItsModelCountsAndNotWhereItIs) {
  const auto of = [](const Json& before, const Json& now) {
    const auto resolved_with = [](const Json& stated) {
      return resolved(parse_scenario(with([&](Json& json) {
                                       json["mind"] = llm_mind();
                                       if (!stated.is_null()) json["mind"]["embedder"] = stated;
                                     }),
                                     "s.json", {}));
    };
    return result_difference(resolved_with(before), resolved_with(now));
  };
  EXPECT_EQ(of(embedder(), embedder("http://elsewhere:2/v1")), "");
  EXPECT_THAT(of(Json(), embedder()), HasSubstr("/mind/embedder"));
  Json other = embedder();
  other["endpoints"][0]["model"] = "f";
  EXPECT_EQ(of(embedder(), other), "/mind/embedder/model was \"e\", now it is \"f\"");
  other = embedder();
  other["dimensions"] = 128;
  EXPECT_THAT(of(embedder(), other), HasSubstr("/mind/embedder/dimensions"));
}

}  // namespace
}  // namespace throng

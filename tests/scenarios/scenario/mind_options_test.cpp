// What a scenario says of minds.
#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "recsys/models/registry.h"
#include "tests/scenarios/scenario/scenario_support.h"
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

TEST(Scenario, TheSchemaKnowsEveryParameterOfTheStatisticalMind) {
  const Json schema = read_json(THRONG_SOURCE_DIR "/scenarios/schema/scenario.schema.json", ErrorKind::data);
  const Json& known = schema["properties"]["mind"]["properties"]["parameters"]["properties"];
  EXPECT_EQ(known.size(), statistical_parameters().size() + 1);  // and the provenance
  const Json defaults = to_json(StatisticalParameters());
  for (const ParameterInfo& info : statistical_parameters()) {
    const std::string key(info.name);
    ASSERT_TRUE(known.contains(key)) << key;
    const bool is_array = !std::holds_alternative<ParameterInfo::One>(info.member);
    const Json& number = is_array ? known[key]["items"] : known[key];
    EXPECT_EQ(known[key]["type"], is_array ? "array" : "number") << key;
    EXPECT_EQ(number["minimum"].get<double>(), info.least) << key;
    EXPECT_EQ(number["maximum"].get<double>(), info.most) << key;
    const auto told = known[key]["description"].get<std::string>();
    EXPECT_THAT(told, HasSubstr(std::string(info.meaning))) << key;
    EXPECT_EQ(Json::parse(told.substr(told.rfind("default: ") + 9)), defaults[key]) << key;
  }
}

TEST(Scenario, ParametersOfAMindAreSpelledOut) {
  const Json written = with([](Json& json) {
    json["mind"] = {{"kind", "statistical"}, {"parameters", {{"exit_fatigue", 2}}}};
  });
  const Scenario scenario = parse_scenario(written, "s.json", {});
  EXPECT_DOUBLE_EQ(scenario.minds[0].parameters.exit_fatigue, 2);
  EXPECT_EQ(parse_scenario(with([](Json& json) {
                             json["mind"] = {{"kind", "statistical"}, {"parameters", "default"}};
                           }),
                           "s.json", {})
                .minds[0]
                .parameters,
            StatisticalParameters());
  const Json full = resolved(scenario);
  EXPECT_DOUBLE_EQ(full["mind"]["parameters"]["exit_fatigue"].get<double>(), 2);
  EXPECT_TRUE(full["mind"]["parameters"].contains("align_base")) << "later versions may have another default";
  EXPECT_EQ(resolved(parse_scenario(full, "again", {})), full);
  EXPECT_THAT(result_difference(full, resolved(parse_scenario(valid(), "s.json", {}))),
              HasSubstr("/mind/parameters/exit_fatigue was 2"));
  EXPECT_THAT(
      fault_of(with([](Json& json) {
        json["mind"] = {{"kind", "llm"}, {"parameters", Json::object()}, {"endpoints", Json::array({1})}};
      })),
      HasSubstr("/mind"));
}

TEST(Scenario, ATasteMayBeARecommendersModel) {
  const auto with_taste = [](const Json& taste) {
    return with([&](Json& json) { json["mind"] = {{"kind", "statistical"}, {"taste", taste}}; });
  };
  const Scenario scenario = parse_scenario(with_taste({{"kind", "ease"}}), "s.json", {});
  const Json full = resolved(scenario);
  EXPECT_EQ(full["mind"]["taste"], make_recommender({{"kind", "ease"}}).value()->options());
  EXPECT_EQ(resolved(parse_scenario(full, "again", {})), full);
  EXPECT_EQ(resolved(parse_scenario(valid(), "s.json", {}))["mind"]["taste"], (Json{{"kind", "latent"}}));
  EXPECT_THAT(result_difference(full, resolved(parse_scenario(valid(), "s.json", {}))),
              HasSubstr("/mind/taste"));

  EXPECT_THAT(fault_of(with_taste({{"kind", "eas"}})), HasSubstr("/mind/taste/kind"));
  EXPECT_THAT(fault_of(with_taste({{"kind", "ease"}, {"l2", -1}})), HasSubstr("/mind/taste/l2"));
  EXPECT_THAT(fault_of(with_taste({{"kind", "latent"}, {"l2", 1}})), HasSubstr("/mind/taste/l2"));
  EXPECT_THAT(fault_of(with_taste({{"kind", "remote"}, {"url", "http://127.0.0.1:1"}})),
              HasSubstr("/mind/taste/kind"));
  EXPECT_THAT(fault_of(with_taste({{"kind", "mf"}, {"hogwild", true}})), HasSubstr("/mind/taste"));
}

TEST(Scenario, TastesThatAreTheRecommenderAreACaveat) {
  const auto caveats_of = [](const char* taste, const char* recommender) {
    const Scenario scenario =
        parse_scenario(with([&](Json& json) {
                         json["mind"] = {{"kind", "statistical"}, {"taste", {{"kind", taste}}}};
                         json["recommender"] = {{"kind", recommender}};
                       }),
                       "s.json", {});
    return fmt::format("{}", fmt::join(caveats(scenario, testing::two_camps(4, 4)), "\n"));
  };
  EXPECT_THAT(caveats_of("ease", "ease"), HasSubstr("the same model, ease"));
  EXPECT_THAT(caveats_of("ease", "ials"), Not(HasSubstr("the same model")));
  EXPECT_THAT(caveats_of("latent", "ease"), Not(HasSubstr("the same model")));
}

TEST(Scenario, SpellsOutAnLlmMindWithTheDigestOfItsPrompts) {
  const Scenario scenario = parse_scenario(with([](Json& json) { json["mind"] = llm_mind(); }), "s.json", {});
  ASSERT_TRUE(scenario.asks_language_models());
  const Json mind = resolved(scenario)["mind"];
  EXPECT_EQ(mind["protocol"], "structured");
  EXPECT_EQ(mind["repairs"], 2);
  EXPECT_EQ(mind["prompts_digest"].get<std::string>().size(), 32U);
  EXPECT_EQ(resolved(parse_scenario(resolved(scenario), "again", {})), resolved(scenario));
}

// Agent4Rec's agents reflect after every second page and for nothing else.
TEST(Scenario, WhenAgentsReflectAndWhatTheyAreRemindedOfAreOptions) {
  const auto mind_of = [](const Json& changes) {
    return parse_scenario(with([&](Json& json) {
                            json["mind"] = llm_mind();
                            json["mind"].update(changes);
                          }),
                          "s.json", {})
        .minds.front()
        .llm->mind;
  };
  EXPECT_EQ(mind_of({{"protocol", "agent4rec"}}).reflection.pages, 2);
  EXPECT_EQ(mind_of({{"protocol", "agent4rec"}}).reflection.swing, 0);
  EXPECT_EQ(mind_of(Json::object()).reflection.pages, 2);
  EXPECT_EQ(mind_of(Json::object()).reflection.swing, 0.4);
  const LlmMindOptions stated =
      mind_of({{"reflection", {{"pages", 0}, {"importance", 9}}}, {"retrieval", {{"recency", 0.5}}}});
  EXPECT_EQ(stated.reflection.pages, 0);
  EXPECT_EQ(stated.reflection.importance, 9);
  EXPECT_EQ(stated.retrieval.recency, 0.5);
  EXPECT_EQ(stated.retrieval.relevance, 1);
  EXPECT_THROW(mind_of({{"reflection", {{"days", 2}}}}), Failure);
}

// Agent4Rec tells of a page in the order of the ranking.
TEST(Scenario, PromptsAreShuffledButWhereAgent4RecIsRepeated) {
  const auto order_of = [](const char* protocol, const Json& order) {
    Json mind = {{"kind", "llm"},
                 {"protocol", protocol},
                 {"endpoints", Json::array({{{"url", "http://127.0.0.1:1"}, {"model", "m"}}})}};
    if (!order.is_null()) mind["order"] = order;
    const Scenario scenario = parse_scenario(with([&](Json& json) { json["mind"] = mind; }), "s.json", {});
    EXPECT_EQ(resolved(parse_scenario(resolved(scenario), "again", {})), resolved(scenario));
    const std::string told = fmt::format("{}", fmt::join(caveats(scenario, testing::two_camps(4, 4)), "\n"));
    EXPECT_EQ(told.find("go by the order") != std::string::npos, !scenario.minds[0].llm->mind.shuffles);
    return resolved(scenario)["mind"]["order"];
  };
  EXPECT_EQ(order_of("structured", {}), "shuffled");
  EXPECT_EQ(order_of("agent4rec", {}), "ranked");
  EXPECT_EQ(order_of("structured", "ranked"), "ranked");
  EXPECT_EQ(order_of("agent4rec", "shuffled"), "shuffled");
}

TEST(Scenario, AListOfMindsSharesTheAgents) {
  const Scenario scenario =
      parse_scenario(with([](Json& json) {
                       json["mind"] = {llm_mind(), {{"kind", "statistical"}, {"share", 9}}};
                     }),
                     "s.json", {});
  ASSERT_EQ(scenario.minds.size(), 2U);
  EXPECT_DOUBLE_EQ(scenario.minds[1].share, 9);
  EXPECT_FALSE(scenario.minds[1].llm.has_value());
}

TEST(Scenario, ExplainsWhatIsWrongWithAnLlmMind) {
  const auto fault = [](const std::function<void(Json&)>& change) {
    return fault_of(with([&](Json& json) {
      json["mind"] = llm_mind();
      change(json["mind"]);
    }));
  };
  EXPECT_THAT(fault([](Json& mind) { mind.erase("endpoints"); }), HasSubstr("/mind/endpoints: missing"));
  EXPECT_THAT(fault([](Json& mind) { mind["endpoints"][0].erase("model"); }),
              HasSubstr("/mind/endpoints/0/model"));
  EXPECT_THAT(fault([](Json& mind) { mind["endpoints"][0]["api_key"] = "sk-secret"; }),
              AllOf(HasSubstr("/mind/endpoints/0/api_key"), ::testing::Not(HasSubstr("sk-secret"))));
  EXPECT_THAT(fault([](Json& mind) { mind["protocol"] = "telepathy"; }), HasSubstr("/mind/protocol"));
  EXPECT_THAT(fault([](Json& mind) { mind["prompts"] = "/nowhere"; }), HasSubstr("/nowhere"));
  EXPECT_THAT(fault([](Json& mind) { mind["kind"] = "statistical"; }), HasSubstr("only an LLM mind"));
}

TEST(Scenario, AnEmbedderIsAnEndpointOrHere) {
  const auto read = [](const Json& stated) {
    return parse_scenario(with([&](Json& json) {
                            json["mind"] = llm_mind();
                            if (!stated.is_null()) json["mind"]["embedder"] = stated;
                          }),
                          "s.json", {});
  };
  for (const Json& local : {Json(), Json{{"kind", "local"}}}) {
    const Scenario scenario = read(local);
    EXPECT_FALSE(scenario.minds[0].llm->mind.embedder.has_value());
    EXPECT_EQ(resolved(scenario)["mind"].contains("embedder"), false)
        << "runs before there was any are the same";
  }
  const Scenario scenario = read(embedder());
  EXPECT_EQ(scenario.minds[0].llm->mind.embedder->model, "e");
  EXPECT_EQ(scenario.minds[0].llm->mind.embedder->dimensions, 256);
  EXPECT_EQ(scenario.minds[0].llm->mind.models, std::vector<std::string>{"m"}) << "nobody is played by it";
  EXPECT_EQ(scenario.endpoints.size(), 2U) << "it is asked, paid and limited like them";
  EXPECT_EQ(resolved(parse_scenario(resolved(scenario), "again", {})), resolved(scenario));
}

TEST(Scenario, ExplainsWhatIsWrongWithAnEmbedder) {
  const auto fault = [](const std::function<void(Json&)>& change) {
    return fault_of(with([&](Json& json) {
      json["mind"] = llm_mind();
      json["mind"]["embedder"] = embedder();
      change(json["mind"]["embedder"]);
    }));
  };
  EXPECT_EQ(fault([](Json&) {}), "");
  EXPECT_THAT(fault([](Json& json) { json["kind"] = "local"; }),
              HasSubstr("/mind/embedder/dimensions: the kind \"local\" has no options"));
  EXPECT_THAT(fault([](Json& json) { json.erase("endpoints"); }),
              HasSubstr("/mind/embedder/endpoints: missing"));
  EXPECT_THAT(fault([](Json& json) { json["endpoints"][0].erase("model"); }),
              HasSubstr("/mind/embedder/endpoints/0/model"));
  EXPECT_THAT(fault([](Json& json) { json["endpoints"][0]["model"] = "m"; }),
              HasSubstr("the model m plays agents"));
  EXPECT_THAT(fault([](Json& json) { json["dimensions"] = 0; }), HasSubstr("/mind/embedder/dimensions"));
  EXPECT_THAT(fault([](Json& json) {
                json["endpoints"].push_back(json["endpoints"][0]);
                json["endpoints"][1]["model"] = "f";
              }),
              HasSubstr("/mind/embedder/endpoints: the models e and f"));
}

}  // namespace
}  // namespace throng

// A population played by a language model, through the journal: what a person relies on when a run is interrupted.
#include "scenarios/gateway/journaled_gateway.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/hash.h"
#include "engine/base/parallel.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/run/simulation.h"
#include "tests/scenarios/gateway/scripted_backend.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using testing::ScriptedBackend;

/// Folds the digests of all sessions.
class Digests : public RunObserver {
 public:
  void on_partition(const PartitionResult& result) override {
    for (const SessionRecord& session : result.sessions) chain.add(session.digest);
    count += result.sessions.size();
  }
  void on_stopped(std::span<const SessionRecord> over) override {
    for (const SessionRecord& session : over) EXPECT_NE(session.digest, Hash128());
    through += over.size();
  }
  DigestChain chain;
  std::size_t count = 0;
  std::size_t through = 0;  ///< of partitions that were stopped
};

class LlmRun : public ::testing::Test {
 protected:
  struct Ran {
    std::string digest;
    std::size_t asked = 0;  ///< of the model
    CallCounts counts;
    std::size_t through = 0;  ///< sessions
    bool stopped = false;
  };

  Json scenario_json() const {
    return Json::parse(R"({"name": "t", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 300},
      "mind": [{"kind": "llm", "share": 3, "endpoints": [{"url": "http://toy/v1", "model": "a"}, {"url": "http://toy/v1", "model": "b"}]},
               {"kind": "statistical", "share": 1}],
      "session": {"max_pages": 3}, "rounds": 2, "retrain": {"every": "7d", "from": "viewed"},
      "recommender": {"kind": "popularity"}})");
  }

  Ran run(const Json& json, ScriptedBackend* model, const char* journal_name,
          const char* earlier_name = nullptr, std::size_t sessions = 600) {
    const Scenario scenario = parse_scenario(json, "t.json", {});
    FitObserver quiet;
    Simulation simulation(scenario, load_dataset("demo"), quiet);
    Journal journal(folder_ / journal_name, Journal::Mode::survives_kill);
    std::optional<Journal> earlier;
    if (earlier_name != nullptr) earlier.emplace(folder_ / earlier_name, Journal::Mode::read_only);
    boost::asio::io_context nobody;
    JournaledGateway gateway(journal, earlier ? &*earlier : nullptr, model != nullptr ? model->io : nobody,
                             Backends{model});
    Digests digests;
    Ran ran;
    try {
      EXPECT_TRUE(simulation.run(digests, &gateway));
      EXPECT_EQ(digests.count, sessions);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::stopped);
      ran.stopped = true;
    }
    ran.digest = digests.chain.value().hex();
    if (model != nullptr) ran.asked = model->asked();
    ran.counts = gateway.counts();
    ran.through = digests.count + digests.through;
    return ran;
  }

  TempFolder folder_;
};

TEST_F(LlmRun, NeitherTheOrderOfRepliesNorThreadsReachTheDigest) {
  ScriptedBackend first(1);
  const Ran reference = run(scenario_json(), &first, "reference.db");
  EXPECT_GT(reference.asked, 900U);
  for (unsigned shuffle = 2; shuffle < 6; ++shuffle) {
    const ThreadLimit limit(1 + shuffle % 3);
    ScriptedBackend model(shuffle);
    const Ran ran = run(scenario_json(), &model, std::to_string(shuffle).c_str());
    EXPECT_EQ(ran.digest, reference.digest);
    EXPECT_EQ(ran.asked, reference.asked);
  }
}

TEST_F(LlmRun, TheDigestIsTheSameHoweverManyAgentsAreUnderWay) {
  Json json = scenario_json();
  json["population"]["agents"] = 60;
  ScriptedBackend all_at_once(1);
  const Ran reference = run(json, &all_at_once, "reference.db", nullptr, 120);
  for (const std::size_t calls : {1U, 7U}) {
    for (Json& endpoint : json["mind"][0]["endpoints"]) endpoint["max_in_flight"] = calls;
    ScriptedBackend model(9);
    const std::string name = fmt::format("{}.db", calls);
    const Ran ran = run(json, &model, name.c_str(), nullptr, 120);
    EXPECT_EQ(ran.digest, reference.digest);
    EXPECT_EQ(ran.asked, reference.asked);
    EXPECT_LE(model.most_waiting, std::size_t{4} * static_cast<std::size_t>(calls))
        << "there are two endpoints";
    const Ran replayed = run(json, nullptr, fmt::format("again{}.db", calls).c_str(), name.c_str(), 120);
    EXPECT_EQ(replayed.digest, reference.digest);
  }
}

TEST_F(LlmRun, OfARunThatStopsHalfWayAsManyAgentsAreThroughAsTheirCallsSay) {
  Json json = scenario_json();
  json["population"]["agents"] = 100;
  json["rounds"] = 1;
  json["mind"][0]["endpoints"].erase(1);
  json["mind"][0]["endpoints"][0]["max_in_flight"] = 5;
  json["mind"] = Json(json["mind"][0]);
  json["mind"].erase("share");
  ScriptedBackend whole(1);
  const std::size_t calls = run(json, &whole, "whole.db", nullptr, 100).asked;
  ScriptedBackend model(5);
  model.fails_after = calls * 35 / 100;
  const Ran stopped = run(json, &model, "stopped.db", nullptr, 100);
  EXPECT_TRUE(stopped.stopped);
  EXPECT_GE(stopped.through, 25U) << "with ten under way";
  ScriptedBackend again(6);
  const Ran resumed = run(json, &again, "stopped.db", nullptr, 100);
  EXPECT_EQ(resumed.asked, calls - calls * 35 / 100);
}

TEST_F(LlmRun, AStoppedRunGoesOnWhereItWasAndPaysForNothingTwice) {
  ScriptedBackend uninterrupted(1);
  const Ran reference = run(scenario_json(), &uninterrupted, "reference.db");
  for (const std::size_t after : {0U, 1U, 100U, 500U, 900U}) {
    const std::string name = "stopped" + std::to_string(after);
    ScriptedBackend first(7);
    first.fails_after = after;
    const Ran stopped = run(scenario_json(), &first, name.c_str());
    EXPECT_TRUE(stopped.stopped);
    EXPECT_EQ(stopped.asked, after);
    ScriptedBackend second(8);
    const Ran resumed = run(scenario_json(), &second, name.c_str());
    EXPECT_EQ(resumed.digest, reference.digest);
    EXPECT_EQ(resumed.counts.from_journal, after);
    EXPECT_EQ(resumed.asked, reference.asked - after);
  }
}

TEST_F(LlmRun, AReplayAsksNobody) {
  ScriptedBackend model(1);
  const Ran reference = run(scenario_json(), &model, "reference.db");
  const Ran replayed = run(scenario_json(), nullptr, "replayed.db", "reference.db");
  EXPECT_EQ(replayed.digest, reference.digest);
  EXPECT_EQ(replayed.counts.replayed, reference.asked);
  const Ran again = run(scenario_json(), nullptr, "again.db", "replayed.db");  // what was used was copied
  EXPECT_EQ(again.digest, reference.digest);
}

TEST_F(LlmRun, AChangedScenarioReusesWhatIsAskedUnchanged) {
  ScriptedBackend model(1);
  run(scenario_json(), &model, "reference.db");
  Json longer = scenario_json();
  longer["session"]["max_pages"] = 4;
  ScriptedBackend second(2);
  const Ran changed = run(longer, &second, "changed.db", "reference.db");
  EXPECT_GT(changed.counts.replayed, 200U);
  EXPECT_GT(changed.asked, 0U);
  ScriptedBackend third(3);
  EXPECT_EQ(run(longer, &third, "anew.db").digest, changed.digest);
}

TEST_F(LlmRun, AReplayOfAnIncompleteRunSaysSo) {
  ScriptedBackend model(1);
  model.fails_after = 100;
  run(scenario_json(), &model, "reference.db");
  EXPECT_TRUE(run(scenario_json(), nullptr, "replayed.db", "reference.db").stopped);
}

TEST_F(LlmRun, RepliesAreInTheJournalBeforeAnybodyHearsOfThem) {
  Journal journal(folder_ / "journal.db", Journal::Mode::survives_kill);
  ScriptedBackend model(4);
  JournaledGateway gateway(journal, nullptr, model.io, Backends{&model});
  llm::ChatRequest request{.model = "m", .messages = {{llm::Role::user, "hi"}}};
  request.schema =
      llm::OutputSchema::compile("interview", Json::parse(R"({"type":"object","properties":{"score":{}}})"))
          .value();
  for (unsigned actor = 0; actor < 100; ++actor) {
    request.seed = actor;
    const std::vector<std::string> parts = llm::logical_parts(request);
    gateway.submit({.actor = ActorId(actor), .request = request_hash(parts)}, {.parts = parts});
  }
  std::size_t heard = 0;
  while (heard < 100) {
    gateway.wait([&](const CallKey& key, const std::string& reply) {
      const Journal as_others_see_it(folder_ / "journal.db", Journal::Mode::read_only);
      EXPECT_EQ(as_others_see_it.find(key)->reply, reply);
      ++heard;
    });
  }
  EXPECT_EQ(gateway.counts().under_way, 0U);
}

}  // namespace
}  // namespace throng

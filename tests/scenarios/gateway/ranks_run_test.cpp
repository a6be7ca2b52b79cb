// A population over several ranks that asks language models, or a remote recommender: through the first rank's gateway.
#include <algorithm>
#include <map>
#include <mutex>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/hash.h"
#include "engine/ranks/failed_elsewhere.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/gateway/ranks_gateway.h"
#include "scenarios/run/simulation.h"
#include "tests/scenarios/gateway/scripted_backend.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

using testing::ScriptedBackend;

/// The digests of partitions by window, from all ranks.
class PartitionDigests {
 public:
  void add(const Window& window, const PartitionResult& result) {
    const std::lock_guard lock(mutex_);
    const bool is_new = digests_.emplace(std::pair(window.round, result.number), result.digest).second;
    EXPECT_TRUE(is_new) << "two ranks have played partition " << result.number;
  }
  std::string chain() const {
    DigestChain chain;
    for (const auto& [of, digest] : digests_) chain.add(digest);
    return chain.value().hex();
  }
  std::size_t count() const { return digests_.size(); }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::uint16_t, std::size_t>, Hash128> digests_;
};

class RankObserver : public RunObserver {
 public:
  explicit RankObserver(PartitionDigests& digests) : digests_(digests) {}
  void on_window_started(const Window& window) override { window_ = window; }
  void on_partition(const PartitionResult& result) override {
    if (fails) throw Failure(ErrorKind::data, "the disk is on fire");
    digests_.add(window_, result);
  }
  bool wants_stop() const override { return stops; }

  bool fails = false;
  bool stops = false;

 private:
  PartitionDigests& digests_;
  Window window_;
};

class CallsOverRanks : public ::testing::Test {
 protected:
  using Change = std::function<void(const Ranks&, RankObserver&)>;
  /// Who answers on rank 0; hears of the items there are.
  using Open = std::function<Backends(const remote::Names*)>;

  static Json models_json() {
    return Json::parse(R"({"name": "t", "seed": 3, "dataset": {"path": "demo"}, "population": {"agents": 700},
      "mind": [{"kind": "llm", "share": 1, "endpoints": [{"url": "http://toy/v1", "model": "a", "max_in_flight": 40}]},
               {"kind": "statistical", "share": 3}],
      "session": {"max_pages": 2}, "rounds": 2, "retrain": {"every": "7d", "from": "viewed"},
      "recommender": {"kind": "popularity"}})");
  }

  /// What became of the run on each rank: "finished", "interrupted", or how it failed.
  std::vector<std::string> run(std::size_t count, const Json& json, const std::string& journal_name,
                               boost::asio::io_context& io, const Open& open, PartitionDigests& digests,
                               const Change& change = {}) {
    const Scenario scenario = parse_scenario(json, "t.json", {});
    const auto dataset = std::make_shared<const Dataset>(load_dataset("demo"));
    std::vector<std::string> outcomes(count);
    ThreadRanks::run(count, [&](Ranks& ranks) {
      FitObserver quiet;
      Simulation simulation(scenario, dataset, quiet, nullptr, ranks);
      RankObserver observer(digests);
      if (change) change(ranks, observer);
      std::string& outcome = outcomes[ranks.self()];
      const auto play = [&](Gateway& gateway) {
        try {
          outcome = simulation.run(observer, &gateway) ? "finished" : "interrupted";
        } catch (const FailedElsewhere& failure) {
          outcome = fmt::format("elsewhere, {}: {}", failure.exit_code(), failure.what());
        } catch (const Failure& failure) {
          outcome = fmt::format("here, {}: {}", failure.exit_code(), failure.what());
        }
      };
      if (!ranks.is_first()) {
        ForwardingGateway gateway(ranks);
        return play(gateway);
      }
      Journal journal(folder_ / journal_name, Journal::Mode::survives_kill);
      JournaledGateway own(journal, nullptr, io, open(simulation.remote_names()));
      ServingGateway gateway(own, ranks);
      play(gateway);
      counts_ = own.counts();
      own.drain();
    });
    return outcomes;
  }

  std::vector<std::string> run_models(std::size_t count, ScriptedBackend& model, const std::string& journal,
                                      PartitionDigests& digests, const Change& change = {}) {
    return run(
        count, models_json(), journal, model.io, [&](const remote::Names*) { return Backends{&model}; },
        digests, change);
  }

  TempFolder folder_;
  CallCounts counts_;
};

TEST_F(CallsOverRanks, NeitherTheirNumberNorTheOrderOfRepliesReachesTheDigest) {
  ScriptedBackend alone(1);
  PartitionDigests reference;
  EXPECT_THAT(run_models(1, alone, "1.db", reference), ::testing::Each("finished"));
  EXPECT_EQ(reference.count(), 6U) << "of three partitions in two windows";
  for (const std::size_t ranks : {2U, 3U, 5U}) {  // five: some have no agents, the first among them
    ScriptedBackend model(static_cast<unsigned>(ranks));
    PartitionDigests digests;
    EXPECT_THAT(run_models(ranks, model, fmt::format("{}.db", ranks), digests), ::testing::Each("finished"));
    EXPECT_EQ(digests.chain(), reference.chain()) << ranks;
    EXPECT_EQ(model.asked(), alone.asked());
  }
}

TEST_F(CallsOverRanks, MindsAreFittedToTheModelsOfAllRanks) {
  Json json = models_json();
  json["mind"][1]["fitted_to"] = "llm";
  PartitionDigests reference;
  for (const std::size_t ranks : {1U, 2U, 5U}) {  // five: the first has no agents
    ScriptedBackend model(static_cast<unsigned>(ranks));
    PartitionDigests digests;
    const std::vector<std::string> outcomes = run(
        ranks, json, fmt::format("{}.db", ranks), model.io,
        [&](const remote::Names*) { return Backends{&model}; }, ranks == 1 ? reference : digests);
    EXPECT_THAT(outcomes, ::testing::Each("finished"));
    if (ranks > 1) {
      EXPECT_EQ(digests.chain(), reference.chain()) << ranks;
    }
  }
}

TEST_F(CallsOverRanks, AStoppedRunGoesOnOverAnotherNumberOfRanksAndPaysForNothingTwice) {
  ScriptedBackend uninterrupted(1);
  PartitionDigests reference;
  run_models(1, uninterrupted, "whole.db", reference);
  ScriptedBackend first(2);
  first.fails_after = 300;
  PartitionDigests stopped;
  EXPECT_THAT(
      run_models(3, first, "j.db", stopped),
      ::testing::ElementsAre("here, 4: the budget is reached", "elsewhere, 4: rank 0: the budget is reached",
                             "elsewhere, 4: rank 0: the budget is reached"));
  ScriptedBackend second(3);
  PartitionDigests resumed;
  EXPECT_THAT(run_models(2, second, "j.db", resumed), ::testing::Each("finished"));
  EXPECT_EQ(resumed.chain(), reference.chain());
  EXPECT_EQ(counts_.from_journal, 300U);
  EXPECT_EQ(second.asked(), uninterrupted.asked() - 300);
}

TEST_F(CallsOverRanks, AnInterruptOnAnyEndsItOnAll) {
  for (const std::size_t interrupted : {0U, 1U}) {
    ScriptedBackend model(4);
    PartitionDigests digests;
    EXPECT_THAT(run_models(2, model, fmt::format("interrupted{}.db", interrupted), digests,
                           [&](const Ranks& ranks, RankObserver& observer) {
                             observer.stops = ranks.self() == interrupted;
                           }),
                ::testing::Each("interrupted"));
  }
}

TEST_F(CallsOverRanks, AFailureOnOneEndsItOnAllInTheSameWay) {
  for (const std::size_t failing : {0U, 1U}) {
    ScriptedBackend model(5);
    PartitionDigests digests;
    const std::vector<std::string> outcomes = run_models(
        2, model, fmt::format("failed{}.db", failing), digests,
        [&](const Ranks& ranks, RankObserver& observer) { observer.fails = ranks.self() == failing; });
    EXPECT_EQ(outcomes[failing], "here, 3: the disk is on fire");
    EXPECT_EQ(outcomes[1 - failing], fmt::format("elsewhere, 3: rank {}: the disk is on fire", failing));
  }
}

/// A remote recommender whose rankings depend on all that it is asked, and so on what it was told: every context names that.
class ScriptedRankings : public Backend {
 public:
  void ask(std::span<const std::string> parts, std::uint32_t /*chain*/, Done done) override {
    const auto k = Json::parse(parts[0])["k"].get<std::size_t>();
    const std::size_t first = request_hash(parts).low % names->num_items();
    const Json excluded = Json::parse(parts[1])["exclude"];
    Json ranking = Json::array();
    for (std::size_t i = first; ranking.size() < k; ++i) {
      const std::string& item = names->item(ItemId(i % names->num_items()));
      if (std::ranges::find(excluded, Json(item)) == excluded.end()) ranking.push_back(item);
    }
    boost::asio::post(io, [ranking = ranking.dump(), done = std::move(done)] {
      done(JournaledReply{.reply = ranking, .endpoint = "http://toy"});
    });
  }
  void tell(const std::vector<std::string>& parts) override { told.push_back(parts); }
  void wind_down() override {}
  Json account() const override { return Json::object(); }

  const remote::Names* names = nullptr;
  std::vector<std::vector<std::string>> told;
  boost::asio::io_context io{1};
};

TEST_F(CallsOverRanks, ARemoteRecommenderIsToldTheSameOfAllAgents) {
  const Json json = Json::parse(R"({"name": "t", "seed": 3, "dataset": {"path": "demo"},
    "population": {"agents": 1300}, "mind": {"kind": "statistical"}, "session": {"max_pages": 2}, "rounds": 3,
    "retrain": {"every": "7d", "from": "viewed"}, "recommender": {"kind": "remote", "url": "http://toy", "model": "m"}})");
  const auto rankings_over = [&](std::size_t ranks, ScriptedRankings& server, PartitionDigests& digests) {
    const auto outcomes = run(
        ranks, json, fmt::format("{}.db", ranks), server.io,
        [&](const remote::Names* names) {
          server.names = names;
          Backends backends{};
          backends[place_of(RequestKind::ranking)] = &server;
          return backends;
        },
        digests);
    EXPECT_THAT(outcomes, ::testing::Each("finished"));
  };
  ScriptedRankings reference;
  PartitionDigests reference_digests;
  rankings_over(1, reference, reference_digests);
  EXPECT_EQ(reference.told.size(), 5U) << "of three rounds' data, and of two what agents did";
  for (const std::size_t ranks : {2U, 3U}) {
    ScriptedRankings server;
    PartitionDigests digests;
    rankings_over(ranks, server, digests);
    EXPECT_EQ(digests.chain(), reference_digests.chain()) << ranks;
    EXPECT_EQ(server.told, reference.told) << ranks;
  }
}

}  // namespace
}  // namespace throng

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/observer.h"
#include "agents/training_data.h"
#include "engine/ranks/ranks.h"
#include "engine/sim/scheduler.h"
#include "recsys/external/remote_protocol.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// The rankings of one partition's sessions. One thread at a time.
class PartitionRankings {
 public:
  virtual ~PartitionRankings() = default;

  /// co_await: the ranking of the partition's n-th session, best first. It lives as long as this object.
  virtual Task<std::span<const ItemId>> rank(Actor& self, std::size_t session) = 0;
};

/// Where rankings come from and what learns from what agents do: a recommender in this process, or one that is asked.
class Ranker {
 public:
  virtual ~Ranker() = default;

  /// Learns from `input` before the window of this round (from 0) begins. Throws what `observer` throws. Collective over
  /// `input.ranks`, if there are any.
  virtual void fit(const FitInput& input, std::uint16_t round, FitObserver& observer) = 0;
  /// Before any session of the window. `gateway`: whom the ranker may tell what it has learned; null: nobody.
  virtual void begin_window(const Window& /*window*/, Gateway* /*gateway*/) {}
  /// Hears what the agents of a partition did, in the order of partitions.
  virtual void hear(const PartitionResult& /*result*/) {}

  /// What the sessions of a partition will ask for: at most `k` items each. Where many at once are ranked faster than one by
  /// one, they are ranked now. What the requests refer to outlives the rankings. Safe to call from any thread.
  virtual std::unique_ptr<PartitionRankings> for_partition(std::vector<RankingRequest> requests,
                                                           std::size_t k) const = 0;
};

/// Ranks with a recommender of this process.
class LocalRanker : public Ranker {
 public:
  explicit LocalRanker(std::shared_ptr<Recommender> recommender) : recommender_(std::move(recommender)) {}

  const std::shared_ptr<Recommender>& recommender() const { return recommender_; }
  /// Ranks by what is fitted already, and others rank by as well: a later fit begins with a recommender of its own.
  void adopt(std::shared_ptr<Recommender> fitted) {
    recommender_ = std::move(fitted);
    is_shared_ = true;
  }

  void fit(const FitInput& input, std::uint16_t round, FitObserver& observer) override;
  std::unique_ptr<PartitionRankings> for_partition(std::vector<RankingRequest> requests,
                                                   std::size_t k) const override;

 private:
  std::shared_ptr<Recommender> recommender_;
  bool is_shared_ = false;
};

/// Ranks by asking a remote recommender, through the gateway of the agents it ranks for, and tells it what agents did and what it
/// is to learn from: over several ranks it is rank 0 that tells, of the agents of all.
class RemoteRanker : public Ranker {
 public:
  /// `model`: for servers that have several. Everything outlives the ranker. Throws Failure(usage) if a sampled agent has the
  /// name of a user.
  RemoteRanker(std::string model, const Dataset& dataset, const TrainingData& rows,
               const Population& population, Ranks& ranks = alone());

  /// What it is asked about.
  const remote::Names& names() const { return names_; }

  /// From the window of `round` on the server knows `input.train`; `observer` hears nothing.
  void fit(const FitInput& input, std::uint16_t round, FitObserver& observer) override;
  /// Tells what agents did in the window before, and what is to be learned. The first window begins with somebody who has not
  /// been told anything. Collective.
  void begin_window(const Window& window, Gateway* gateway) override;
  void hear(const PartitionResult& result) override;
  std::unique_ptr<PartitionRankings> for_partition(std::vector<RankingRequest> requests,
                                                   std::size_t k) const override;

  /// What is asked for an agent.
  ExternalRequest request(AgentId agent, const RankingRequest& request, std::size_t k) const;

 private:
  /// The row of the training data that the server knows the agent by.
  UserId row_of(AgentId agent) const;
  void tell(Gateway* gateway, std::string target, const Json& content);
  Json sessions_of_all_ranks();

  std::string model_;
  const TrainingData& rows_;
  const Population& population_;
  Ranks& ranks_;
  remote::Names names_;
  remote::FitRequest to_learn_;
  Interactions train_;
  std::string state_;  ///< what the server knows, by a hash of all it was told
  Window window_;
  Json sessions_ = Json::array();  ///< of the window on this rank, as the server is told of them
};

}  // namespace throng

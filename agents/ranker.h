#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/partition_result.h"
#include "engine/sim/scheduler.h"
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

  /// Learns from `input` before the window of this round (from 0) begins. Throws what `observer` throws.
  virtual void fit(const FitInput& input, std::uint16_t round, FitObserver& observer) = 0;
  /// Before any session of the window. `outside`: whom the ranker may tell what it has learned; null: nobody.
  virtual void begin_window(const Window& /*window*/, Exchange* /*outside*/) {}
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
  explicit LocalRanker(std::unique_ptr<Recommender> recommender) : recommender_(std::move(recommender)) {}

  void fit(const FitInput& input, std::uint16_t round, FitObserver& observer) override;
  std::unique_ptr<PartitionRankings> for_partition(std::vector<RankingRequest> requests,
                                                   std::size_t k) const override;

 private:
  std::unique_ptr<Recommender> recommender_;
};

}  // namespace throng

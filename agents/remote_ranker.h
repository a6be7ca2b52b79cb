#pragma once

#include <string>

#include "agents/ranker.h"
#include "agents/training_data.h"
#include "recsys/external/remote_protocol.h"

namespace throng {

/// Ranks by asking a remote recommender, through the outside of the agents it ranks for, and tells it what agents did and what it
/// is to learn from.
class RemoteRanker : public Ranker {
 public:
  /// `model`: for servers that have several. Everything outlives the ranker. Throws Failure(usage) if a sampled agent has the
  /// name of a user.
  RemoteRanker(std::string model, const Dataset& dataset, const TrainingData& rows,
               const Population& population);

  /// What it is asked about.
  const remote::Names& names() const { return names_; }

  /// From the window of `round` on the server knows `input.train`; `observer` hears nothing.
  void fit(const FitInput& input, std::uint16_t round, FitObserver& observer) override;
  /// Tells what agents did in the window before, and what is to be learned. The first window begins with somebody who has not
  /// been told anything.
  void begin_window(const Window& window, Exchange* outside) override;
  void hear(const PartitionResult& result) override;
  std::unique_ptr<PartitionRankings> for_partition(std::vector<RankingRequest> requests,
                                                   std::size_t k) const override;

  /// What is asked for an agent.
  ExternalRequest request(AgentId agent, const RankingRequest& request, std::size_t k) const;

 private:
  /// The row of the training data that the server knows the agent by.
  UserId row_of(AgentId agent) const;
  void tell(Exchange* outside, std::string target, const Json& content);

  std::string model_;
  const TrainingData& rows_;
  const Population& population_;
  remote::Names names_;
  remote::FitRequest to_learn_;
  Interactions train_;
  std::string state_;  ///< what the server knows, by a hash of all it was told
  Window window_;
  Json sessions_ = Json::array();  ///< of the window, as the server is told of them
};

}  // namespace throng

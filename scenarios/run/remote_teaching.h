#pragma once

#include <functional>
#include <span>
#include <string>

#include "agents/outside_ranking.h"
#include "agents/session_record.h"
#include "agents/training_data.h"
#include "recsys/external/remote_protocol.h"

namespace throng {

/// What a run has to say to a remote recommender: what it is to learn, and whom it is to rank for.
class RemoteTeaching : public OutsideRanking {
 public:
  /// Hears of lessons in their order.
  using Teach = std::function<void(remote::Lesson)>;

  /// Everything outlives it. Throws Failure(usage) if a sampled agent's name is that of a user.
  RemoteTeaching(std::string model, const remote::Names& names, const TrainingData& rows,
                 const Population& population);

  /// Begins anew, with somebody who has not been taught anything; `teach` may be empty.
  void start(Teach teach);

  /// From the next window on the server knows `train`.
  void fit(const remote::FitRequest& request, Interactions train);
  void collect(std::span<const SessionRecord> sessions);
  /// What was collected is told.
  void end_window(int round);

  ExternalRequest request(ActorId agent, const RankingRequest& request, std::size_t k) const override;
  std::vector<ItemId> ranking(std::string_view reply) const override;

 private:
  /// The row of the training data that the server knows the agent by.
  UserId row_of(AgentId agent) const;
  void teach(std::string target, const Json& content);

  std::string model_;
  const remote::Names& names_;
  const TrainingData& rows_;
  const Population& population_;
  Teach teach_;
  Interactions train_;
  std::string state_;
  int round_ = 0;
  Json sessions_ = Json::array();  ///< of the window
};

/// The names of a dataset and of the agents that are not among its users. Throws Failure(usage) if two are the same.
remote::Names names_for(const Dataset& dataset, const Population& population);

}  // namespace throng

#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "agents/minds/mixed_mind.h"
#include "agents/minds/prompts.h"
#include "agents/taste.h"
#include "scenarios/run/mind_options.h"

namespace throng {

/// What minds are made from. Everything outlives them.
struct MindWorld {
  const Dataset& dataset;
  const TasteSpace& space;
  const Interactions& train;
  std::span<const float> mean_ratings;
};

/// The minds of a population, put together from a scenario.
class Minds {
 public:
  /// Throws Failure(usage) if a mind cannot work with the dataset.
  Minds(const std::vector<MindOptions>& options, const MindWorld& world, const Draws& draws);

  Mind& mind() { return *mixed_; }
  /// Whether a language model plays the agent.
  bool asks(AgentId agent) const { return llm_[mixed_->tier_of(agent)] != nullptr; }
  /// Who plays the agent: "statistical" or a model's name.
  std::string name_of(AgentId agent) const;

 private:
  std::unique_ptr<Mind> make(const LlmOptions& options, const MindWorld& world, const Draws& draws);

  std::deque<Prompts> prompts_;
  std::deque<PromptViews> views_;
  std::vector<const LlmMind*> llm_;  ///< by tier; null: statistical
  std::unique_ptr<MixedMind> mixed_;
};

}  // namespace throng

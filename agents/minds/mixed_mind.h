#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agents/minds/mind.h"
#include "engine/base/random.h"

namespace throng {

/// Several minds in one population. Which plays an agent is drawn by the seed, in proportion to the shares.
class MixedMind : public Mind {
 public:
  struct Tier {
    std::unique_ptr<Mind> mind;
    double share = 1;  ///< positive, relative to the others
  };

  /// At least one tier.
  MixedMind(std::vector<Tier> tiers, const Draws& draws);

  /// The number of the tier that plays the agent.
  std::size_t tier_of(AgentId agent) const;

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override {
    return mind_of(situation).react(self, situation, page);
  }
  Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) override {
    return mind_of(situation).decide(self, situation);
  }
  Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) override {
    return mind_of(situation).reflect(self, situation);
  }
  Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) override {
    return mind_of(situation).interview(self, situation);
  }
  Task<std::optional<Answer>> answer(Actor& self, const Situation& situation,
                                     const InterviewQuestion& question) override {
    return mind_of(situation).answer(self, situation, question);
  }

 private:
  Mind& mind_of(const Situation& situation) { return *tiers_[tier_of(situation.agent)].mind; }

  std::vector<Tier> tiers_;
  double total_ = 0;  ///< of the shares
  Draws draws_;
};

}  // namespace throng

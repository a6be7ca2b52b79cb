#include "scenarios/run/minds.h"

#include <fmt/format.h>

#include "agents/minds/agent4rec_mind.h"
#include "agents/minds/statistical_mind.h"
#include "agents/minds/structured_mind.h"

namespace throng {

Minds::Minds(const std::vector<MindOptions>& options, const MindWorld& world, const Draws& draws) {
  std::vector<MixedMind::Tier> tiers;
  for (const MindOptions& each : options) {
    MixedMind::Tier& tier = tiers.emplace_back(MixedMind::Tier{.mind = nullptr, .share = each.share});
    if (each.llm) {
      tier.mind = make(*each.llm, world, draws);
      llm_.push_back(static_cast<const LlmMind*>(tier.mind.get()));
    } else {
      tier.mind = std::make_unique<StatisticalMind>(StatisticalParameters{}, world.space, world.mean_ratings,
                                                    draws, popularity_of(world.train));
      llm_.push_back(nullptr);
    }
  }
  mixed_ = std::make_unique<MixedMind>(std::move(tiers), draws);
}

std::unique_ptr<Mind> Minds::make(const LlmOptions& options, const MindWorld& world, const Draws& draws) {
  if (!world.dataset.catalogue.has_titles()) {
    throw Failure(ErrorKind::usage,
                  fmt::format("/mind: a language model judges items by their titles, but {} has none",
                              world.dataset.name));
  }
  const Prompts& prompts = prompts_.emplace_back(options.mind.protocol, options.prompts);
  const PromptViews& views =
      views_.emplace_back(world.dataset, world.space, world.train, prompts, options.views);
  if (options.mind.protocol == Protocol::structured) {
    return std::make_unique<StructuredMind>(options.mind, prompts, views, draws);
  }
  return std::make_unique<Agent4RecMind>(options.mind, prompts, views, world.dataset.catalogue, draws);
}

std::string Minds::name_of(AgentId agent) const {
  const LlmMind* llm = llm_[mixed_->tier_of(agent)];
  return llm == nullptr ? "statistical" : llm->model_of(agent);
}

}  // namespace throng

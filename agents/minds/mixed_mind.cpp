#include "agents/minds/mixed_mind.h"

namespace throng {
namespace {

constexpr Purpose kTier{"mind/tier"};

}  // namespace

MixedMind::MixedMind(std::vector<Tier> tiers, const Draws& draws) : tiers_(std::move(tiers)), draws_(draws) {
  for (const Tier& tier : tiers_) total_ += tier.share;
}

std::size_t MixedMind::tier_of(AgentId agent) const {
  if (tiers_.size() == 1) return 0;
  double place = total_ * draws_.uniform(kTier, {.agent = static_cast<std::uint32_t>(agent)});
  for (std::size_t tier = 0; tier + 1 < tiers_.size(); ++tier) {
    if (place < tiers_[tier].share) return tier;
    place -= tiers_[tier].share;
  }
  return tiers_.size() - 1;
}

}  // namespace throng

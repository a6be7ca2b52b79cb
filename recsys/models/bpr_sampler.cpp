#include "recsys/models/bpr_sampler.h"

namespace throng {
namespace {

constexpr Purpose kSample{"bpr/sample"};

std::size_t below(std::size_t bound, std::uint32_t bits) { return bound * bits >> 32U; }

}  // namespace

BprSampler::BprSampler(const Interactions& train, std::uint64_t seed) : train_(train), draws_(seed) {
  for (std::size_t n = 0; n < train.num_users(); ++n) {
    const UserId user{static_cast<std::uint32_t>(n)};
    const std::size_t items = train.items_of(user).size();
    if (items > 0 && items < train.num_items()) users_.push_back(user);
  }
}

BprSample BprSampler::sample(std::uint16_t epoch, std::uint32_t sample) const {
  const auto bits = draws_.block(kSample, {.agent = sample, .round = epoch});
  const UserId user = users_[below(users_.size(), bits[0])];
  const std::span<const ItemId> items = train_.items_of(user);
  return {.user = user,
          .positive = items[below(items.size(), bits[1])],
          .negative = nth_missing(items, below(train_.num_items() - items.size(), bits[2]))};
}

ItemId nth_missing(std::span<const ItemId> items, std::size_t n) {
  // items[i] - i items below items[i] are missing, so items[i] comes before the one sought if that is at most
  // n. Counts such items by halving, without a branch that depends on the comparison.
  std::size_t before = 0;
  for (std::size_t left = items.size(); left > 0;) {
    const std::size_t half = (left + 1) / 2;
    const std::size_t last = before + half - 1;
    before += index(items[last]) - last <= n ? half : 0;
    left -= half;
  }
  return ItemId{static_cast<std::uint32_t>(n + before)};
}

}  // namespace throng

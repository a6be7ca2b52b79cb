#include "recsys/models/bpr_sampler.h"

#include <algorithm>
#include <array>

#include "recsys/linalg/chunks.h"

namespace throng {
namespace {

constexpr Purpose kSample{"bpr/sample"};

constexpr std::size_t kTogether = 32;  // their cache misses overlap
constexpr std::size_t kPerTask = 256;

std::size_t below(std::size_t bound, std::uint32_t bits) { return bound * bits >> 32U; }

}  // namespace

BprSampler::BprSampler(const Interactions& train, std::uint64_t seed) : train_(train), draws_(seed) {
  for (std::size_t n = 0; n < train.num_users(); ++n) {
    const UserId user{static_cast<std::uint32_t>(n)};
    const std::size_t items = train.items_of(user).size();
    if (items > 0 && items < train.num_items()) users_.push_back(user);
  }
}

void BprSampler::fill(std::uint16_t epoch, std::size_t first, std::span<BprSample> samples) const {
  for (std::size_t begin = 0; begin < samples.size(); begin += kTogether) {
    const std::size_t count = std::min(kTogether, samples.size() - begin);
    std::array<std::array<std::uint32_t, 4>, kTogether> bits;
    std::array<std::span<const ItemId>, kTogether> items;
    for (std::size_t n = 0; n < count; ++n) {
      const auto number = static_cast<std::uint32_t>(first + begin + n);
      bits[n] = draws_.block(kSample, {.agent = number, .round = epoch});
      const UserId user = users_[below(users_.size(), bits[n][0])];
      samples[begin + n].user = user;
      items[n] = train_.items_of(user);
      __builtin_prefetch(&items[n][items[n].size() / 2]);  // where the search for a negative begins
      __builtin_prefetch(&items[n][below(items[n].size(), bits[n][1])]);
    }
    for (std::size_t n = 0; n < count; ++n) {
      const std::size_t missing = train_.num_items() - items[n].size();
      samples[begin + n].positive = items[n][below(items[n].size(), bits[n][1])];
      samples[begin + n].negative = nth_missing(items[n], below(missing, bits[n][2]));
    }
  }
}

void BprSampler::fill_in_parallel(std::uint16_t epoch, std::size_t first,
                                  std::span<BprSample> samples) const {
  parallel_for(num_chunks(samples.size(), kPerTask), [&](std::size_t chunk) {
    const std::size_t begin = chunk * kPerTask;
    fill(epoch, first + begin, samples.subspan(begin, std::min(kPerTask, samples.size() - begin)));
  });
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

#include "benchmarks/support/workload.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/base/random.h"

namespace throng {
namespace {

constexpr Purpose kGap{"benchmark/gap"};
constexpr Purpose kFar{"benchmark/far"};
constexpr Purpose kPlace{"benchmark/place"};
constexpr Purpose kStart{"benchmark/start"};

/// In means; `u` and `is_far` are uniform in [0, 1).
double gap_in_means(Gaps distribution, double u, double is_far) {
  switch (distribution) {
    case Gaps::exponential:
      return -std::log1p(-u);
    case Gaps::bimodal:
      return (is_far < 0.1 ? 9 : 0) + 0.2 * u;
    case Gaps::all_ties:
      return 1;
    case Gaps::far_future:
      return is_far < 0.01 ? 49.5 + 99 * u : -0.01 * std::log1p(-u);
  }
  return 0;
}

}  // namespace

const char* to_string(Gaps distribution) {
  static constexpr std::array<const char*, 4> kNames{"exponential", "bimodal", "all_ties", "far_future"};
  return kNames[static_cast<std::size_t>(distribution)];
}

Workload::Workload(Gaps distribution, std::uint32_t actors)
    : distribution_(distribution), actors_(actors), gaps_(1U << kBits), places_(gaps_.size()) {
  const Draws draws(1);
  for (std::uint32_t i = 0; i < gaps_.size(); ++i) {
    const double means =
        gap_in_means(distribution, draws.uniform(kGap, {.item = i}), draws.uniform(kFar, {.item = i}));
    gaps_[i] = static_cast<std::uint32_t>(means * static_cast<double>(kMean.count()));
    places_[i] = static_cast<std::uint32_t>(draws.below(actors, kPlace, {.item = i}));
  }
  ends_.resize(gaps_.size());
  std::partial_sum(gaps_.begin(), gaps_.end(), ends_.begin(), std::plus<std::uint64_t>());
}

VirtualTime Workload::start(std::uint32_t actor) const {
  if (distribution_ == Gaps::all_ties) return VirtualTime(kMean / 2);
  // With the gaps laid end to end, from a random point to the end of the gap that it lies in.
  const std::uint64_t point = Draws(1).below(ends_.back(), kStart, {.agent = actor});
  const std::uint64_t end = *std::upper_bound(ends_.begin(), ends_.end(), point);
  return VirtualTime(Duration(static_cast<std::int64_t>(end - point)));
}

}  // namespace throng

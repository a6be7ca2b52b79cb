#include "engine/net/peer_deadline.h"

#include <algorithm>

namespace throng {
namespace {

constexpr std::size_t kEnough = 20;      // peers, to go by them
constexpr std::size_t kRecomputed = 16;  // the percentile, after so many
constexpr double kPercentile = 0.9;      // so that up to a tenth may stall without moving the deadline
// Of lognormal latencies with sigma 0.5 (sigma 1), one in 300,000 (in 500) is longer; of exponential ones, one in 100,000.
constexpr int kTimesLonger = 5;

}  // namespace

void PeerDeadline::observe(Delay silence) {
  recent_[seen_ % kRecent] = silence;
  ++seen_;
  if (seen_ < kEnough || (seen_ != kEnough && seen_ % kRecomputed != 0)) return;
  std::array<Delay, kRecent> sorted = recent_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(seen_, kRecent));
  const auto at =
      sorted.begin() + static_cast<std::ptrdiff_t>(kPercentile * static_cast<double>(end - sorted.begin()));
  std::nth_element(sorted.begin(), at, end);
  usual_ = std::max(*at, Delay(1));
}

Delay PeerDeadline::silence(int stalls) const {
  if (options_.floor == Delay(0) || usual_ == Delay(0)) return Delay(0);
  // A call may be of a kind that takes longer than most: it gets twice the time after each stall. The floor is long enough
  // for fast peers: a call that stalls three times in a row costs three floors, not seven.
  const Delay allowed = std::max(options_.floor, kTimesLonger * usual_ * (1 << std::min(stalls, 20)));
  return options_.ceiling == Delay(0) ? allowed : std::min(allowed, options_.ceiling);
}

}  // namespace throng

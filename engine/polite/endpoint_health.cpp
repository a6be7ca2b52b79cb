#include "engine/polite/endpoint_health.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace throng {
namespace {

using std::chrono::seconds;

// With 30 % random faults three in a row are common, but not for seconds on end.
constexpr int kFewFailures = 3;
constexpr Delay kFirstNotice = seconds(5);
constexpr int kNoticesThin = 4;  // each waits this many times as long as the one before

// Backoff makes six attempts of a single call take 15 s; at 30 % random faults six in a row are one in 1,400, and those for
// 20 s without any success are not random.
constexpr int kFailuresToStop = 6;
constexpr Delay kWrongFromTheFirst = seconds(20);
// Each may be billed, and nothing random makes a whole reply of another kind.
constexpr int kForeignToStop = 3;

constexpr std::size_t kEnough = 20;      // peers, to go by them
constexpr std::size_t kRecomputed = 16;  // the percentile, after so many
constexpr double kPercentile = 0.9;      // so that up to a tenth may stall without moving the deadline
// Of lognormal latencies with sigma 0.5 (sigma 1), one in 300,000 (in 500) is longer; of exponential ones, one in 100,000.
constexpr int kTimesLonger = 5;

}  // namespace

Instant CircuitBreaker::earliest(Instant now) const {
  switch (state_) {
    case State::closed:
      return now;
    case State::open:
      return std::max(now, rest_until_);
    case State::probing:
      break;
  }
  return kNever;
}

AttemptRole CircuitBreaker::start() {
  if (state_ == State::closed) return AttemptRole::ordinary;
  state_ = State::probing;
  return AttemptRole::probe;
}

void CircuitBreaker::open(Instant now) {
  state_ = State::open;
  rest_until_ = now + rest_;
  rest_ = std::min(2 * rest_, options_.longest_rest);
}

void CircuitBreaker::finish(Instant now, Health health, AttemptRole role) {
  if (role == AttemptRole::probe) {
    if (health == Health::failing) {
      open(now);
      return;
    }
    if (health == Health::unknown) {
      state_ = State::open;  // its rest is over: the next attempt is the probe
      return;
    }
    state_ = State::closed;
    rest_ = options_.first_rest;
    failures_ = 0;
    return;
  }
  // Replies to what was sent before the breaker opened come too late to change it.
  if (state_ != State::closed || health == Health::unknown) return;
  failures_ = health == Health::failing ? failures_ + 1 : 0;
  if (options_.failures_to_open > 0 && failures_ >= options_.failures_to_open) open(now);
}

void EndpointTrouble::usable() {
  ever_usable_ = true;
  failures_ = 0;
}

void EndpointTrouble::failed(Instant now, Failure failure, const std::string& message) {
  if (failures_ == 0) {
    since_ = now;
    all_unusable_ = true;
    all_foreign_ = true;
    notice_after_ = kFirstNotice;
  }
  ++failures_;
  all_unusable_ = all_unusable_ && failure != Failure::unavailable;
  all_foreign_ = all_foreign_ && failure == Failure::foreign;
  last_ = message;
}

std::optional<std::string> EndpointTrouble::notice(Instant now) {
  if (failures_ < kFewFailures || now - since_ < notice_after_) return std::nullopt;
  notice_after_ *= kNoticesThin;
  return in_words(now);
}

bool EndpointTrouble::is_hopeless(Instant now, Delay patience) const {
  if (!ever_usable_ && failures_ > 0 && all_foreign_) return failures_ >= kForeignToStop;
  if (failures_ < kFailuresToStop) return false;
  const bool wrong_from_the_first = !ever_usable_ && all_unusable_;
  return now - since_ >= (wrong_from_the_first ? std::min(patience, kWrongFromTheFirst) : patience);
}

std::string EndpointTrouble::in_words(Instant now) const {
  return fmt::format("no usable reply for {} ({} attempts), the last: {}", throng::in_words(now - since_),
                     failures_, last_);
}

std::string in_words(Delay span) {
  const double s = std::chrono::duration<double>(span).count();
  const auto rounded = [](double value) { return std::round(value * 10) / 10; };
  if (s < 10) return fmt::format("{:g} s", rounded(s));
  if (s < 120) return fmt::format("{:.0f} s", s);
  if (s < 7200) return fmt::format("{:g} min", rounded(s / 60));
  if (s < 172'800) return fmt::format("{:g} h", rounded(s / 3600));
  return fmt::format("{:g} days", rounded(s / 86'400));
}

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

#include "engine/polite/burst_pace.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace throng {
namespace {

// A little more than a second's worth, so that a limit kept by the second is noticed by a few refusals and not by
// twice as many calls as it takes.
constexpr Delay kFirstBurst = std::chrono::milliseconds(1010);
// The first part of each step is for refusals of what went before to come back ...
constexpr Delay kStill = std::chrono::milliseconds(40);
// ... then growth is even, so that only a part of it is too much by the time a refusal is back; and no faster than so
// many times the limit's rate: a bucket of ten seconds refuses what that gives in the time that its refusals take, which
// is half a percent of the calls of a minute and a half. Short runs are over sooner.
constexpr double kFastest = 15;
constexpr double kFastestAtFirst = 20;
constexpr Delay kAtFirst = std::chrono::milliseconds(8'000);
constexpr Delay kTick = std::chrono::milliseconds(5);  // how finely growth is looked at
// Of the depth at which something was refused: timers and network may bring it a little sooner the next time.
constexpr double kSafe = 0.9;
constexpr int kLaterSteps = 10;  // later trials are so much slower: nothing is gained by haste
constexpr Delay kLongestRest = std::chrono::minutes(16);

double micros(Instant at) { return static_cast<double>(at.time_since_epoch().count()); }
double micros(Delay span) { return static_cast<double>(span.count()); }

Instant instant(double micros) { return Instant(Delay(static_cast<Delay::rep>(std::ceil(micros)))); }

}  // namespace

BurstPace::BurstPace(Pacing pacing, Delay catch_up)
    : pacing_(pacing),
      least_(catch_up),
      level_at_(std::numeric_limits<double>::lowest()),
      burst_(pacing == Pacing::even    ? catch_up
             : pacing == Pacing::burst ? kLongest
                                       : std::max(kFirstBurst, catch_up)),
      growing_(pacing == Pacing::automatic) {}

void BurstPace::set_spacing(Instant now, double micros_per_unit, double scale) {
  spacing_ = micros_per_unit;
  if (level_at_ > micros(now)) level_at_ = micros(now) + (level_at_ - micros(now)) * scale;
}

Delay BurstPace::allowed(Instant now) const {
  if (!growing_ || grew_ == kNever) return burst_;
  const double grown = std::clamp(micros(Delay(now - grew_ - kStill)) / micros(step() - kStill), 0.0, 1.0);
  return burst_ + Delay(static_cast<Delay::rep>(micros(burst_) * grown));
}

/// How long the growth under way takes until the burst is doubled.
Delay BurstPace::step() const {
  const double speed = burst_ < kAtFirst ? kFastestAtFirst : kFastest;
  const Delay fast = std::max(kStep, kStill + Delay(static_cast<Delay::rep>(micros(burst_) / speed)));
  return hasty_ ? fast : kLaterSteps * fast;
}

/// Something is held back: that is when the burst may grow.
void BurstPace::grow(Instant now) {
  if (pacing_ == Pacing::automatic && !growing_ && now >= try_again_) {
    growing_ = true;
    hasty_ = false;
    grew_ = kNever;
  }
  if (!growing_) return;
  // Only what was wanted all the time has been tried.
  if (grew_ == kNever || now - pressed_ > kStep) {
    grew_ = now;
  } else if (now - grew_ >= step()) {
    burst_ *= 2;
    grew_ = now;
    growing_ = holds_back();
  }
  pressed_ = now;
}

Instant BurstPace::earliest(Instant now) {
  if (!holds_back() || spacing_ == 0) return now;
  if (level_at_ <= micros(now + allowed(now))) return now;
  grow(now);
  if (!holds_back() || level_at_ <= micros(now + allowed(now))) return now;
  const Instant even = instant(level_at_ - micros(allowed(now)));
  return growing_ ? std::min(even, now + kTick) : even;
}

Delay BurstPace::take(Instant now, double amount) {
  level_at_ = std::max(level_at_, micros(now)) + amount * spacing_;
  return Delay(static_cast<Delay::rep>(level_at_ - micros(now)));
}

void BurstPace::refused(Instant now, Delay depth) {
  if (pacing_ != Pacing::automatic) return;
  const Delay safe = std::clamp(Delay(static_cast<Delay::rep>(kSafe * micros(depth))), least_, kLongest / 2);
  const bool first = growing_ || now >= try_again_;
  burst_ = first ? safe : std::min(burst_, safe);
  if (!first) return;  // one more of those that went before the first refusal was here
  growing_ = false;
  try_again_ = now + rest_;
  rest_ = std::min(2 * rest_, kLongestRest);
}

void BurstPace::empty_until(Instant until) {
  if (holds_back()) level_at_ = std::max(level_at_, micros(until + burst_));
}

void BurstPace::find_out(Instant now, Delay burst) {
  fill(now);
  if (pacing_ != Pacing::automatic) return;
  before_ = burst_;
  burst_ = burst;
  hasty_ = true;
  growing_ = true;
  grew_ = kNever;
}

void BurstPace::give_up(Instant until) {
  burst_ = std::max(before_, burst_);
  growing_ = growing_ && holds_back();
  empty_until(until);
}

void BurstPace::settle(Instant until, Delay burst) {
  burst_ = burst;
  growing_ = false;
  try_again_ = kNever;
  level_at_ = micros(until + burst);
}

void BurstPace::fill(Instant now) { level_at_ = std::min(level_at_, micros(now)); }

}  // namespace throng

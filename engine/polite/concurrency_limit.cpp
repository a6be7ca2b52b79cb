#include "engine/polite/concurrency_limit.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace throng {
namespace {

// Of the ramp, which goes by time: going by replies alone, of 500 calls of 30 s only 32 were at the server until the first
// came back. A server that turns calls away, or a rate limit, says so within about one step.
constexpr Delay kRampStep = std::chrono::milliseconds(100);
// Of the level must have come back in a step, once something has. A server with enough slots returns that if calls take
// less than a second, and if they take longer the ramp is over before the first replies; of 64 calls at a server with 4
// slots and 0.3 s a call, 2 % come back.
constexpr double kKeepsUp = 0.1;
// So many steps may end without that: the client itself may have been kept from reading replies, on a busy machine. With one,
// 3 of 18 runs fell back from 64 or 512 to 16 and took 10 to 20 s, not 7.5.
constexpr int kPatience = 3;
constexpr double kFallBack = 0.25;  // of where it began: the search is sooner done from below

constexpr int kFewestSamples = 32;      // of an epoch while searching ...
constexpr int kFewestHeldSamples = 64;  // ... and when found: means of latencies as spread as LLMs' are +-6 %
constexpr double kRisen = 1.3;          // times the unloaded latency: calls are queueing
constexpr double kFalls = 0.75;  // latency of half the level against the whole: 0.5 if all queue, 1 if none
// Calls in flight per call being served. By Little's law latency is then as many times the unloaded one, between the two below,
// where nothing is changed (but for probes).
constexpr double kHeadroom = 1.07;
constexpr double kFlat = 1.03;            // times the unloaded latency: below it there is room for more
constexpr double kCrowded = 1.17;         // and above it perhaps too many
constexpr int kFlatEpochs = 4;            // in a row: search upwards again
constexpr double kProbeLevel = 0.7;       // of the held level
constexpr double kProbeFalls = 0.8;       // 0.7 if calls still queue there, 1 / kHeadroom if not
constexpr int kEpochsBetweenProbes = 16;  // one leaves a quarter of the slots idle: 1.5 % of the throughput
constexpr double kStep = 0.5;             // of the way to the level aimed at, per epoch
constexpr double kTurnedAway = 0.1;       // a share that is worth a reaction
constexpr double kVanishes = 0.2;         // times that share, far below the load that caused it
constexpr double kNearCeiling = 0.8;      // times the ceiling
constexpr double kCarefulGrowth = 1.02;   // per epoch, near a level at which calls were turned away

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(ConcurrencyLimitOptions options)
    : options_(options), level_(std::clamp(options.initial, 1, options.max)) {
  if (options.mode == ConcurrencyMode::fixed) ramp_ = Ramp::over;
}

int ConcurrencyLimit::limit() const {
  return options_.mode == ConcurrencyMode::fixed ? options_.max : static_cast<int>(std::lround(level_));
}

Instant ConcurrencyLimit::earliest(Instant now) {
  if (in_flight_ < limit()) return now;
  if (ramp_ == Ramp::ahead) {
    ramp_ = Ramp::under_way;
    climbed_ = now;
  }
  if (ramp_ == Ramp::under_way && now - climbed_ >= kRampStep) climb(now);
  if (in_flight_ < limit()) return now;
  return ramp_ == Ramp::under_way ? climbed_ + kRampStep : kNever;
}

/// The next step of the ramp, or its end.
void ConcurrencyLimit::climb(Instant now) {
  climbed_ = now;
  const bool keeps_up = ramp_finished_ == 0 || std::exchange(step_finished_, 0) >= kKeepsUp * level_;
  if (!keeps_up) {
    if (++steps_behind_ == kPatience) end_ramp(now, kFallBack * options_.initial);
    return;
  }
  move_to(2 * level_);
  steps_behind_ = 0;
  if (limit() == options_.max) end_ramp(now, level_);
}

void ConcurrencyLimit::end_ramp(Instant now, double level) {
  ramp_ = Ramp::over;
  move_to(level);
  epoch_ = {.began = now, .settling = in_flight_};
}

void ConcurrencyLimit::move_to(double level) {
  level_ = std::clamp(level, 1.0, static_cast<double>(options_.max));
}

void ConcurrencyLimit::finish(Instant now, CallSignal signal, Delay latency) {
  const bool busy = in_flight_ >= 0.9 * limit();
  --in_flight_;
  if (options_.mode == ConcurrencyMode::fixed || signal == CallSignal::other) return;
  if (ramp_ == Ramp::under_way) {
    ++step_finished_;
    ++ramp_finished_;
    // While calls wait somebody asks `earliest` at every step.
    const bool no_more_wanted = now - climbed_ > 2 * kRampStep;
    // What was turned away came of the last doubling; the level before it was borne.
    if (signal == CallSignal::overloaded || no_more_wanted)
      end_ramp(now, no_more_wanted ? level_ : std::max<double>(options_.initial, level_ / 2));
    return;
  }
  if (epoch_.settling > 0) {  // sent at the old level: their latency is that one's
    if (--epoch_.settling == 0) epoch_.began = now;
    return;
  }
  if (epoch_.finished == 0 && epoch_.began == Instant()) epoch_.began = now - latency;
  ++epoch_.finished;
  epoch_.busy += busy ? 1 : 0;
  if (signal == CallSignal::success) {
    ++epoch_.succeeded;
    epoch_.latency_sum += static_cast<double>(latency.count());
  } else {
    ++epoch_.overloaded;
  }
  if (complete()) end_epoch(now);
}

bool ConcurrencyLimit::complete() const {
  const bool searching = phase_ == Phase::grow || phase_ == Phase::descend;
  const int enough = std::max(searching ? kFewestSamples : kFewestHeldSamples, limit());
  return epoch_.succeeded >= enough || (epoch_.overloaded >= enough && epoch_.succeeded >= enough / 2);
}

void ConcurrencyLimit::end_epoch(Instant now) {
  const int before = limit();
  // Where too little is wanted, latency is that of an idle server, and the limit would grow without end.
  const bool kept_busy = epoch_.busy * 5 >= epoch_.finished * 4;
  if (kept_busy && !on_overload(now)) {
    switch (phase_) {
      case Phase::grow:
        grow(epoch_.latency());
        break;
      case Phase::descend:
        descend(epoch_.latency());
        break;
      case Phase::hold:
        hold(epoch_.latency());
        break;
      case Phase::probe:
        probe(epoch_.latency());
        break;
    }
  }
  epoch_ = {.began = now, .settling = limit() == before ? 0 : in_flight_};
}

/// True: this epoch was about calls that are turned away, and says nothing about latency.
bool ConcurrencyLimit::on_overload(Instant now) {
  const double share = epoch_.overloaded_share();
  if (suspected_ > 0) {  // at half of what can be served there is no overload
    const bool load = share < kVanishes * suspected_;
    suspected_ = 0;
    if (load) {
      move_to(served_);
      ceiling_ = level_;
      begin_hold();
    } else {
      tolerated_ = share;
      ceiling_ = 0;
      level_ = held_level_;
    }
    return true;
  }
  if (share <= 1.5 * tolerated_ + kTurnedAway) {
    // Slowly: random faults change, but load that grows must stand out from them.
    tolerated_ += 0.1 * (share - tolerated_);
    return false;
  }
  const auto lasted = static_cast<double>(std::max<Delay::rep>((now - epoch_.began).count(), 1));
  // Little's law: rate of successes times their latency. Below the level, so that it falls in any case.
  served_ = std::min(epoch_.latency_sum / lasted, 0.95 * level_);
  if (ceiling_ > 0 && level_ > kNearCeiling * ceiling_) {  // known to be about load
    move_to(served_);
    begin_hold();
  } else {
    suspected_ = share;
    held_level_ = level_;
    move_to(0.5 * served_);
  }
  return true;
}

void ConcurrencyLimit::grow(double latency) {
  if (unloaded_ > 0 && latency > kRisen * unloaded_) {
    crowded_level_ = level_;
    crowded_latency_ = previous_ = latency;
    phase_ = Phase::descend;
    move_to(level_ / 2);
    return;
  }
  // Flat: both levels measure the same, and two means are less spread than one.
  unloaded_ = unloaded_ == 0 ? latency : 0.5 * (unloaded_ + latency);
  move_to(2 * level_);
}

void ConcurrencyLimit::descend(double latency) {
  const bool still_falls = latency < kFalls * previous_;
  const bool first_step = previous_ == crowded_latency_;
  previous_ = latency;
  if (still_falls && limit() > 1) {
    move_to(level_ / 2);
    return;
  }
  if (first_step && !still_falls) {  // it was chance, or the server has become slower
    unloaded_ = 0.5 * (latency + crowded_latency_);
    phase_ = Phase::grow;
    move_to(crowded_level_);
    return;
  }
  unloaded_ = latency;
  begin_hold();
  move_to(kHeadroom * crowded_level_ * std::min(1.0, unloaded_ / crowded_latency_));
}

void ConcurrencyLimit::begin_hold() {
  phase_ = Phase::hold;
  since_probe_ = 0;
  flat_epochs_ = 0;
}

void ConcurrencyLimit::hold(double latency) {
  if (unloaded_ == 0) unloaded_ = latency;  // the first epoch had calls turned away
  const bool flat = latency < kFlat * unloaded_;
  flat_epochs_ = flat ? flat_epochs_ + 1 : 0;
  // With kHeadroom some calls queue; if none seem to, the server has more slots than before.
  if (flat_epochs_ >= kFlatEpochs && ceiling_ == 0) {
    phase_ = Phase::grow;
    grow(latency);
    return;
  }
  const bool all_is_well = limit() == options_.max && flat;
  if (latency > kCrowded * unloaded_ || (++since_probe_ >= kEpochsBetweenProbes && !all_is_well)) {
    phase_ = Phase::probe;
    previous_ = latency;
    held_level_ = level_;
    move_to(kProbeLevel * level_);
    return;
  }
  if (flat) steer(latency);
}

void ConcurrencyLimit::probe(double latency) {
  begin_hold();
  // Lower than ever, or hardly lower than at the held level: that is the unloaded latency now.
  if (latency < unloaded_ || latency > kProbeFalls * previous_) unloaded_ = 0.5 * (unloaded_ + latency);
  level_ = held_level_;
  steer(previous_);
}

void ConcurrencyLimit::steer(double latency) {
  const double aim = kHeadroom * level_ * std::min(1.0, unloaded_ / latency);
  double next = level_ + kStep * (aim - level_);
  if (ceiling_ > 0 && level_ > kNearCeiling * ceiling_) {
    next = std::min(next, std::max(kCarefulGrowth * level_, level_ + 1));
    if (level_ > 1.3 * ceiling_) ceiling_ = 0;
  }
  move_to(next);
}

}  // namespace throng

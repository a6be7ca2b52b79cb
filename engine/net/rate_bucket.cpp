#include "engine/net/rate_bucket.h"

#include <algorithm>
#include <utility>

namespace throng {
namespace {

constexpr Delay kMinute = std::chrono::minutes(1);
constexpr Delay kLongestReset = std::chrono::seconds(61);  // of a limit per minute, rounded up
constexpr int kSlots = 16384;  // of the log: an entry lasts at most 1/16384 (4 ms) too long
// A claim must gain more than the jitter, which the books hold what every claim about a sliding minute is for.
constexpr Delay kWorthAProbe = std::chrono::seconds(1);
constexpr Delay kWorthABlindProbe = std::chrono::seconds(2);
constexpr std::int64_t kCallsPerBlindProbe = 250;  // one refusal among so many is 0.4 %
// The first bursts after an unproved claim: were it wrong, few calls would be refused.
constexpr Delay kTrialBurst = std::chrono::milliseconds(100);
constexpr Delay kLongestBlindRest = std::chrono::minutes(16);

/// A little faster than the log allows in the long run, so that the pace never costs throughput.
double spacing(const RateBucketOptions& options, std::int64_t limit) {
  const Delay window = kMinute + options.arrival_jitter / 2;
  return limit == 0 ? 0 : static_cast<double>(window.count()) / static_cast<double>(limit);
}

}  // namespace

RateBucket::RateBucket(RateBucketOptions options)
    : options_(options),
      limit_(options.limit),
      log_((kMinute + options.arrival_jitter) / kSlots),
      pace_(options.pacing, options.catch_up) {
  pace_.set_spacing(Instant::min(), spacing(options_, limit_), 1);
}

void RateBucket::set_limit(Instant now, std::int64_t limit) {
  const double scale = limit_ > 0 && limit > 0 ? static_cast<double>(limit_) / static_cast<double>(limit) : 1;
  pace_.set_spacing(now, spacing(options_, limit), scale);
  if (limit_ == 0) pace_.take(now, static_cast<double>(log_and_held(now)));
  limit_ = limit;
}

std::int64_t RateBucket::log_and_held(Instant now) {
  log_.drop_expired(now);
  return log_.total() + held_;
}

std::int64_t RateBucket::others(Instant now) const { return now < others_.until ? others_.amount : 0; }

std::int64_t RateBucket::counted(Instant now) { return log_and_held(now) + others(now); }

Instant RateBucket::earliest(Instant now, std::int64_t amount) {
  if (limit_ == 0) return now;
  const Instant at = booked(now, amount);
  if (at > now || counted(now) + amount > limit_) return at;  // a probe does not wait for the pace
  return pace_.earliest(now);
}

/// What the books, and doubts about them, allow.
Instant RateBucket::booked(Instant now, std::int64_t amount) {
  std::int64_t excess = counted(now) + amount - limit_;
  if (excess <= 0) return now;
  if (probe_) {
    const Instant known = probe_->sent + BurstPace::kStep;
    if (now < known) return known;
    accepted(now);
    excess = counted(now) + amount - limit_;
    if (excess <= 0) return now;
  }
  const Instant safe = books_free(now, excess);
  const auto doubted = doubt(now, amount, excess);
  if (!doubted || doubted->second + kWorthAProbe >= safe) return safe;
  next_why_ = doubted->first;
  return std::max(now, doubted->second);
}

Instant RateBucket::books_free(Instant now, std::int64_t excess) const {
  const std::int64_t own = excess - others(now);
  const Instant without_others = own > 0 ? log_.frees(own) : now;
  return std::min(log_.frees(excess), std::max(others_.until, without_others));
}

bool RateBucket::doubts() const {
  return options_.pacing == Pacing::automatic && options_.counting == Counting::on_arrival;
}

/// A reason to send a probe, and when.
std::optional<std::pair<RateBucket::Doubt, Instant>> RateBucket::doubt(Instant now, std::int64_t amount,
                                                                       std::int64_t excess) const {
  if (!doubts()) return std::nullopt;
  if (excess <= others(now)) {
    if (others_.certain) return std::nullopt;
    return std::pair(Doubt::others, std::max(now, last_ + BurstPace::kStep));
  }
  if (belief_ != Belief::nothing) {
    const Instant claimed = log_.claimed_free(excess);
    if (claimed + kWorthAProbe < log_.frees(excess)) return std::pair(Doubt::claim, claimed);
  }
  const bool rare = limit_ >= kCallsPerBlindProbe * amount;
  if (!rare || belief_ == Belief::nothing || now < next_blind_ ||
      log_.frees(excess) - now < kWorthABlindProbe)
    return std::nullopt;
  return std::pair(Doubt::blind, std::max(now, last_ + BurstPace::kStep));
}

/// The probe has not been refused in the time that this takes.
void RateBucket::accepted(Instant now) {
  switch (std::exchange(probe_, std::nullopt)->why) {
    case Doubt::others:
      others_ = {};
      heeds_others_ = false;
      break;
    case Doubt::claim:
      log_.forgive(now);
      if (on_trial_ && !pace_.holds_back()) claims_proved_ = true;
      on_trial_ = !claims_proved_;
      if (pace_.knows()) break;  // a small bucket, which no claim fills
      if (on_trial_) {
        pace_.find_out(now, kTrialBurst);
      } else {
        pace_.fill(now);
      }
      break;
    case Doubt::blind:
      rest_from_blind_probes(now);  // the limit is larger than we are to keep, or it is a bucket
      break;
  }
}

RateMark RateBucket::take(Instant now, std::int64_t amount) {
  RateMark mark{.sent = now};
  mark.probe = doubts() && limit_ > 0 && counted(now) + amount > limit_;
  if (mark.probe) probe_ = {now, next_why_};
  last_ = now;
  mark.depth = pace_.take(now, static_cast<double>(amount));
  mark.slot = log_.add(now, now + kMinute + options_.arrival_jitter, amount);
  return mark;
}

void RateBucket::correct(SlidingLog::Slot slot, std::int64_t delta) {
  log_.adjust(slot, delta);
  pace_.correct(static_cast<double>(delta));
}

RateMark RateBucket::hold(Instant now, std::int64_t amount) {
  held_ += amount;
  return {.sent = now, .depth = pace_.take(now, static_cast<double>(amount))};
}

void RateBucket::settle(Instant now, std::int64_t held, std::int64_t counted, Delay shortest) {
  held_ -= held;
  pace_.correct(static_cast<double>(counted - held));
  const Delay lasts = kMinute + options_.arrival_jitter - std::min(shortest, kMinute);
  log_.add(now, now + lasts, counted);
}

void RateBucket::hear(const RateMark& mark, Instant now, const LimitHints& hints) {
  // Of a limit per minute: some endpoints announce their limit per day, full again in hours.
  if (!hints.reset || *hints.reset > kLongestReset) return;
  const Instant full = now + *hints.reset;
  if (doubts() && belief_ == Belief::headers && full + kWorthAProbe < mark.sent + kMinute)
    log_.claim(mark.slot, full);
  // What remains is worth something while it is fresh.
  if (hints.limit && hints.remaining && now - mark.sent <= options_.arrival_jitter) hear_others(now, hints);
}

/// What the server counts beyond our own is other clients', or ours from before a restart.
void RateBucket::hear_others(Instant now, const LimitHints& hints) {
  if (!heeds_others_) return;
  const std::int64_t used = *hints.limit - *hints.remaining;
  // A small token bucket says that little remains of a minute's limit and will be full in a moment.
  const double refilled = static_cast<double>(hints.reset->count()) / static_cast<double>(kMinute.count());
  const bool whole_minute = 2 * refilled * static_cast<double>(*hints.limit) >= static_cast<double>(used);
  const std::int64_t others = used - log_and_held(now);
  if (others <= 0 || !whole_minute) {
    others_.amount = 0;
    return;
  }
  // Without doubts the whole minute: some servers mean by reset that the first of it is back.
  const Delay lasts = doubts() ? *hints.reset : kMinute + options_.arrival_jitter;
  others_ = {.amount = others, .until = now + lasts, .certain = others_.certain && now < others_.until};
}

void RateBucket::refused(const RateMark& mark, Instant now, Instant until, bool said) {
  if (limit_ == 0) return;
  // On its way the probe may have overtaken what went before it and is refused now in its place.
  if (probe_) {
    probe_refused(std::exchange(probe_, std::nullopt)->why, now, until, said);
    return;
  }
  if (mark.sent <= refuted_) return;  // what the claim had let go
  if (on_trial_ && pace_.holds_back()) {
    on_trial_ = false;
    refuted_ = now;
    disbelieve();
    pace_.give_up(until);
    return;
  }
  pace_.refused(now, mark.depth);
  pace_.empty_until(until);
}

void RateBucket::rest_from_blind_probes(Instant now) {
  next_blind_ = now + blind_rest_;
  blind_rest_ = std::min(2 * blind_rest_, kLongestBlindRest);
}

void RateBucket::disbelieve() {
  belief_ = belief_ == Belief::headers ? Belief::refusals : Belief::nothing;
  log_.remember();
}

void RateBucket::probe_refused(Doubt why, Instant now, Instant until, bool said) {
  switch (why) {
    case Doubt::others:
      others_.certain = true;
      break;
    case Doubt::claim:
      disbelieve();
      [[fallthrough]];
    case Doubt::blind:
      if (belief_ == Belief::nothing) break;
      // Of a sliding minute it says no more than we know: when the oldest of our own is over.
      if (said && until + kWorthAProbe < log_.frees(1)) {
        log_.claim(log_.newest(), until);
      } else {
        rest_from_blind_probes(now);
      }
      break;
  }
}

}  // namespace throng

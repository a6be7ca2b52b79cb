#include "engine/polite/rate_bucket.h"

#include <algorithm>
#include <cmath>
#include <limits>
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
// The refusal of a probe, or of what a trial let go, should be back within this time.
constexpr Delay kVerdict = 2 * BurstPace::kStep;
// Why there are trials: a probe that is not refused may mean that a minute has begun anew, or that a bucket has refilled by a
// little. Without them runs of a minute and a half took 2.0 times the least time at a bucket of a minute's worth and up to 1.5
// at fixed minutes, with them 1.01 and 1.14 (benchmarks/README.md, rate limits).
// The first burst of a trial, after a claim and without one: if it is wrong, few calls are refused.
constexpr Delay kTrialBurst = std::chrono::seconds(1);
constexpr Delay kBlindTrialBurst = std::chrono::milliseconds(100);
// Around the depth of a bucket of a minute's worth a trial goes on no faster than so many times the limit's rate.
constexpr double kCareful = 10;
constexpr Delay kSurelyWithin = kMinute - std::chrono::milliseconds(500);
constexpr Delay kSurelyBeyond = kMinute + std::chrono::milliseconds(500);
// Without a claim nothing is tried for longer, nor with less than this of a minute's worth missing in such a bucket: so no more
// than a fifth of the limit goes beyond it.
constexpr Delay kBlindTrial = std::chrono::seconds(2);
constexpr double kNearlyWhole = 0.85 * static_cast<double>(kMinute.count());
// Of the depth of such a bucket that is used: timers and network may bring something a little sooner. More is left unused
// after each refusal.
constexpr Delay kUnused = std::chrono::seconds(2);
constexpr Delay kMostUnused = std::chrono::seconds(12);
// Headers tell what was so when the request was counted, at most so long after it was sent.
constexpr Delay kCounted = std::chrono::milliseconds(100);
constexpr Delay kLongestBlindRest = std::chrono::minutes(16);

double clock_micros(Instant at) { return static_cast<double>(at.time_since_epoch().count()); }

/// A little faster than the log allows in the long run, so that the pace never costs throughput.
double pace_spacing(const RateBucketOptions& options, std::int64_t limit) {
  const Delay window = kMinute + options.arrival_jitter / 2;
  return limit == 0 ? 0 : static_cast<double>(window.count()) / static_cast<double>(limit);
}

}  // namespace

RateBucket::RateBucket(RateBucketOptions options)
    : options_(options),
      limit_(options.limit),
      log_((kMinute + options.arrival_jitter) / kSlots),
      pace_(options.pacing, options.catch_up),
      whole_at_(std::numeric_limits<double>::lowest()) {
  pace_.set_spacing(Instant::min(), pace_spacing(options_, limit_), 1);
}

/// Microseconds per unit, at the server.
double RateBucket::spacing() const {
  return limit_ == 0 ? 0 : static_cast<double>(kMinute.count()) / static_cast<double>(limit_);
}

void RateBucket::set_limit(Instant now, std::int64_t limit) {
  const double scale = limit_ > 0 && limit > 0 ? static_cast<double>(limit_) / static_cast<double>(limit) : 1;
  pace_.set_spacing(now, pace_spacing(options_, limit), scale);
  if (whole_at_ > clock_micros(now)) whole_at_ = clock_micros(now) + (whole_at_ - clock_micros(now)) * scale;
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
  look_at_trial(now);
  if (is_bucket_) return pace_.earliest(now);  // books of a minute would hold back what has been refilled
  const Instant at = booked(now, amount);
  if (at > now || counted(now) + amount > limit_) return at;  // a probe does not wait for the pace
  const Instant paced = pace_.earliest(now);
  return paced > now ? paced : careful(now, amount);
}

/// What the books, and doubts about them, allow.
Instant RateBucket::booked(Instant now, std::int64_t amount) {
  std::int64_t excess = counted(now) + amount - limit_;
  if (excess <= 0) return now;
  if (probe_) {
    const Instant known = probe_->sent + kVerdict;
    if (now < known) return known;
    accepted(now);
    excess = counted(now) + amount - limit_;
    if (excess <= 0) return now;
  }
  const Instant safe = books_free(now, excess);
  const auto doubted = doubt(now, amount, excess);
  if (!doubted || doubted->second >= safe - kWorthAProbe) return safe;  // nothing is added to kNever
  next_why_ = doubted->first;
  return std::max(now, doubted->second);
}

Instant RateBucket::books_free(Instant now, std::int64_t excess) const {
  const std::int64_t own = excess - others(now);
  const Instant without_others = own > 0 ? log_.frees(own) : now;
  return std::min(log_.frees(excess), std::max(others_.until, without_others));
}

bool RateBucket::doubts() const {
  return !keeps_books_ && options_.pacing == Pacing::automatic && options_.counting == Counting::on_arrival;
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
    if (claimed < log_.frees(excess) - kWorthAProbe) return std::pair(Doubt::claim, claimed);
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
      heeds_others_ = false;  // what it says remains is not what it keeps to
      break;
    case Doubt::claim:
      log_.forgive(now);
      if (pace_.knows()) break;  // a small bucket, which no claim fills
      // A claim that was borne out once is believed without another trial.
      if (claims_proved_) {
        pace_.fill(now);
      } else {
        begin_trial(now, Doubt::claim);
      }
      break;
    case Doubt::blind:
      // The limit is larger than we are to keep, or it is a bucket. To know costs what such a bucket got in the meantime.
      if (tried_blindly_ || pace_.knows() || whole_at_ - clock_micros(now) < kNearlyWhole) {
        rest_from_blind_probes(now);
      } else {
        tried_blindly_ = true;
        log_.claim(log_.newest(), now);
        log_.forgive(now);
        begin_trial(now, Doubt::blind);
      }
      break;
  }
}

void RateBucket::begin_trial(Instant now, Doubt why) {
  if (trial_ && trial_->why == why) {  // goes on: too little was wanted since
    pace_.fill(now);
    return;
  }
  trial_ = Trial{.why = why, .began = now};
  pace_.find_out(now, why == Doubt::claim ? kTrialBurst : kBlindTrialBurst);
}

/// Ends a trial that went well, or in which too little was wanted to learn from it.
void RateBucket::look_at_trial(Instant now) {
  if (!trial_) return;
  const bool refuses_nothing = trial_->beyond != kNever && now >= trial_->beyond + kVerdict;
  const bool takes_long =
      trial_->why == Doubt::blind && trial_->beyond == kNever && now >= trial_->began + kBlindTrial;
  if (!refuses_nothing && !takes_long) return;
  pace_.give_up(now);
  pace_.fill(now);
  if (std::exchange(trial_, std::nullopt)->why == Doubt::claim) {
    claims_proved_ = true;
  } else {
    log_.remember();
    rest_from_blind_probes(now);
  }
}

void RateBucket::trial_refused(const RateMark& mark, Instant now, Instant until, bool said) {
  const Doubt why = std::exchange(trial_, std::nullopt)->why;
  refuted_ = now;
  if (mark.probe) {  // which took longer than it should
    log_.remember();
    pace_.give_up(until);
    probe_refused(why, now, until, said);
  } else if (mark.whole_depth > kSurelyWithin && until < now + kWorthAProbe) {
    is_bucket_ = true;
    log_.remember();
    pace_.settle(until, kMinute - kUnused);
  } else {
    disbelieve();
    pace_.give_up(until);
    if (belief_ != Belief::nothing) claim_until(now, until, said);
  }
}

/// During a trial, where a refusal would tell.
Instant RateBucket::careful(Instant now, std::int64_t amount) const {
  if (!trial_ || whole_at_ - clock_micros(now) < static_cast<double>(kSurelyWithin.count())) return now;
  if (trial_->beyond != kNever) return trial_->beyond + kVerdict;
  const double gap = static_cast<double>(amount) * spacing() / kCareful;
  return std::max(now, last_ + Delay(static_cast<Delay::rep>(std::ceil(gap))));
}

void RateBucket::keep_books(bool keep) {
  if (keep && (trial_ || is_bucket_)) {
    log_.remember();
    trial_.reset();
    is_bucket_ = false;
  }
  keeps_books_ = keep;
}

RateMark RateBucket::take(Instant now, std::int64_t amount) {
  RateMark mark{.sent = now};
  mark.probe = doubts() && !is_bucket_ && limit_ > 0 && counted(now) + amount > limit_;
  if (mark.probe) probe_ = {now, next_why_};
  last_ = now;
  mark.depth = pace_.take(now, static_cast<double>(amount));
  whole_at_ = std::max(whole_at_, clock_micros(now)) + static_cast<double>(amount) * spacing();
  mark.whole_depth = Delay(static_cast<Delay::rep>(whole_at_ - clock_micros(now)));
  if (trial_ && trial_->beyond == kNever && mark.whole_depth > kSurelyBeyond) trial_->beyond = now;
  mark.slot = log_.add(now, now + kMinute + options_.arrival_jitter, amount);
  return mark;
}

void RateBucket::correct(SlidingLog::Slot slot, std::int64_t delta) {
  log_.adjust(slot, delta);
  pace_.correct(static_cast<double>(delta));
  whole_at_ += static_cast<double>(delta) * spacing();
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
  const Instant full = std::min(now, mark.sent + kCounted) + *hints.reset;
  if (doubts() && belief_ == Belief::headers && full + kWorthAProbe < mark.sent + kMinute)
    log_.claim(mark.slot, full);
  // What remains is worth something while it is fresh: of a slow reply it tells what was so before all that went since.
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
  if (mark.sent <= refuted_) return;  // what was let go before that was known
  if (trial_) {
    trial_refused(mark, now, until, said);
    return;
  }
  const bool like_a_bucket = until < now + kWorthAProbe;  // which has something again at once
  if (is_bucket_ && like_a_bucket && pace_.burst() > kMinute - kMostUnused) {
    refuted_ = now;
    pace_.settle(until, pace_.burst() - kUnused);
    return;
  }
  is_bucket_ = false;  // or one that others take from, too
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
      if (belief_ != Belief::nothing) claim_until(now, until, said);
      break;
  }
}

/// What a refusal says of when the server will have forgotten all.
void RateBucket::claim_until(Instant now, Instant until, bool said) {
  // Of a sliding minute it says no more than we know: when the oldest of our own is over.
  if (said && until < log_.frees(1) - kWorthAProbe) {
    log_.claim(log_.newest(), until);
  } else {
    rest_from_blind_probes(now);
  }
}

}  // namespace throng

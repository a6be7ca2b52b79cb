#pragma once

#include <cstdint>
#include <optional>

#include "engine/polite/burst_pace.h"
#include "engine/polite/server_hints.h"
#include "engine/polite/sliding_log.h"

namespace throng {

/// When a server counts what a request takes.
enum class Counting {
  on_arrival,
  when_done,  ///< see `hold`
};

struct RateBucketOptions {
  std::int64_t limit = 0;  ///< per minute; 0: none
  Pacing pacing = Pacing::even;
  Counting counting = Counting::on_arrival;
  /// What the time from our decision to the server's count may vary by. The limit is kept over windows longer
  /// than a minute by this much, which costs that share of it.
  Delay arrival_jitter = std::chrono::milliseconds(750);
  /// A caller that comes too late may catch up at once with what it missed within this time (timers are coarse).
  Delay catch_up = std::chrono::milliseconds(100);
};

/// What a bucket knows of something that went: to be handed back with what the server says about it.
struct RateMark {
  Instant sent;
  SlidingLog::Slot slot = 0;
  Delay depth{0};        ///< see BurstPace
  Delay whole_depth{0};  ///< the same in a bucket that holds a minute's worth
  bool probe = false;    ///< it went although the books were full
};

/// One limit per minute, of requests or of tokens. *Books* of the last minute and jitter bound the sum in any sliding or
/// fixed window, exactly; the *pace* (BurstPace) says how much of that may go at once. With `Pacing::automatic` a full
/// book is doubted where there is reason to: when the server said that it counts no longer what stands there (its minute
/// ended), or counts what we do not know of, or once when it said nothing at all. Then a *probe* goes, one single call.
/// If it is refused, that was wrong, and at most one refusal a minute comes of it. If it is not, the books are on *trial*:
/// more goes, in a new careful growth of bursts, until it is more than a bucket of a minute's worth can have held. If that
/// is refused, the server has such a bucket, and from then on the pace alone is kept. If it is not, a minute has begun anew, as
/// was claimed; or, without a claim, the limit is larger than ours: then the books stand, and that was all (less than
/// a fifth of a minute's limit, once).
///
/// An amount is either counted by the server when it arrives (`take`), or when the work is done (`hold`, then
/// `settle`): then it counts in full while the work lasts, and from its end for a minute less the shortest time
/// that work takes, because whatever is sent from then on is counted later than that. Such books are never doubted.
class RateBucket {
 public:
  explicit RateBucket(RateBucketOptions options);

  std::int64_t limit() const { return limit_; }
  /// 0: none. What was counted stays counted.
  void set_limit(Instant now, std::int64_t limit);

  /// The first moment from `now` on at which it is worth to ask whether `amount` (no larger than the limit) may go, if
  /// nothing else does; `now`: it may. kNever: not before something held is settled.
  Instant earliest(Instant now, std::int64_t amount);

  RateMark take(Instant now, std::int64_t amount);
  /// Corrects an amount that was taken.
  void correct(SlidingLog::Slot slot, std::int64_t delta);

  RateMark hold(Instant now, std::int64_t amount);
  /// Ends a hold of `held`, of which the server counted `counted` (or more than was held). `shortest`: the
  /// shortest time that work takes; no longer than this one was held.
  void settle(Instant now, std::int64_t held, std::int64_t counted, Delay shortest);

  /// What the headers of a reply say that has just come.
  void hear(const RateMark& mark, Instant now, const LimitHints& hints);
  /// It was refused for this limit, which is used up until `until`. `said`: by the server's own words.
  void refused(const RateMark& mark, Instant now, Instant until, bool said);

  /// The server says that it allows more than this limit: then there is nothing to find out, and the books are kept exactly.
  void keep_books(bool keep);

  /// What may stand in the server's books, at most.
  std::int64_t counted(Instant now);
  Delay burst() const { return pace_.burst(); }
  /// A refusal has told how large a burst the server takes.
  bool burst_is_known() const { return pace_.knows(); }

  /// Whose word is taken for when the server counts no longer what stands in the books; once that was wrong, the next one's.
  enum class Belief { headers, refusals, nothing };
  Belief belief() const { return belief_; }

 private:
  /// Why the books are doubted.
  enum class Doubt {
    claim,   ///< the server said that they are empty
    others,  ///< the server counts more than we sent
    blind,   ///< no reason: to hear when it will be possible
  };
  struct Probe {
    Instant sent;
    Doubt why;
  };
  /// What is let go after a probe, to see what kind of limit this is.
  struct Trial {
    Doubt why;
    Instant began;
    Instant beyond = kNever;  ///< since when more went than a bucket of a minute can have held
  };
  struct Others {
    std::int64_t amount = 0;
    Instant until = Instant::min();
    bool certain = false;  ///< a probe was refused
  };

  bool doubts() const;
  double spacing() const;
  std::int64_t log_and_held(Instant now);
  std::int64_t others(Instant now) const;
  Instant booked(Instant now, std::int64_t amount);
  Instant books_free(Instant now, std::int64_t excess) const;
  std::optional<std::pair<Doubt, Instant>> doubt(Instant now, std::int64_t amount, std::int64_t excess) const;
  void accepted(Instant now);
  void begin_trial(Instant now, Doubt why);
  void look_at_trial(Instant now);
  void trial_refused(const RateMark& mark, Instant now, Instant until, bool said);
  Instant careful(Instant now, std::int64_t amount) const;
  void disbelieve();
  void rest_from_blind_probes(Instant now);
  void probe_refused(Doubt why, Instant now, Instant until, bool said);
  void claim_until(Instant now, Instant until, bool said);
  void hear_others(Instant now, const LimitHints& hints);

  RateBucketOptions options_;
  std::int64_t limit_;
  SlidingLog log_;
  std::int64_t held_ = 0;
  BurstPace pace_;
  Others others_;
  std::optional<Probe> probe_;  ///< on its way
  Doubt next_why_ = Doubt::blind;
  Belief belief_ = Belief::headers;
  bool heeds_others_ = true;
  bool keeps_books_ = false;
  std::optional<Trial> trial_;
  Instant refuted_ = Instant::min();  ///< when a trial went wrong
  bool claims_proved_ = false;
  bool tried_blindly_ = false;
  bool is_bucket_ = false;  ///< of a minute's worth, as a trial has shown: the pace alone is kept
  double whole_at_;         ///< microseconds of the clock: when a bucket of a minute's worth is full again
  Instant last_ = Instant::min();  ///< when something went
  Instant next_blind_ = Instant::min();
  Delay blind_rest_ = std::chrono::minutes(1);
};

}  // namespace throng

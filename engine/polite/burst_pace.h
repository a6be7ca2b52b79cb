#pragma once

#include <array>
#include <string>
#include <utility>

#include "engine/polite/instant.h"

namespace throng {

/// How calls are spread within what a limit per minute allows.
enum class Pacing {
  automatic,  ///< in bursts as large as the server turns out to take
  even,       ///< at equal distances
  burst,      ///< as soon as the limit allows
};

/// As people name them.
inline constexpr std::array<std::pair<const char*, Pacing>, 3> kPacings{
    {{"auto", Pacing::automatic}, {"even", Pacing::even}, {"burst", Pacing::burst}}};

/// Spreads amounts in time by a token bucket of our own: filled at the limit's rate, it holds what the rate gives in
/// `burst()`. How large a burst a server takes is found out carefully: at first about a second's worth (a limit per minute
/// that is kept by the second takes that), then, while more is wanted and nothing is refused, twice as much in steps of
/// `kStep` or longer; from a whole minute's worth on nothing is held back. A refusal tells the size exactly, because everything that
/// goes carries its depth. Later it is tried again, ever more rarely. Pure, single-threaded.
class BurstPace {
 public:
  /// A refusal should be back within this time.
  static constexpr Delay kStep = std::chrono::milliseconds(125);

  /// `catch_up`: the least burst, for callers whose timers come late.
  BurstPace(Pacing pacing, Delay catch_up);

  /// Microseconds per unit; `scale`: the new spacing in terms of the one until now.
  void set_spacing(Instant now, double micros, double scale);

  /// When the next one may go, from `now` on.
  Instant earliest(Instant now);
  /// One of `amount` goes. Returns its depth: how long the rate takes to make up for all that went, this one included.
  Delay take(Instant now, double amount);
  /// An amount was counted wrongly.
  void correct(double amount) { level_at_ += amount * spacing_; }

  /// What went with this depth was refused at `now`.
  void refused(Instant now, Delay depth);
  /// The server has nothing to give until then, and our bucket is empty.
  void empty_until(Instant until);
  /// Full again, as somebody says: finds out anew, from `burst` on, how much the server takes.
  void find_out(Instant now, Delay burst);
  /// That was not so: as before `find_out`, and empty until then.
  void give_up(Instant until);
  /// It holds `burst`, less than a minute's worth, for good; until then it is empty.
  void settle(Instant until, Delay burst);
  /// Full again.
  void fill(Instant now);

  /// What it holds now; kLongest or more: nothing is held back.
  Delay burst() const { return burst_; }
  bool holds_back() const { return burst_ < kLongest; }
  /// A refusal has told how much the server takes.
  bool knows() const { return !growing_ && holds_back(); }

 private:
  static constexpr Delay kLongest = std::chrono::minutes(1);

  Delay allowed(Instant now) const;
  Delay step() const;
  void grow(Instant now);

  Pacing pacing_;
  Delay least_;
  double spacing_ = 0;
  double level_at_;           ///< microseconds of the clock: when the bucket is full again
  Delay burst_;               ///< what has been taken so far
  Delay before_{0};           ///< the same before `find_out`
  bool growing_;              ///< while it may grow
  bool hasty_ = true;         ///< the first time, not when it is tried again
  Instant grew_ = kNever;     ///< when it was last doubled, or first used up
  Instant pressed_ = kNever;  ///< when it last held something back
  Instant try_again_ = Instant::min();
  Delay rest_ = std::chrono::minutes(1);  ///< before it is tried again, doubled each time
};

}  // namespace throng

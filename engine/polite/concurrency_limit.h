#pragma once

#include <cstdint>

#include "engine/polite/instant.h"

namespace throng {

enum class ConcurrencyMode {
  adaptive,  ///< find the fewest calls in flight that give the endpoint's full throughput
  fixed,     ///< `max` from the start
};

struct ConcurrencyLimitOptions {
  ConcurrencyMode mode = ConcurrencyMode::adaptive;
  int max = 64;      ///< never more in flight; at least 1
  int initial = 64;  ///< in flight at once, before anything is known
};

/// How a call that held a slot ended.
enum class CallSignal {
  success,     ///< its latency tells how busy the server is
  overloaded,  ///< turned away for load (503, 529, or a 429 without a rate limit used up)
  other,       ///< tells nothing about load
};

/// How many calls an endpoint should have in flight. At first, while calls wait, the limit grows by time, for replies may
/// take half a minute: it doubles every tenth of a second as long as the server keeps up, as far as that can be seen (nothing
/// has come back yet, or much does), and nothing is turned away. Else it falls back below where it began.
///
/// Then it works in epochs: after a change it waits for the calls of the old level to leave, then takes the mean
/// latency over at least `limit` completions.
///   grow     doubles while latency stays flat;
///   descend  once latency has risen, halves until it no longer falls, which gives the unloaded latency;
///   hold     by Little's law `limit * unloaded / latency` calls are being served: keeps 1.07 times as many in
///            flight, and now and then looks at a lower level (`probe`) to see whether the server itself changed.
/// When calls are turned away in greater share than before, a look at a much lower level tells whether that is
/// about load: then the limit falls to the calls that were being served, else such failures are ignored from
/// then on. An endpoint that is not kept busy teaches nothing: no growth. Single-threaded.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(ConcurrencyLimitOptions options);

  int limit() const;
  int in_flight() const { return in_flight_; }
  /// `now` if one more may go, else the moment to ask again; kNever: when one has finished.
  Instant earliest(Instant now);

  void start() { ++in_flight_; }
  void finish(Instant now, CallSignal signal, Delay latency);

 private:
  enum class Phase { grow, descend, hold, probe };
  enum class Ramp { ahead, under_way, over };

  struct Epoch {
    Instant began;
    int settling = 0;  ///< completions still to ignore
    int finished = 0;
    int busy = 0;  ///< of those, while nearly the whole limit was in use
    int succeeded = 0;
    int overloaded = 0;
    double latency_sum = 0;

    double latency() const { return latency_sum / succeeded; }
    double overloaded_share() const { return static_cast<double>(overloaded) / (overloaded + succeeded); }
  };

  void climb(Instant now);
  void end_ramp(Instant now, double level);
  bool complete() const;
  void end_epoch(Instant now);
  bool on_overload(Instant now);
  void grow(double latency);
  void descend(double latency);
  void begin_hold();
  void hold(double latency);
  void probe(double latency);
  void steer(double latency);
  void move_to(double level);

  ConcurrencyLimitOptions options_;
  int in_flight_ = 0;
  double level_;
  Ramp ramp_ = Ramp::ahead;
  Instant climbed_;        ///< when the ramp's last step was
  int step_finished_ = 0;  ///< calls since then
  int steps_behind_ = 0;   ///< in a row, without growth
  int ramp_finished_ = 0;  ///< calls since it began
  Phase phase_ = Phase::grow;
  Epoch epoch_;

  double unloaded_ = 0;         ///< latency without queueing, microseconds; 0: not known
  double previous_ = 0;         ///< latency one level higher (descend, probe)
  double crowded_level_ = 0;    ///< where `descend` began ...
  double crowded_latency_ = 0;  ///< ... and its latency
  double held_level_ = 0;       ///< to return to after a probe or a suspicion
  int since_probe_ = 0;
  int flat_epochs_ = 0;   ///< in a row, while holding
  double tolerated_ = 0;  ///< share of calls turned away whatever the level
  double suspected_ = 0;  ///< that share before a lower level was tried because of it; 0: none is
  double served_ = 0;     ///< calls being served at that time
  double ceiling_ = 0;    ///< what the limit was lowered to for load; 0: it was not, or that is over
};

}  // namespace throng

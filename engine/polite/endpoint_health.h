#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "engine/polite/instant.h"

namespace throng {

enum class EndpointHealth {
  usable,
  halted,  ///< quota or billing: not again in this run
};

struct CircuitBreakerOptions {
  int failures_to_open =
      24;  ///< in a row; 0: never opens. With 30 % random faults that is once in 1e12 attempts
  Delay first_rest =
      std::chrono::seconds(1);  ///< until the first recovery probe, doubled after each that fails
  Delay longest_rest = std::chrono::seconds(60);  ///< the doubling ends here
};

/// What an attempt says about the server as such.
enum class Health {
  alive,    ///< it answered sensibly: a success, a client error, a 429
  failing,  ///< transport fault, broken reply or a 5xx
  unknown,  ///< the attempt was cancelled
};

enum class AttemptRole { ordinary, probe };

/// Keeps calls from an endpoint that is down. *Closed*: all may go. After a row of failures *open*: none. After a
/// rest *probing*: one attempt at a time, until one finds the server alive.
class CircuitBreaker {
 public:
  explicit CircuitBreaker(CircuitBreakerOptions options = {})
      : options_(options), rest_(options.first_rest) {}

  enum class State { closed, open, probing };

  State state() const { return state_; }
  bool is_closed() const { return state_ == State::closed; }
  /// `now` if an attempt may go, else the moment to ask again; kNever: when the probe has come back.
  Instant earliest(Instant now) const;

  /// An attempt goes (`earliest` allowed it). Give its role back to `finish`.
  [[nodiscard]] AttemptRole start();
  void finish(Instant now, Health health, AttemptRole role);

 private:
  void open(Instant now);

  CircuitBreakerOptions options_;
  State state_ = State::closed;
  int failures_ = 0;  ///< in a row
  Instant rest_until_ = Instant::min();
  Delay rest_;  ///< the next one
};

/// What an endpoint has brought since its last usable reply: when a person should hear of it, and when to stop asking.
/// Pure, like all that decides here.
class EndpointTrouble {
 public:
  enum class Failure {
    unavailable,  ///< no connection, a deadline, a limit, a server's error: it may be back in a while
    unusable,     ///< a reply came and was none: cut short, no JSON, an error of status 200
    foreign,      ///< unusable, and whole: a web page, something compressed
  };

  void usable();
  void failed(Instant now, Failure failure, const std::string& message);

  /// What to tell a person now, after a failure: soon after the trouble began, then ever more seldom.
  std::optional<std::string> notice(Instant now);
  /// Whether to stop asking: nothing usable came for longer than `patience`; or nothing usable ever came, only replies that are
  /// none, a few of them and for a while, for then something is set up wrongly; or three, if they are whole and of another kind.
  bool is_hopeless(Instant now, Delay patience) const;
  /// "no usable reply for 12 s (9 attempts), the last: ..."
  std::string in_words(Instant now) const;

 private:
  Instant since_{};
  int failures_ = 0;  ///< in a row
  bool all_unusable_ = true;
  bool all_foreign_ = true;
  bool ever_usable_ = false;
  Delay notice_after_{};
  std::string last_;
};

/// "45 s", "10 min", "3.5 h", "2 days".
std::string in_words(Delay span);

struct PeerDeadlineOptions {
  Delay floor = std::chrono::seconds(2);  ///< nobody is given up sooner; 0: nobody is given up at all
  Delay ceiling{0};                       ///< nor later, once the peers are known; 0: none
};

/// How long an attempt may be silent before it is given up as stalled: far longer than its peers at the same endpoint were
/// before they replied. An attempt that was given up counts as a reply after that time, so that a server that has become
/// slow is waited for soon. Pure.
class PeerDeadline {
 public:
  explicit PeerDeadline(PeerDeadlineOptions options = {}) : options_(options) {}

  /// An attempt was silent for so long before its first byte, or until it was given up.
  void observe(Delay silence);
  /// For a call that was given up `stalls` times already; 0: as long as other deadlines allow.
  Delay silence(int stalls) const;

 private:
  static constexpr std::size_t kRecent = 256;

  PeerDeadlineOptions options_;
  std::array<Delay, kRecent> recent_{};
  std::size_t seen_ = 0;
  Delay usual_{0};  ///< the 90th percentile of `recent_`; 0: not known yet
};

}  // namespace throng

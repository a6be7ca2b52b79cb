#pragma once

#include "engine/net/instant.h"

namespace throng {

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

}  // namespace throng

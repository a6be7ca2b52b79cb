#include "engine/net/circuit_breaker.h"

#include <algorithm>

namespace throng {

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

}  // namespace throng

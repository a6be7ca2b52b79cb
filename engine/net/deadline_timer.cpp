#include "engine/net/deadline_timer.h"

#include <boost/asio/steady_timer.hpp>

namespace throng::net {

struct DeadlineTimer::State {
  explicit State(boost::asio::io_context& io) : timer(io), wheel(std::chrono::steady_clock::now()) {}

  boost::asio::steady_timer timer;
  TimingWheel wheel;
  bool ticking = false;
};

DeadlineTimer::DeadlineTimer(boost::asio::io_context& io) : state_(std::make_shared<State>(io)) {}

DeadlineTimer::~DeadlineTimer() { state_->timer.cancel(); }

void DeadlineTimer::arm(Deadline& deadline, TimePoint at) {
  if (!state_->ticking) {
    state_->ticking = true;
    state_->wheel.advance(std::chrono::steady_clock::now());
    tick(state_);
  }
  state_->wheel.arm(deadline, at);
}

void DeadlineTimer::tick(const std::shared_ptr<State>& state) {
  state->timer.expires_after(TimingWheel::tick);
  state->timer.async_wait([weak = std::weak_ptr(state)](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->wheel.advance(std::chrono::steady_clock::now());
    self->ticking = !self->wheel.empty();
    if (self->ticking) tick(self);
  });
}

}  // namespace throng::net

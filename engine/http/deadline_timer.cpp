#include "engine/http/deadline_timer.h"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

namespace throng::net {

void TimingWheel::arm(Deadline& deadline, TimePoint at) {
  deadline.at_ = at;
  // The farthest slot stands for all that is later: what is found there too early moves on.
  const std::int64_t number = std::clamp(floor_tick(at) + 1, current_ + 1, current_ + slots - 1);
  if (deadline.is_linked()) {
    if (deadline.slot_tick_ <= number) return;
    deadline.unlink();
  }
  deadline.slot_tick_ = number;
  slot(number).push_back(deadline);
}

void TimingWheel::advance(TimePoint now) {
  const std::int64_t target = floor_tick(now);
  current_ = std::max(current_, target - slots);
  while (current_ < target) {
    ++current_;
    List due;
    due.swap(slot(current_));
    while (!due.empty()) {
      Deadline& deadline = due.front();
      due.pop_front();
      if (deadline.at_ <= now) {
        deadline.expired(now);
      } else {
        arm(deadline, deadline.at_);
      }
    }
  }
}

bool TimingWheel::empty() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const List& list) { return list.empty(); });
}

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

#include "engine/net/timing_wheel.h"

#include <algorithm>

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

}  // namespace throng::net

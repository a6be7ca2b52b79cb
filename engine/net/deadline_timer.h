#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "engine/net/timing_wheel.h"

namespace throng::net {

/// Drives a timing wheel with one timer of an io_context, which ticks only while something is armed. Used from
/// the thread that runs the io_context. Destroying it while deadlines are armed disarms none and fires none.
class DeadlineTimer {
 public:
  using Deadline = TimingWheel::Deadline;
  using TimePoint = TimingWheel::TimePoint;

  explicit DeadlineTimer(boost::asio::io_context& io);
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  void arm(Deadline& deadline, TimePoint at);
  static void disarm(Deadline& deadline) { TimingWheel::disarm(deadline); }

 private:
  struct State;
  static void tick(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

/// `span` after `now`; never, if the span is zero.
inline TimingWheel::TimePoint after(TimingWheel::TimePoint now, std::chrono::milliseconds span) {
  return span.count() == 0 ? TimingWheel::TimePoint::max() : now + span;
}

}  // namespace throng::net

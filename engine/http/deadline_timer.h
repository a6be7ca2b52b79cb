#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

namespace throng::net {

/// Many deadlines, of which few are ever reached, at constant cost each: a wheel of slots, one per tick. Pure:
/// whoever owns it tells it the time. A deadline never fires early and at most a tick (and the caller's own
/// delay) late. Moving one to a later time costs nothing; not thread-safe.
class TimingWheel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds tick{10};

  /// Base of what waits for a deadline. Destroying it disarms it.
  class Deadline
      : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    Deadline() = default;
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    virtual ~Deadline() = default;

   private:
    friend TimingWheel;
    /// Called once, disarmed. May arm, disarm or destroy any deadline.
    virtual void expired(TimePoint now) = 0;

    TimePoint at_;
    std::int64_t slot_tick_ = 0;
  };

  explicit TimingWheel(TimePoint now) : current_(floor_tick(now)) {}

  /// Replaces what `deadline` was armed with.
  void arm(Deadline& deadline, TimePoint at);
  static void disarm(Deadline& deadline) { deadline.unlink(); }
  /// Calls `expired` for what is due, earlier ticks first.
  void advance(TimePoint now);
  bool empty() const;

 private:
  using List = boost::intrusive::list<Deadline, boost::intrusive::constant_time_size<false>>;
  static constexpr std::int64_t slots = 1024;

  static std::int64_t floor_tick(TimePoint time) { return time.time_since_epoch() / tick; }
  List& slot(std::int64_t number) { return slots_[static_cast<std::size_t>(number % slots)]; }

  std::array<List, slots> slots_;
  std::int64_t current_;
};

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

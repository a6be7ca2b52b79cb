#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/sim/event_queue.h"
#include "engine/sim/external.h"
#include "engine/sim/task.h"

namespace throng {

/// The model asked for something impossible: an event in an actor's past or in a closed window.
class SchedulingError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

class Scheduler;

/// One actor: a coroutine with a virtual clock of its own. It waits for at most one thing at a time, through
/// the awaitables below, which only its own coroutine (or a Task awaited by it) may use.
class Actor {
 public:
  explicit Actor(Scheduler& scheduler) : scheduler_(scheduler) {}
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  ActorId id() const { return handling_.source; }
  /// The time of the event that the actor handles. It never runs backwards.
  VirtualTime now() const { return handling_.time; }

  /// co_await: continues at now() + duration, which must not be negative (SchedulingError).
  /// Of the actors that continue at the same time, those with a smaller priority go first.
  auto sleep_for(Duration duration) { return Sleep{*this, now() + duration}; }
  auto sleep_for(Duration duration, std::int32_t priority) {
    return PrioritySleep{{*this, now() + duration}, priority};
  }
  /// co_await: continues at `time`, which must not be before now() (SchedulingError).
  auto sleep_until(VirtualTime time) { return Sleep{*this, time}; }
  auto sleep_until(VirtualTime time, std::int32_t priority) { return PrioritySleep{{*this, time}, priority}; }
  /// co_await: the reply (std::string) of the outside world to `request`. Continues at now() + takes(reply),
  /// however long the reply was under way and whatever else has happened meanwhile.
  auto external(ExternalRequest request, ReplyDuration takes) {
    return External{*this, std::move(request), std::move(takes)};
  }

 private:
  friend class Scheduler;

  // These live in the frames of sleeping actors, so they are small.
  struct Sleep {
    Actor& actor;
    VirtualTime until;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) { actor.sleep(until, 0, waiting); }
    void await_resume() const noexcept {}
  };
  struct PrioritySleep : Sleep {
    std::int32_t priority;
    void await_suspend(std::coroutine_handle<> waiting) { actor.sleep(until, priority, waiting); }
  };
  struct External {
    Actor& actor;
    ExternalRequest request;  ///< moved out when the call starts
    ReplyDuration takes;
    std::string reply{};
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting);
    std::string await_resume() { return std::move(reply); }
  };

  void sleep(VirtualTime until, std::int32_t priority, std::coroutine_handle<> waiting);
  std::uint32_t next_occurrence(const Hash128& request);

  Scheduler& scheduler_;
  EventKey handling_{};
  std::uint64_t next_sequence_ = 0;
  std::coroutine_handle<> waiting_;  ///< the innermost suspended coroutine; null before the first event
  std::function<Task<void>(Actor&)> make_body_;
  Task<void> body_;
  std::forward_list<std::pair<Hash128, std::uint32_t>> occurrences_;  ///< how often each request was made
};

/// Runs the actors of one partition, window by window, in the order of event keys. Knows no threads, files or
/// sockets; not thread-safe. Agents do not meet within a window, so an actor whose call has been answered
/// goes on at its own time even when others are ahead of it.
class Scheduler {
 public:
  using Body = std::function<Task<void>(Actor&)>;

  /// `outside` serves `Actor::external` and must outlive the scheduler; without it such a call is a
  /// SchedulingError.
  explicit Scheduler(Outside* outside = nullptr) : outside_(outside) {}

  /// Creates an actor whose `body(actor)` starts at `start`. `body` (and so what it has captured) is kept
  /// until the coroutine has finished. Ids of unfinished actors must differ. Throws SchedulingError if
  /// `start` is in a closed window.
  void spawn(ActorId id, VirtualTime start, Body body);

  /// Handles every event before `end`, in key order, until none is left; calls may be under way then. An
  /// exception that leaves an actor's body leaves here too.
  void run_until(VirtualTime end);

  /// Hands the reply to the waiting actor. Throws SchedulingError if no actor waits for `key`.
  void complete(const CallKey& key, std::string reply);

  /// Ends the window before `end`: from now on nothing can happen before it. Throws SchedulingError if a call
  /// is under way or an event before `end` is pending.
  void close_window(VirtualTime end);

  std::size_t calls_under_way() const { return calls_.size(); }
  /// Actors whose body has not returned.
  std::size_t unfinished() const { return actors_.size() - free_actors_.size(); }

 private:
  friend class Actor;

  void schedule(Actor& actor, VirtualTime time, std::int32_t priority);
  void handle(Actor& actor, const EventKey& key);
  void start_call(Actor::External& call);
  void finish(Actor& actor);

  Outside* outside_;
  EventQueue<Actor*> queue_;
  std::deque<Actor> actors_;                   ///< at stable addresses
  std::vector<Actor*> free_actors_;            ///< those that have finished, for new ones
  std::map<CallKey, Actor::External*> calls_;  ///< under way; they live in their coroutine's frame
  VirtualTime window_begin_{};                 ///< nothing can happen before it
  EventKey last_handled_{};
};

}  // namespace throng

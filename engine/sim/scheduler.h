#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <functional>
#include <map>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/sim/external.h"
#include "engine/sim/task.h"
#include "engine/sim/window.h"

namespace throng {

/// The model asked for something impossible: an event outside the window.
class SchedulingError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

class Scheduler;

/// One actor: a coroutine with a virtual clock of its own. It waits for at most one thing at a time, through
/// the awaitables below, which only its own coroutine (or a Task awaited by it) may use.
class Actor {
 public:
  Actor(Scheduler& scheduler, ActorId id, VirtualTime start) : scheduler_(scheduler) {
    handling_ = {.time = start, .source = id};
  }
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  ActorId id() const { return handling_.source; }
  /// The time of the event that the actor handles. It never runs backwards.
  VirtualTime now() const { return handling_.time; }

  /// co_await: continues at now() + duration, which must be in the window (SchedulingError).
  auto sleep_for(Duration duration) { return Sleep{*this, now() + duration}; }
  /// co_await: the reply (std::string) of the outside world to `request`. Continues at now(): a reply takes no virtual time,
  /// however long it was under way and whatever else has happened meanwhile.
  auto external(ExternalRequest request) { return External{*this, std::move(request)}; }
  /// co_await: the replies to all of `requests`, in their order, which are under way side by side. Each is a call of its own, with a
  /// key of its own; embeddings must differ. Continues at now(), at once if there are none.
  auto external_all(std::vector<ExternalRequest> requests) { return Externals{*this, std::move(requests)}; }

 private:
  friend class Scheduler;

  // These live in the frames of sleeping actors, so they are small.
  struct Sleep {
    Actor& actor;
    VirtualTime until;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting);
    void await_resume() const noexcept {}
  };
  struct External {
    Actor& actor;
    ExternalRequest request;  ///< moved out when the call starts
    std::string reply{};
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting);
    std::string await_resume() { return std::move(reply); }
  };
  struct Externals {
    Actor& actor;
    std::vector<ExternalRequest> requests;
    std::vector<std::string> replies{};
    std::size_t missing = 0;
    bool await_ready() const noexcept { return requests.empty(); }
    void await_suspend(std::coroutine_handle<> waiting);
    std::vector<std::string> await_resume() { return std::move(replies); }
  };

  std::uint32_t next_occurrence(const ExternalRequest& request, const Hash128& hash);

  Scheduler& scheduler_;
  EventKey handling_{};
  std::uint32_t next_sequence_ = 0;
  std::coroutine_handle<> waiting_;  ///< the innermost suspended coroutine; null before the first event
  std::function<Task<void>(Actor&)> make_body_;
  Task<void> body_;
  std::forward_list<std::pair<Hash128, std::uint32_t>> occurrences_;  ///< how often each request was made
};

/// Runs the actors of one partition through one window, in the order of event keys. Knows no threads, files or sockets; not
/// thread-safe. Actors do not meet within a window, so one whose call has been answered goes on at its own time even when
/// others are ahead of it.
class Scheduler {
 public:
  using Body = std::function<Task<void>(Actor&)>;

  /// `sink` serves `Actor::external` and must outlive the scheduler; without it such a call is a
  /// SchedulingError.
  explicit Scheduler(const Window& window, CallSink* sink = nullptr) : window_(window), sink_(sink) {}

  /// Creates an actor whose `body(actor)` starts at `start`, which must be in the window (SchedulingError). `body` (and so what
  /// it has captured) is kept until the coroutine has finished. Ids must differ.
  void spawn(ActorId id, VirtualTime start, Body body);

  /// Handles every event, in key order, until none is left; calls may be under way then. An exception that leaves an actor's
  /// body leaves here too.
  void run();

  /// Hands the reply to the waiting actor. Throws SchedulingError if no actor waits for `key`.
  void complete(const CallKey& key, std::string reply);

  std::size_t calls_under_way() const { return calls_.size(); }
  /// Actors whose body has not returned.
  std::size_t unfinished() const { return unfinished_; }

 private:
  friend class Actor;

  struct Event {
    EventKey key;
    Actor* actor;
    bool operator>(const Event& other) const { return key > other.key; }
  };

  void schedule(Actor& actor, VirtualTime time);
  void handle(Actor& actor, const EventKey& key);
  /// Somebody waits for a reply. It lies in the frame of the actor's coroutine, as `missing` does.
  struct Waiting {
    Actor* actor;
    std::string* reply;
    std::size_t* missing;  ///< replies that the actor still waits for; null: for this one alone
  };
  void start_call(ExternalRequest request, const Waiting& waiting);
  void finish(Actor& actor);

  Window window_;
  CallSink* sink_;
  // A partition's events, one for each of its few hundred actors, are in the first cache: a plain heap is as fast as anything.
  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
  std::deque<Actor> actors_;          ///< at stable addresses
  std::map<CallKey, Waiting> calls_;  ///< under way
  std::size_t unfinished_ = 0;
};

}  // namespace throng

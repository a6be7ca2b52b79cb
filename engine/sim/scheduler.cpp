#include "engine/sim/scheduler.h"

#include <algorithm>

#include <fmt/format.h>

namespace throng {

void Actor::sleep(VirtualTime until, std::int32_t priority, std::coroutine_handle<> waiting) {
  scheduler_.schedule(*this, until, priority);
  waiting_ = waiting;
}

void Actor::External::await_suspend(std::coroutine_handle<> waiting) {
  actor.scheduler_.start_call(*this);
  actor.waiting_ = waiting;
}

std::uint32_t Actor::next_occurrence(const Hash128& request) {
  for (auto& [asked, times] : occurrences_) {
    if (asked == request) return times++;
  }
  occurrences_.emplace_front(request, 1);
  return 0;
}

void Scheduler::spawn(ActorId id, VirtualTime start, Body body) {
  if (free_actors_.empty()) free_actors_.push_back(&actors_.emplace_back(*this));
  Actor& actor = *free_actors_.back();
  actor.handling_ = {.time = window_begin_, .source = id};
  actor.next_sequence_ = 0;
  actor.waiting_ = nullptr;
  schedule(actor, start, 0);
  actor.make_body_ = std::move(body);
  free_actors_.pop_back();
}

void Scheduler::schedule(Actor& actor, VirtualTime time, std::int32_t priority) {
  const EventKey key{
      .time = time, .priority = priority, .source = actor.id(), .sequence = actor.next_sequence_++};
  if (time < window_begin_) {
    throw SchedulingError(fmt::format("{} lies in a window that is closed; the last event there was {}",
                                      describe(key), describe(last_handled_)));
  }
  if (time < actor.now()) {
    throw SchedulingError(fmt::format("{} lies in the past of its actor, which is handling {}", describe(key),
                                      describe(actor.handling_)));
  }
  queue_.push(key, &actor);
}

void Scheduler::run_until(VirtualTime end) {
  while (auto event = queue_.pop_before(end)) {
    for (std::size_t i = 0; Actor* const* next = queue_.upcoming(i); ++i) {
      __builtin_prefetch((*next)->waiting_.address());
    }
    handle(*event->payload, event->key);
  }
}

void Scheduler::handle(Actor& actor, const EventKey& key) {
  actor.handling_ = key;
  last_handled_ = std::max(last_handled_, key);
  std::coroutine_handle<> resumed = std::exchange(actor.waiting_, nullptr);
  if (!resumed) {
    actor.body_ = actor.make_body_(actor);
    resumed = actor.body_.handle();
  }
  resumed.resume();
  if (!actor.waiting_) finish(actor);
}

void Scheduler::finish(Actor& actor) {
  const Body made_by = std::move(actor.make_body_);  // the frame may refer to what it has captured
  Task<void> body = std::move(actor.body_);
  actor.occurrences_.clear();
  free_actors_.push_back(&actor);
  body.result();  // rethrows what the body threw
}

void Scheduler::start_call(Actor::External& call) {
  if (outside_ == nullptr) throw SchedulingError("an actor calls the outside world, but there is none");
  const Hash128 request = request_hash(call.request.parts);
  const CallKey key{
      .actor = call.actor.id(), .request = request, .occurrence = call.actor.next_occurrence(request)};
  calls_.emplace(key, &call);
  outside_->submit(key, std::move(call.request));
}

void Scheduler::complete(const CallKey& key, std::string reply) {
  const auto call = calls_.find(key);
  if (call == calls_.end()) {
    throw SchedulingError(
        fmt::format("a reply for actor {}, request {}, occurrence {}, but nobody waits for it",
                    index(key.actor), key.request.hex(), key.occurrence));
  }
  Actor::External& waiting = *call->second;
  calls_.erase(call);
  waiting.reply = std::move(reply);
  schedule(waiting.actor, waiting.actor.now() + waiting.takes(waiting.reply), 0);
}

void Scheduler::close_window(VirtualTime end) {
  if (!calls_.empty()) {
    throw SchedulingError(fmt::format("the window that ends at {} cannot close: {} calls are under way",
                                      format_time(end), calls_.size()));
  }
  if (const auto early = queue_.pop_before(end)) {
    throw SchedulingError(fmt::format("the window that ends at {} cannot close: {} is pending",
                                      format_time(end), describe(early->key)));
  }
  window_begin_ = end;
}

}  // namespace throng

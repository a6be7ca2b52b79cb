#include "engine/sim/scheduler.h"

#include <algorithm>

#include <fmt/format.h>

namespace throng {

void Actor::Sleep::await_suspend(std::coroutine_handle<> waiting) {
  actor.scheduler_.schedule(actor, until, priority);
  actor.waiting_ = waiting;
}

void Actor::External::await_suspend(std::coroutine_handle<> waiting) {
  actor.call_ = this;
  actor.waiting_ = waiting;
  actor.scheduler_.start_call(actor);
}

std::uint32_t Actor::next_occurrence(const Hash128& request) {
  for (auto& [asked, times] : occurrences_) {
    if (asked == request) return times++;
  }
  occurrences_.emplace_back(request, 1);
  return 0;
}

void Scheduler::spawn(ActorId id, VirtualTime start, Body body) {
  auto actor = std::make_unique<Actor>(*this, id);
  actor->make_body_ = std::move(body);
  actor->handling_ = {.time = window_begin_, .source = id};
  actor->position_ = actors_.size();
  schedule(*actor, start, 0);
  actors_.push_back(std::move(actor));
}

void Scheduler::schedule(Actor& actor, VirtualTime time, std::int32_t priority) {
  const EventKey key{
      .time = time, .priority = priority, .source = actor.id_, .sequence = actor.next_sequence_++};
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
  while (auto event = queue_.pop_before(end)) handle(*event->payload, event->key);
}

void Scheduler::handle(Actor& actor, const EventKey& key) {
  actor.handling_ = key;
  last_handled_ = std::max(last_handled_, key);
  if (actor.waiting_) {
    actor.waiting_.resume();
  } else {
    actor.body_ = actor.make_body_(actor);
    actor.body_.handle().resume();
  }
  if (actor.body_.done()) remove(actor);
}

void Scheduler::remove(Actor& actor) {
  const std::size_t position = actor.position_;
  std::swap(actors_[position], actors_.back());
  actors_[position]->position_ = position;
  const std::unique_ptr<Actor> finished = std::move(actors_.back());
  actors_.pop_back();
  finished->body_.result();  // rethrows what the body threw
}

void Scheduler::start_call(Actor& actor) {
  if (outside_ == nullptr) throw SchedulingError("an actor calls the outside world, but there is none");
  const Hash128 request = hash128(actor.call_->request);
  const CallKey key{.actor = actor.id_, .request = request, .occurrence = actor.next_occurrence(request)};
  calls_.emplace(key, &actor);
  outside_->submit(key, actor.call_->request);
}

void Scheduler::complete(const CallKey& key, std::string reply) {
  const auto call = calls_.find(key);
  if (call == calls_.end()) {
    throw SchedulingError(
        fmt::format("a reply for actor {}, request {}, occurrence {}, but nobody waits for it",
                    index(key.actor), key.request.hex(), key.occurrence));
  }
  Actor& actor = *call->second;
  calls_.erase(call);
  Actor::External& waiting = *std::exchange(actor.call_, nullptr);
  waiting.reply = std::move(reply);
  schedule(actor, actor.now() + waiting.takes(waiting.reply), 0);
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

#include "engine/sim/scheduler.h"

#include <fmt/format.h>

namespace throng {

std::string describe(const EventKey& key) {
  return fmt::format("event ({}, {} us, actor {}, sequence {})", format_time(key.time),
                     key.time.time_since_epoch().count(), index(key.source), key.sequence);
}

void Actor::Sleep::await_suspend(std::coroutine_handle<> waiting) {
  actor.scheduler_.schedule(actor, until);
  actor.waiting_ = waiting;
}

void Actor::External::await_suspend(std::coroutine_handle<> waiting) {
  actor.scheduler_.start_call(std::move(request), {.actor = &actor, .reply = &reply, .missing = nullptr});
  actor.waiting_ = waiting;
}

void Actor::Externals::await_suspend(std::coroutine_handle<> waiting) {
  missing = requests.size();
  replies.resize(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    actor.scheduler_.start_call(std::move(requests[i]),
                                {.actor = &actor, .reply = &replies[i], .missing = &missing});
  }
  actor.waiting_ = waiting;
}

std::uint32_t Actor::next_occurrence(const ExternalRequest& request, const Hash128& hash) {
  if (request.kind == RequestKind::embedding) return 0;
  for (auto& [asked, times] : occurrences_) {
    if (asked == hash) return times++;
  }
  occurrences_.emplace_front(hash, 1);
  return 0;
}

void Scheduler::spawn(ActorId id, VirtualTime start, Body body) {
  Actor& actor = actors_.emplace_back(*this, id, start);
  schedule(actor, start);
  actor.make_body_ = std::move(body);
  ++unfinished_;
}

void Scheduler::schedule(Actor& actor, VirtualTime time) {
  const EventKey key{.time = time, .source = actor.id(), .sequence = actor.next_sequence_++};
  if (time < window_.begin || time >= window_.end) {
    throw SchedulingError(fmt::format("{} lies outside the window from {} to {}", describe(key),
                                      format_time(window_.begin), format_time(window_.end)));
  }
  if (time < actor.now()) {
    throw SchedulingError(fmt::format("{} lies in the past of its actor, which is handling {}", describe(key),
                                      describe(actor.handling_)));
  }
  queue_.push({key, &actor});
}

void Scheduler::run() {
  while (!queue_.empty()) {
    const Event event = queue_.top();
    queue_.pop();
    handle(*event.actor, event.key);
  }
}

void Scheduler::handle(Actor& actor, const EventKey& key) {
  actor.handling_ = key;
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
  --unfinished_;
  body.result();  // rethrows what the body threw
}

void Scheduler::start_call(ExternalRequest request, const Waiting& waiting) {
  if (sink_ == nullptr) throw SchedulingError("an actor calls the outside world, but there is none");
  const Hash128 hash = request_hash(request.parts);
  const CallKey key{.actor = waiting.actor->id(),
                    .request = hash,
                    .occurrence = waiting.actor->next_occurrence(request, hash)};
  if (!calls_.emplace(key, waiting).second) {
    throw SchedulingError(fmt::format("actor {} asks twice at once for the same {}", index(key.actor),
                                      to_string(request.kind)));
  }
  sink_->submit(key, std::move(request));
}

void Scheduler::complete(const CallKey& key, std::string reply) {
  const auto call = calls_.find(key);
  if (call == calls_.end()) {
    throw SchedulingError(
        fmt::format("a reply for actor {}, request {}, occurrence {}, but nobody waits for it",
                    index(key.actor), key.request.hex(), key.occurrence));
  }
  const Waiting waiting = call->second;
  calls_.erase(call);
  *waiting.reply = std::move(reply);
  if (waiting.missing != nullptr && --*waiting.missing > 0) return;
  schedule(*waiting.actor, waiting.actor->now());
}

}  // namespace throng

#include "scenarios/gateway/ranks_gateway.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "engine/ranks/failed_elsewhere.h"

namespace throng {
namespace {

/// So many calls, or bytes of their texts, go in one message: enough for it to cost little for each, and the first of a large start
/// (hundreds of agents that begin) do not wait for the last.
constexpr std::size_t kCallsOfMessage = 64;
constexpr std::size_t kBytesOfMessage = std::size_t{256} * 1024;

/// Tells the others, once, that this process is to end the run.
class StopWatch {
 public:
  StopWatch(Ranks& ranks, const WantsStop& wants_stop) : ranks_(ranks), wants_stop_(wants_stop) {}

  void look() {
    if (told_ || !wants_stop_ || !wants_stop_()) return;
    tell_to_stop(ranks_);
    told_ = true;
  }

 private:
  Ranks& ranks_;
  const WantsStop& wants_stop_;
  bool told_ = false;
};

void drop_reply(const CallKey& /*key*/, const std::string& /*reply*/) {}

}  // namespace

void Pauses::pause() {
  std::this_thread::sleep_for(next_);
  next_ = std::min(2 * next_, kLongest);
}

ServingGateway::ServingGateway(JournaledGateway& own, Ranks& ranks, WantsStop wants_stop)
    : own_(own), ranks_(ranks), wants_stop_(std::move(wants_stop)), others_(ranks.size()) {
  own_.wait_at_most(std::chrono::duration_cast<std::chrono::milliseconds>(Pauses::kLongest));
}

void ServingGateway::wait(const Deliver& deliver) { serve(deliver); }

void ServingGateway::close_window() {
  StopWatch stop(ranks_, wants_stop_);
  std::exception_ptr thrown;
  while (!all_are_through()) {
    stop.look();
    if (failed_) {
      if (!hear()) pauses_.pause();
      continue;
    }
    try {
      serve(drop_reply);
    } catch (...) {  // `serve` has told the others
      thrown = std::current_exception();
    }
  }
  if (thrown) std::rethrow_exception(thrown);
  if (failed_) return;
  end_window({});
  for (Other& other : others_) other.is_through = false;
  asked_by_.clear();
}

/// Takes in what the others ask, and hands over replies, theirs and its own. Waits a moment if nothing happens.
void ServingGateway::serve(const Deliver& deliver) {
  try {
    bool something = hear();
    own_.wait([&](const CallKey& key, std::string reply) {
      something = true;
      const auto asked = asked_by_.find(key);
      if (asked == asked_by_.end()) return deliver(key, std::move(reply));
      others_[asked->second].outgoing.replies.emplace_back(key, std::move(reply));
      asked_by_.erase(asked);
    });
    send_replies();
    if (something) {
      pauses_.reset();
    } else if (own_.counts().under_way == 0) {  // else it has waited itself
      pauses_.pause();
    }
  } catch (const Failure& failure) {
    if (!std::exchange(failed_, true)) end_window({.kind = failure.exit_code(), .message = failure.what()});
    throw;
  } catch (const std::exception& error) {
    if (!std::exchange(failed_, true))
      end_window({.kind = static_cast<int>(ErrorKind::unexpected), .message = error.what()});
    throw;
  }
}

bool ServingGateway::hear() {
  bool something = false;
  while (const std::optional<Ranks::Message> message = ranks_.receive(Channel::calls)) {
    take(*message);
    something = true;
  }
  return something;
}

void ServingGateway::take(const Ranks::Message& message) {
  Other& other = others_[message.from];
  ForwardedCalls forwarded = unpacked_calls(message.content);
  if (forwarded.is_last) other.is_through = true;
  if (failed_) return;
  for (ForwardedCall& call : forwarded.calls) {
    ExternalRequest request{.kind = call.kind, .parts = {}, .chain = call.chain};
    for (ForwardedCall::Text& part : call.parts) request.parts.push_back(other.texts.unpack(std::move(part)));
    asked_by_.emplace(call.key, message.from);
    own_.submit(call.key, std::move(request));
  }
}

void ServingGateway::send_replies() {
  for (std::size_t rank = 1; rank < others_.size(); ++rank) {
    ForwardedReplies& outgoing = others_[rank].outgoing;
    if (!outgoing.replies.empty()) ranks_.send(Channel::calls, rank, packed(std::exchange(outgoing, {})));
  }
}

void ServingGateway::end_window(const WindowEnd& end) {
  for (std::size_t rank = 1; rank < others_.size(); ++rank)
    ranks_.send(Channel::calls, rank, packed(ForwardedReplies{.end = end}));
}

bool ServingGateway::all_are_through() const {
  return std::all_of(others_.begin() + 1, others_.end(), [](const Other& other) { return other.is_through; });
}

ForwardingGateway::ForwardingGateway(Ranks& ranks, WantsStop wants_stop)
    : ranks_(ranks), wants_stop_(std::move(wants_stop)) {}

void ForwardingGateway::submit(const CallKey& key, ExternalRequest request) {
  for (const std::string& part : request.parts) unsent_bytes_ += part.size();
  unsent_.emplace_back(key, std::move(request));
  if (unsent_.size() >= kCallsOfMessage || unsent_bytes_ >= kBytesOfMessage) flush(false);
}

void ForwardingGateway::wait(const Deliver& deliver) {
  if (!unsent_.empty()) flush(false);
  if (hear(deliver)) {
    pauses_.reset();
  } else {
    pauses_.pause();
  }
  check();
}

void ForwardingGateway::close_window() {
  if (is_through_) return;  // the window has ended with a failure
  unsent_.clear();          // of sessions that do not go on
  flush(true);
  is_through_ = true;
  if (end_) return;
  StopWatch stop(ranks_, wants_stop_);
  while (!end_) {
    stop.look();
    if (!hear(drop_reply)) pauses_.pause();
  }
  check();
  is_through_ = false;
  end_.reset();
}

void ForwardingGateway::flush(bool is_last) {
  ForwardedCalls message{.is_last = is_last};
  message.calls.reserve(unsent_.size());
  for (auto& [key, request] : unsent_) {
    ForwardedCall& call =
        message.calls.emplace_back(ForwardedCall{.key = key, .kind = request.kind, .chain = request.chain});
    for (std::string& part : request.parts) call.parts.push_back(texts_.pack(std::move(part)));
  }
  unsent_.clear();
  unsent_bytes_ = 0;
  ranks_.send(Channel::calls, 0, packed(message));
}

bool ForwardingGateway::hear(const Deliver& deliver) {
  bool something = false;
  while (const std::optional<Ranks::Message> message = ranks_.receive(Channel::calls)) {
    something = true;
    ForwardedReplies forwarded = unpacked_replies(message->content);
    if (forwarded.end) end_ = std::move(forwarded.end);
    for (auto& [key, reply] : forwarded.replies) deliver(key, std::move(reply));
  }
  return something;
}

/// Throws what has ended the window before its time.
void ForwardingGateway::check() const {
  if (end_ && end_->kind != 0) throw FailedElsewhere(static_cast<ErrorKind>(end_->kind), 0, end_->message);
}

}  // namespace throng

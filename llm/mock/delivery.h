#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/http/http_message.h"
#include "llm/mock/chat_reply.h"
#include "llm/mock/mock_options.h"
#include "llm/wire/messages.h"

namespace throng::llm::mock {

/// Whether the model works on a call, so that it needs a slot.
enum class Work { none, model };

/// All that will happen to one request.
struct Plan {
  using Duration = std::chrono::microseconds;

  Work work = Work::none;
  int status = 200;
  net::HttpHeaders headers;
  std::string body;                  ///< of a plain reply
  std::optional<ChatStream> stream;  ///< a streamed one
  std::optional<Fault> fault;        ///< of transport
  bool half = false;                 ///< drawn: for faults that come in two forms
  Duration first_token{};            ///< until the first byte
  Duration per_token{};
  Duration slow{};           ///< how long a slow reply takes
  Duration stall{};          ///< how long a stalled one is kept
  Usage usage;               ///< what it costs once it is delivered
  std::uint64_t prefix = 0;  ///< the first message's hash, to be cached; 0: too short

  /// Whether delivering it is a reply that counts.
  bool billable() const {
    return work == Work::model && status == 200 && (!fault || *fault == Fault::slow_bytes);
  }
};

/// One act of answering.
struct Step {
  enum class Act {
    send,          ///< the plan's status and headers, and `bytes`
    start_stream,  ///< the plan's status and headers
    chunk,         ///< `bytes` as a part of the stream
    finish,        ///< the stream's end
    raw,           ///< `bytes` as they are
    close,         ///< after what was written
    nothing,
    reset,
  };
  Plan::Duration wait{};  ///< before the act
  Act act = Act::send;
  std::string bytes{};
  bool last = false;
};

/// Carries out a plan step by step: sans-IO, so that faults and the timing of streams are tested without either.
/// Keeps one piece of a stream in memory at a time.
class Delivery {
 public:
  explicit Delivery(Plan plan) : plan_(std::move(plan)) {}

  const Plan& plan() const { return plan_; }
  /// Not after the last.
  Step next();
  /// Whether the model is needed for what is to come: not for being silent.
  bool holds_slot() const { return plan_.fault != Fault::stall || steps_ <= 1; }
  /// Tokens of a stream that have been written.
  std::int64_t streamed_tokens() const { return plan_.stream ? plan_.stream->tokens() : 0; }

 private:
  Step plain();
  Step streamed();
  Step stalled();
  Step trickled();
  Step cut_short();
  Step mislabelled();
  Step failing_stream();
  /// All that a faulty reply would have been.
  std::string whole();
  std::string raw_head(std::string_view framing) const;
  Plan::Duration thinking() const;

  Plan plan_;
  int steps_ = 0;  ///< taken
  std::string rest_;
};

}  // namespace throng::llm::mock

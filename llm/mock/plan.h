#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/http/http_message.h"
#include "llm/mock/chat_reply.h"
#include "llm/mock/fault.h"
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

}  // namespace throng::llm::mock

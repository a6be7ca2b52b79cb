#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <boost/system/result.hpp>

#include "engine/base/json.h"
#include "llm/call_planner.h"
#include "llm/embeddings.h"
#include "llm/messages.h"

namespace throng::llm {

/// Where a call's time went.
struct CallTimings {
  using Span = std::chrono::microseconds;
  Span waited{};                      ///< before its last attempt was sent: limits, slots, earlier attempts
  Span first_byte{};                  ///< of the last attempt, from sending
  std::optional<Span> first_token{};  ///< streamed: likewise
  Span total{};                       ///< of the last attempt
  int deltas = 0;                     ///< streamed: pieces that came
};

/// What a call took, with or without a reply.
struct CallReport {
  int attempts = 0;
  std::size_t endpoint = 0;  ///< of the last attempt, in the order of the client's endpoints
  CallTimings timings;
};

/// A complete reply. `output` is what the request's schema makes of its text: nothing was asked for, the value, or
/// how the text fails to be one.
struct Reply {
  Completion completion;
  std::variant<std::monostate, Json, OutputMismatch> output;
  CallReport report;
};

struct Embeddings {
  EmbeddingBatch batch;
  CallReport report;
};

/// A call that ended without a reply.
struct CallFailure {
  CallFault fault = CallFault::gave_up;
  std::string message;  ///< one line, holds no key
  std::string kind;     ///< of the last failed attempt, such as "http 503" or "reset"; "": none was sent
  CallReport report;
};

template <class T>
using CallResult = boost::system::result<T, CallFailure>;

/// Found by argument-dependent lookup from `CallResult::value()`: throws a Failure: stopped if the run can go on later,
/// else usage.
BOOST_NORETURN void throw_exception_from_error(const CallFailure& failure,
                                               const boost::source_location& where);

/// Asks language models. The one implementation is EndpointClient.
///
/// Everything is called and completes on one thread. `done` is called exactly once, never from within the
/// functions here; it may call them.
class Client {
 public:
  using CallId = std::uint64_t;
  template <class T>
  using Done = std::function<void(CallResult<T>)>;

  virtual ~Client() = default;

  /// `chain`: how many further calls wait for this one, one after the other; the longest chain goes first.
  virtual CallId complete(ChatRequest request, std::uint32_t chain, Done<Reply> done) = 0;
  virtual CallId embed(EmbeddingRequest request, std::vector<std::string> inputs, Done<Embeddings> done) = 0;
  /// Ends a call: `done` gets the fault `canceled`. What is on its way is broken off and may still be billed. Without
  /// effect if the call is over.
  virtual void cancel(CallId call) = 0;
  /// From now on nothing is sent: calls that wait, or would be sent again, end with the fault `canceled`. What is on its
  /// way goes on, for it is paid already.
  virtual void wind_down() = 0;
};

}  // namespace throng::llm

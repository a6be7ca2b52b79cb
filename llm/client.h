#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/system/result.hpp>

#include "engine/base/json.h"
#include "llm/budget_log.h"
#include "llm/call_planner.h"
#include "llm/endpoint_options.h"
#include "llm/wire/embeddings.h"
#include "llm/wire/messages.h"

namespace boost::asio {
class io_context;
}

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

struct ClientOptions {
  PlanOptions plan;                                         ///< `books`: without a budget log
  ConcurrencyMode concurrency = ConcurrencyMode::adaptive;  ///< up to each endpoint's max_in_flight
  std::optional<std::filesystem::path>
      budget_log;           ///< where reservations are written down before anything is sent
  Spending known_spending;  ///< what the budget log must say at least: see BudgetLog
  Durability durability = Durability::process;
  std::function<void(const std::string&)>
      log;  ///< hears what happens once, such as a field that a server does not know
};

/// The client of OpenAI-compatible servers: several models at several endpoints, under their limits and a budget (CallPlanner
/// decides). Lives on an io_context that one thread runs, on which everything is called and completes. Destroying it (not
/// from within `done`) breaks everything off without a word. The io_context has work while connections are open.
///
/// `done` is called exactly once, never from within the functions here; it may call them.
class Client {
 public:
  using CallId = std::uint64_t;
  template <class T>
  using Done = std::function<void(CallResult<T>)>;

  /// Throws Failure(usage) for an endpoint that cannot work or a key that is missing, Failure(data) for an unreadable
  /// budget log.
  Client(boost::asio::io_context& io, std::vector<EndpointOptions> endpoints, const Environment& environment,
         ClientOptions options);
  ~Client();

  /// `chain`: how many further calls wait for this one, one after the other; the longest chain goes first.
  CallId complete(ChatRequest request, std::uint32_t chain, Done<Reply> done);
  CallId embed(EmbeddingRequest request, std::vector<std::string> inputs, Done<Embeddings> done);
  /// Ends a call: `done` gets the fault `canceled`. What is on its way is broken off and may still be billed. Without
  /// effect if the call is over.
  void cancel(CallId call);
  /// From now on nothing is sent: calls that wait, or would be sent again, end with the fault `canceled`. What is on its
  /// way goes on, for it is paid already.
  void wind_down();
  /// Asks this endpoint nothing more, because of `why`, for a person. Calls go to others of the same model, or end
  /// with the fault `halted`.
  void halt(std::size_t endpoint, std::string why);

  const CallPlanner& planner() const;
  /// As learned so far.
  const Capabilities& capabilities(std::size_t endpoint) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace throng::llm

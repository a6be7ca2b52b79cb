#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/http/http_message.h"
#include "llm/api_error.h"
#include "llm/call_planner.h"
#include "llm/capabilities.h"

namespace throng::llm {

/// An error reply that teaches what the endpoint does not know.
struct Lesson {
  LearnedCapabilities learned;
};

/// What an attempt brought: what was asked for, or how it ended instead.
template <class T>
using AttemptResult = std::variant<T, AttemptEnd, Lesson>;

/// Where a request went.
struct SentTo {
  std::string origin;
  std::string target;
};

/// `result` is a failure, or a reply of another status than 2xx. `sent_with`: the capabilities that the request was
/// written for.
AttemptResult<std::monostate> read_refusal(const net::HttpResult& result, const SentTo& sent_to,
                                           const Capabilities& sent_with, const Secrets& secrets,
                                           WallTime now);

/// There is nothing at the address, or another kind of thing.
bool is_nothing_there(const AttemptEnd& end);

/// A reply of status 2xx whose body is an error or broken: worth another attempt. An error that comes instead of any text
/// costs nothing; see AttemptEnd::Billing.
AttemptEnd read_unusable(const ApiError& error, std::size_t bytes_generated);
AttemptEnd read_unusable(const BrokenEnvelope& broken);

}  // namespace throng::llm

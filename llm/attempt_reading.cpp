#include "llm/attempt_reading.h"

#include <string>

#include <fmt/format.h>

#include "engine/net/http_attempt.h"

namespace throng::llm {
namespace {

using net::HttpFailureKind;

/// Whether a server had the request when it failed, and may have generated something.
bool may_be_billed(HttpFailureKind kind) {
  switch (kind) {
    case HttpFailureKind::timeout_first_byte:
    case HttpFailureKind::timeout_idle:
    case HttpFailureKind::timeout_total:
    case HttpFailureKind::stalled:
    case HttpFailureKind::reset:
    case HttpFailureKind::dropped:
    case HttpFailureKind::truncated:
    case HttpFailureKind::malformed:
    case HttpFailureKind::too_large:
    case HttpFailureKind::canceled:
      return true;
    default:
      return false;
  }
}

AttemptEnd read_failure(const net::HttpFailure& failure, const Secrets& secrets) {
  const bool billed = may_be_billed(failure.kind);
  return {{.kind = failure.kind == HttpFailureKind::canceled ? AttemptEnd::Kind::canceled
                                                             : AttemptEnd::Kind::failed,
           .failed = {.fault = net::transport_fault(failure.kind)},
           .message = error_text(failure.message, secrets),  // may quote the server
           .stalled = failure.kind == HttpFailureKind::stalled},
          std::string(to_string(failure.kind)),
          billed ? AttemptEnd::Billing::possible : AttemptEnd::Billing::none};
}

AttemptEnd failed_with(int status, const ApiError& error) {
  const std::string code = error.code.empty() ? error.type : error.code;
  AttemptEnd end{{.kind = AttemptEnd::Kind::failed, .failed = {.status = status, .error_code = code}},
                 fmt::format("http {}", status)};
  end.message = error.message.empty() ? end.failed_as : fmt::format("{}: {}", end.failed_as, error.message);
  return end;
}

}  // namespace

AttemptResult<std::monostate> read_refusal(const net::HttpResult& result, const Capabilities& sent_with,
                                           const Secrets& secrets, WallTime now) {
  if (!result) return read_failure(result.error(), secrets);
  const ApiError error = decode_error(result->body, secrets);
  if (result->status == 400 || result->status == 422) {
    if (auto learned = learn(sent_with, error)) return Lesson{*std::move(learned)};
  }
  AttemptEnd end = failed_with(result->status, error);
  end.declined = declines_text(error);
  end.hints = net::hints_of(result->headers, now);
  end.failed.hints = end.hints;
  return end;
}

AttemptEnd read_unusable(const ApiError& error, std::size_t bytes_generated) {
  // A status that was sent before the error came up says nothing; the code does, if it is a limit's.
  const bool is_limit = error.code == "rate_limit_exceeded";
  AttemptEnd end = failed_with(is_limit ? 429 : 500, error);
  end.failed_as = is_limit ? "http 429" : "error in reply";
  end.message = "an error within a reply of status 200: " + error.message;
  end.billing = bytes_generated == 0 ? AttemptEnd::Billing::none : AttemptEnd::Billing::received;
  end.completion_most = static_cast<std::int64_t>(bytes_generated);  // no token is of less than a byte
  end.unusable = true;
  return end;
}

AttemptEnd read_unusable(const BrokenEnvelope& broken) {
  return {{.kind = AttemptEnd::Kind::failed,
           .failed = {.fault = TransportFault::broken_reply},
           .message = "broken reply: " + broken.reason,
           .unusable = true},
          "broken reply",
          AttemptEnd::Billing::possible};
}

}  // namespace throng::llm

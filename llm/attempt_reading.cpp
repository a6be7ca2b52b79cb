#include "llm/attempt_reading.h"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/polite/server_hints.h"
#include "llm/endpoint_paths.h"

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
           .failed = {.fault = transport_fault(failure.kind)},
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

/// The status that an error within a reply of status 200 stands for.
int status_told(const ApiError& error) {
  if (error.code == "rate_limit_exceeded") return 429;
  int code = 0;
  const char* const end = error.code.data() + error.code.size();
  const auto read = std::from_chars(error.code.data(), end, code);
  return read.ec == std::errc() && read.ptr == end && code >= 400 && code < 600 ? code : 500;
}

void tell_what_is_refused(AttemptEnd& end, const ApiError& error) {
  const int status = end.failed.status;
  if (status >= 500 || status == 408 || status == 409 || status == 429) {
    if (status < 500 || !is_surely_about_the_text(error)) return;
    end.refuses = Refuses::this_text;
    end.failed.hints.should_retry = false;
    return;
  }
  const ErrorAbout what = about(status, error);
  end.refuses = what == ErrorAbout::text         ? Refuses::this_text
                : what == ErrorAbout::everything ? Refuses::everything
                                                 : Refuses::unclear;
}

/// How long to wait as an error's body says, where no header does: Google's RetryInfo ("retryDelay": "34.07s"), or in
/// words ("Please try again in 1m3.5s", "retry after 7 seconds").
std::optional<Delay> wait_told_in(std::string_view body, WallTime now) {
  constexpr std::size_t kMostBody = 8192;
  const std::string words = lower_case(std::string(body.substr(0, kMostBody)));
  for (const std::string_view mark :
       {"\"retrydelay\": \"", "\"retrydelay\":\"", "try again in ", "retry in ", "retry after "}) {
    const std::size_t at = words.find(mark);
    if (at == std::string::npos) continue;
    std::string_view rest = std::string_view(words).substr(at + mark.size());
    std::string span(rest.substr(0, rest.find_first_not_of("0123456789.hms")));
    rest.remove_prefix(span.size());
    while (span.ends_with('.')) span.pop_back();
    if (!span.empty() && is_digit(span.back()))
      span += rest.starts_with(" min")     ? "m"
              : rest.starts_with(" hour")  ? "h"
              : rest.starts_with(" milli") ? "ms"
                                           : "s";
    if (const auto delay = parse_rate_limit_reset(span, now)) return delay;
  }
  return std::nullopt;
}

/// A redirect that is not followed.
AttemptEnd read_redirect(const net::HttpResponse& reply, const SentTo& sent_to, const Secrets& secrets) {
  AttemptEnd end = failed_with(reply.status, {});
  end.refuses = Refuses::everything;
  const auto redirect =
      redirect_of(sent_to.origin, sent_to.target, reply.headers.find("location").value_or(""));
  const std::string address = redirect ? error_text(redirect->address(), secrets) : "";
  end.message += !redirect ? ": it redirects without saying where"
                 : redirect->same_host
                     ? fmt::format(": it redirects again and again, at last to {}", address)
                     : fmt::format(
                           ": it redirects to {}, which is another server and is not given the key: "
                           "if that is right, make it the endpoint's url",
                           address);
  return end;
}

}  // namespace

AttemptResult<std::monostate> read_refusal(const net::HttpResult& result, const SentTo& sent_to,
                                           const Capabilities& sent_with, const Secrets& secrets,
                                           WallTime now) {
  if (!result) return read_failure(result.error(), secrets);
  if (result->status / 100 == 3) return read_redirect(*result, sent_to, secrets);
  const ApiError error = decode_error(result->body, secrets);
  if (result->status == 400 || result->status == 422) {
    if (auto learned = learn(sent_with, error)) return Lesson{*std::move(learned)};
  }
  AttemptEnd end = failed_with(result->status, error);
  end.hints = read_server_hints(result->headers, now);
  if (!end.hints.retry_after && (result->status == 429 || result->status == 503))
    end.hints.retry_after = wait_told_in(result->body, now);
  end.failed.hints = end.hints;
  tell_what_is_refused(end, error);
  return end;
}

bool is_nothing_there(const AttemptEnd& end) {
  return end.kind == AttemptEnd::Kind::failed && (end.failed.status == 404 || end.failed.status == 405);
}

AttemptEnd read_unusable(const ApiError& error, std::size_t bytes_generated) {
  // A status that was sent before the error came up says nothing; the code does, if it is one.
  const int status = status_told(error);
  AttemptEnd end = failed_with(status, error);
  end.failed_as = status == 429 ? "http 429" : "error in reply";
  end.message = "an error within a reply of status 200: " + error.message;
  tell_what_is_refused(end, error);
  end.billing = bytes_generated == 0 ? AttemptEnd::Billing::none : AttemptEnd::Billing::received;
  end.completion_most = static_cast<std::int64_t>(bytes_generated);  // no token is of less than a byte
  end.unusable = true;
  return end;
}

AttemptEnd read_unusable(const BrokenEnvelope& broken) {
  return {{.kind = AttemptEnd::Kind::failed,
           .failed = {.fault = TransportFault::broken_reply},
           .message = "broken reply: " + broken.reason,
           .unusable = true,
           .foreign = broken.damage == Damage::foreign},
          "broken reply",
          AttemptEnd::Billing::possible};
}

}  // namespace throng::llm

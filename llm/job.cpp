#include "llm/job.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/polite/server_hints.h"
#include "llm/endpoint_paths.h"
#include "llm/tokens.h"
#include "llm/wire/chat_completions.h"

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

/// `result` is a failure, or a reply of another status than 2xx. `sent_with`: the capabilities that the request was
/// written for.
Decision read_refusal(const net::HttpResult& result, const SentTo& sent_to, const Capabilities& sent_with,
                      const Secrets& secrets, WallTime now) {
  if (!result) return {.end = read_failure(result.error(), secrets)};
  if (result->status / 100 == 3) return {.end = read_redirect(*result, sent_to, secrets)};
  const ApiError error = decode_error(result->body, secrets);
  if (result->status == 400 || result->status == 422) {
    if (auto learned = learn(sent_with, error)) return {.lesson = std::move(learned)};
  }
  AttemptEnd end = failed_with(result->status, error);
  end.hints = read_server_hints(result->headers, now);
  if (!end.hints.retry_after && (result->status == 429 || result->status == 503))
    end.hints.retry_after = wait_told_in(result->body, now);
  end.failed.hints = end.hints;
  tell_what_is_refused(end, error);
  return {.end = std::move(end)};
}

/// A reply of status 2xx whose body is an error or broken: worth another attempt. An error that comes instead of any text
/// costs nothing; see AttemptEnd::Billing.
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

std::optional<TokenCounts> counts_of(const Usage& usage) {
  if (usage.source != UsageSource::server) return std::nullopt;
  return TokenCounts{.prompt = usage.prompt, .cached = usage.cached, .completion = usage.completion};
}

/// What is decoded becomes the decision's reply, or the reason why there is none.
template <class T>
Decision decide(Decoded<T>&& decoded, std::size_t bytes_generated = 0) {
  Decision decision;
  if (T* reply = std::get_if<T>(&decoded)) {
    decision.end.usage = counts_of(reply->usage);
    decision.reply = std::move(*reply);
  } else if (const auto* error = std::get_if<ApiError>(&decoded)) {
    decision.end = read_unusable(*error, bytes_generated);
  } else {
    decision.end = read_unusable(std::get<BrokenEnvelope>(decoded));
  }
  return decision;
}

/// A server may echo what identifies its caller. Cut out before anybody reads the reply, so that a run and its replay
/// see the same.
void redact(Decision& decision, const Secrets& secrets) {
  if (auto* completion = std::get_if<Completion>(&decision.reply)) {
    for (std::string* text :
         {&completion->text, &completion->reasoning, &completion->tool_call, &completion->refusal,
          &completion->model, &completion->id, &completion->system_fingerprint})
      redact_data(*text, secrets);
  } else if (auto* batch = std::get_if<EmbeddingBatch>(&decision.reply)) {
    redact_data(batch->model, secrets);
  }
}

CallSize size_of(const std::vector<std::string>& inputs) {
  CallSize size{.max_tokens = 0};
  for (const std::string& input : inputs) {
    size.prompt += estimate_tokens(input);
    size.prompt_most += most_tokens(std::ssize(input), 1);
  }
  return size;
}

}  // namespace

bool is_nothing_there(const AttemptEnd& end) {
  return end.kind == AttemptEnd::Kind::failed && (end.failed.status == 404 || end.failed.status == 405);
}

CallSize size_of(const ChatRequest& request) {
  CallSize size{.prompt = kTokensPerRequest};
  std::int64_t bytes = 0;
  for (const Message& message : request.messages) {
    size.prompt += kTokensPerMessage + estimate_tokens(message.content);
    bytes += std::ssize(message.content);
  }
  // A schema is part of the prompt, in whatever form.
  if (request.schema) {
    size.prompt += estimate_tokens(request.schema->json());
    bytes += 2 * std::ssize(request.schema->json());
  }
  size.prompt_most = most_tokens(bytes, std::ssize(request.messages) + 1);
  if (request.max_tokens) size.max_tokens = *request.max_tokens;
  return size;
}

const std::string& Job::model() const {
  return is_chat() ? std::get<Chat>(asked).request.model : std::get<Embedding>(asked).request.model;
}

CallSize Job::size() const {
  return is_chat() ? size_of(std::get<Chat>(asked).request) : size_of(std::get<Embedding>(asked).inputs);
}

std::uint64_t Job::reply_limit() const {
  // A stream spends 200 to 350 bytes around each token, a plain reply a few; errors and headers of gateways fit beside.
  constexpr std::uint64_t kPerToken = 1024;
  constexpr std::uint64_t kBeside = std::uint64_t{256} * 1024;
  constexpr std::uint64_t kUnbounded = 16 << 20;
  if (!is_chat()) return 0;
  const auto& most = std::get<Chat>(asked).request.max_tokens;
  return most ? kBeside + kPerToken * static_cast<std::uint64_t>(std::max(*most, 0)) : kUnbounded;
}

void Job::encode(const Capabilities& capabilities, std::string& body) const {
  if (is_chat()) {
    encode_chat(std::get<Chat>(asked).request, capabilities, body);
  } else {
    encode_embeddings(std::get<Embedding>(asked).request, std::get<Embedding>(asked).inputs, body);
  }
}

std::vector<std::string_view> Job::left_out(const Capabilities& capabilities) const {
  if (!is_chat()) return {};
  return llm::left_out(std::get<Chat>(asked).request, capabilities);
}

void Job::start(const Attempt& attempt, Instant now, const Capabilities& capabilities,
                const Secrets& secrets) {
  report.attempts = attempt.number;
  report.endpoint = attempt.endpoint;
  report.timings = {.waited = now - submitted};
  sent = now;
  sent_with = capabilities;
  assembly.reset();
  if (is_chat() && std::get<Chat>(asked).request.stream) assembly.emplace(secrets);
}

void Job::take(std::string_view bytes, Instant now) {
  const StreamProgress progress = assembly->feed(bytes);
  report.timings.deltas += progress.deltas;
  if (progress.first_delta) report.timings.first_token = now - sent;
}

void Job::keep_timings(const net::HttpResult& result, Instant now) {
  const net::HttpTimings& timings = result ? result->timings : result.error().timings;
  report.timings.first_byte = timings.first_byte;
  report.timings.total = now - sent;
}

Decision Job::read(const net::HttpResult& result, const Secrets& secrets, WallTime now) {
  Decision decision;
  if (!result || result->status < 200 || result->status > 299) {
    decision = read_refusal(result, sent_to, sent_with, secrets, now);
  } else {
    if (!is_chat()) {
      decision = decide(decode_embeddings(result->body, std::get<Embedding>(asked).inputs.size(), secrets));
    } else {
      const std::size_t generated = assembly ? assembly->generated() : 0;
      decision = decide(assembly ? assembly->finish() : decode_chat(result->body, secrets), generated);
    }
    decision.end.hints = read_server_hints(result->headers, now);
    const auto should_retry = decision.end.failed.hints.should_retry;  // as the error in the reply says
    decision.end.failed.hints = decision.end.hints;
    if (should_retry) decision.end.failed.hints.should_retry = should_retry;
  }
  redact(decision, secrets);
  if (decision.end.billing != AttemptEnd::Billing::none)
    decision.end.completion_estimate = report.timings.deltas;
  if (const auto* completion = std::get_if<Completion>(&decision.reply)) {
    decision.end.completion_estimate =
        estimate_tokens(completion->text) + estimate_tokens(completion->reasoning);
  }
  last_failure = decision.end.failed_as;
  return decision;
}

void Job::deliver(Decision decision, const Verdict& verdict) const {
  if (const auto* embedding = std::get_if<Embedding>(&asked)) {
    Embeddings reply{.batch = std::move(std::get<EmbeddingBatch>(decision.reply)), .report = report};
    if (verdict.source == CountSource::estimated)
      reply.batch.usage = {.source = UsageSource::estimated, .prompt = verdict.tokens.prompt};
    embedding->done(std::move(reply));
    return;
  }
  const Chat& chat = std::get<Chat>(asked);
  Reply reply{.completion = std::move(std::get<Completion>(decision.reply)), .report = report};
  if (verdict.source == CountSource::estimated) {
    reply.completion.usage = {.source = UsageSource::estimated,
                              .prompt = verdict.tokens.prompt,
                              .completion = verdict.tokens.completion};
  }
  if (chat.request.schema) {
    auto checked = chat.request.schema->check(reply.completion.text);
    std::visit([&](auto& output) { reply.output = std::move(output); }, checked);
  }
  chat.done(std::move(reply));
}

void Job::fail(CallFailure failure) const {
  failure.report = report;
  std::visit([&](const auto& kind) { kind.done(std::move(failure)); }, asked);
}

}  // namespace throng::llm

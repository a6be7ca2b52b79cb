#include "llm/bench/ping.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "engine/polite/instant.h"
#include "llm/bench/measurements.h"
#include "llm/endpoint.h"
#include "llm/wire/structured_output.h"

namespace throng::llm::bench {
namespace {

constexpr int kMostLessons = 16;

/// A request that uses every field there is.
ChatRequest full_request(const std::string& model) {
  const Json schema{{"type", "object"},
                    {"properties", {{"answer", {{"type", "string"}}}}},
                    {"required", {"answer"}},
                    {"additionalProperties", false}};
  ChatRequest request{.model = model};
  request.messages = {{.role = Role::system, .content = "You answer in one word."},
                      {.role = Role::user, .content = "Which colour has a clear sky? Answer in JSON."}};
  request.schema = OutputSchema::compile("ping", schema).value();
  request.temperature = 0.5;
  request.top_p = 0.9;
  request.seed = 1;
  request.max_tokens = 64;
  request.stop = {"\n\n\n\n"};
  request.stream = true;
  return request;
}

/// A call until the endpoint has taken it.
struct Call {
  explicit Call(ChatRequest request) : job(std::move(request), nullptr) {}

  Job job;
  Decision decision;
  net::HttpTimings connection;  ///< of the first attempt
  int attempts = 0;
  bool dropped = false;           ///< with its connection, by the last attempt
  Json headers = Json::object();  ///< about rates
};

void keep_headers(const net::HttpHeaders& headers, const Secrets& secrets, Json& kept) {
  kept = Json::object();
  for (const net::HttpField field : headers) {
    std::string name(field.name);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (name.starts_with("x-ratelimit-") || name.starts_with("retry-after"))
      kept[name] = error_text(field.value, secrets);
  }
}

void attempt(boost::asio::io_context& io, Endpoint& endpoint, Call& call) {
  Job& job = call.job;
  job.start({{.call = 1, .number = ++call.attempts}}, clock_now(), endpoint.capabilities(),
            endpoint.secrets());
  std::optional<net::HttpResult> result;
  endpoint.send(
      job,
      [&](net::HttpResult outcome) {
        result = std::move(outcome);
        io.stop();
      },
      [&](std::string_view bytes) { job.take(bytes, clock_now()); });
  io.restart();
  io.run();
  job.keep_timings(*result, clock_now());
  const net::HttpTimings& timings = *result ? (*result)->timings : result->error().timings;
  if (call.attempts == 1) call.connection = timings;
  call.dropped = !*result && result->error().kind == net::HttpFailureKind::dropped;
  if (*result) keep_headers((*result)->headers, endpoint.secrets(), call.headers);
  call.decision = endpoint.read(job, *result, endpoint.secrets(), wall_now());
}

Json capabilities_json(const Capabilities& known) {
  using Output = Capabilities::Output;
  using SystemRole = Capabilities::SystemRole;
  const bool is_schema = known.structured_output == Output::json_schema;
  const bool is_object = known.structured_output == Output::json_object;
  const bool is_old = known.max_tokens == Capabilities::MaxTokens::max_tokens;
  return {{"structured_output", is_schema   ? "json_schema"
                                : is_object ? "json_object"
                                            : "text"},
          {"max_tokens", is_old ? "max_tokens" : "max_completion_tokens"},
          {"system_role", known.system_role == SystemRole::system      ? "system"
                          : known.system_role == SystemRole::developer ? "developer"
                                                                       : "user"},
          {"seed", known.seed},
          {"stream_options", known.stream_options},
          {"temperature", known.temperature},
          {"top_p", known.top_p},
          {"stop", known.stop}};
}

const char* name_of(UsageSource source) {
  return source == UsageSource::server      ? "server"
         : source == UsageSource::estimated ? "estimated"
                                            : "missing";
}

const char* name_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::stop:
      return "stop";
    case FinishReason::length:
      return "length";
    case FinishReason::content_filter:
      return "content_filter";
    case FinishReason::tool_calls:
      return "tool_calls";
    case FinishReason::other:
      return "other";
    case FinishReason::none:
      break;
  }
  return "none";
}

[[noreturn]] void refuse(const Endpoint& endpoint, const AttemptEnd& end) {
  const bool is_ours = end.failed.status >= 400 && end.failed.status < 500 && end.failed.status != 429;
  throw Failure(is_ours ? ErrorKind::usage : ErrorKind::stopped,
                fmt::format("{}: {}", endpoint.name(), end.message));
}

}  // namespace

Json ping(boost::asio::io_context& io, const EndpointOptions& options, const Environment& environment) {
  Endpoint endpoint(io, options, environment);
  Call call(full_request(options.model));
  attempt(io, endpoint, call);
  const auto goes_again = [&] { return call.dropped || call.decision.end.kind == AttemptEnd::Kind::learned; };
  while (goes_again() && call.attempts < kMostLessons) attempt(io, endpoint, call);
  const auto* completion = std::get_if<Completion>(&call.decision.reply);
  if (completion == nullptr) refuse(endpoint, call.decision.end);
  const CallTimings& timings = call.job.report.timings;
  const auto& schema = std::get<Job::Chat>(call.job.asked).request.schema;
  const auto output = read_output(*completion, *schema);
  const auto* const fits = std::get_if<Output>(&output);
  return {{"url", endpoint.name()},
          {"model", completion->model.empty() ? options.model : completion->model},
          {"connection_ms",
           {{"connect", milliseconds(call.connection.connect)}, {"tls", milliseconds(call.connection.tls)}}},
          {"timings_ms",
           {{"first_byte", milliseconds(timings.first_byte)},
            {"first_token", timings.first_token ? Json(milliseconds(*timings.first_token)) : Json()},
            {"total", milliseconds(timings.total)}}},
          {"attempts", call.attempts},
          {"capabilities", capabilities_json(endpoint.capabilities())},
          {"fits_schema", fits != nullptr},
          {"taken_from", fits == nullptr ? "" : std::string(fits->taken_from)},
          {"usage",
           {{"prompt", completion->usage.prompt},
            {"cached", completion->usage.cached},
            {"completion", completion->usage.completion},
            {"source", name_of(completion->usage.source)}}},
          {"finish", name_of(completion->finish)},
          {"text", completion->text},
          {"rate_limit_headers", call.headers}};
}

}  // namespace throng::llm::bench

#include "llm/mock/mock_core.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "llm/mock/chat_call.h"
#include "llm/mock/embeddings_reply.h"
#include "llm/mock/text.h"
#include "llm/wire/json_view.h"

namespace throng::llm::mock {
namespace {

constexpr Purpose kTransport("mock/transport");
constexpr Purpose kInvalid("mock/invalid");
constexpr Purpose kLatency("mock/latency");
constexpr Purpose kHalf("mock/half");
constexpr Purpose kRefusedPrompt("mock/refused_prompt");

/// Prompts share a prefix if their first message, of at least so many tokens, is the same.
constexpr std::int64_t kCachedFrom = 1024;
constexpr std::size_t kMostPrefixes = 100'000;

std::optional<std::uint32_t> number_in(const net::HttpHeaders& headers, std::string_view name) {
  const std::optional<std::string_view> text = headers.find(name);
  std::uint32_t number = 0;
  if (!text) return std::nullopt;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  return read.ec == std::errc() && number < 1'000'000 ? std::optional(number) : std::nullopt;
}

std::uint32_t attempt_of(const net::HttpHeaders& headers) {
  if (const auto attempt = number_in(headers, "x-throng-attempt")) return *attempt;
  return number_in(headers, "x-stainless-retry-count").value_or(0) + 1;
}

std::optional<Fault> drawn_fault(const FaultShares& shares, double uniform) {
  for (std::size_t i = 0; i < kFaults - 1; ++i) {
    uniform -= shares[static_cast<Fault>(i)];
    if (uniform < 0) return static_cast<Fault>(i);
  }
  return std::nullopt;
}

Plan::Duration drawn_latency(const LatencyOptions& latency, const Draws& draws, std::uint32_t attempt) {
  const auto mean = static_cast<double>(latency.first_token.count());
  double factor = 1;
  if (latency.shape == LatencyShape::exponential) {
    factor = -std::log1p(-draws.uniform(kLatency, {.agent = attempt}));
  } else if (latency.shape == LatencyShape::lognormal) {
    const double normal = draws.normal(kLatency, {.agent = attempt});
    factor = std::exp(latency.sigma * normal - latency.sigma * latency.sigma / 2);
  }
  return Plan::Duration(std::llround(std::min(mean * factor, 1e12)));
}

void add_retry_after(net::HttpHeaders& headers, std::chrono::nanoseconds span) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(span);
  headers.add("retry-after-ms", fmt::format_int(milliseconds.count()).c_str());
  headers.add("retry-after",
              fmt::format_int(std::chrono::ceil<std::chrono::seconds>(milliseconds).count()).c_str());
}

ErrorReply rate_limited(std::string message, std::string type, std::string code = "rate_limit_exceeded") {
  return {.status = 429,
          .error = {
              .message = std::move(message), .type = std::move(type), .code = std::move(code), .param = ""}};
}

ErrorReply server_error(int status) {
  return {.status = status,
          .error = {.message = "The server had an error while processing your request.",
                    .type = "server_error",
                    .code = "",
                    .param = ""}};
}

}  // namespace

Json to_json(const MockStats& stats) {
  Json faults = Json::object();
  for (std::size_t i = 0; i < kFaults; ++i) faults[to_string(static_cast<Fault>(i))] = stats.faults[i];
  return {{"requests", stats.requests},
          {"completed", stats.completed},
          {"streamed", stats.streamed},
          {"rejected_rpm", stats.rejected_rpm},
          {"rejected_tpm", stats.rejected_tpm},
          {"rejected_quota", stats.rejected_quota},
          {"unauthorized", stats.unauthorized},
          {"bad_requests", stats.bad_requests},
          {"aborted", stats.aborted},
          {"faults", std::move(faults)},
          {"prompt_tokens", stats.prompt_tokens},
          {"cached_tokens", stats.cached_tokens},
          {"completion_tokens", stats.completion_tokens},
          {"aborted_prompt_tokens", stats.aborted_prompt_tokens},
          {"aborted_completion_tokens", stats.aborted_completion_tokens},
          {"in_flight", stats.in_flight},
          {"max_in_flight", stats.max_in_flight},
          {"max_queued", stats.max_queued},
          {"max_requests_per_minute", stats.max_requests_per_minute},
          {"max_tokens_per_minute", stats.max_tokens_per_minute},
          {"connections", stats.connections},
          {"max_connections", stats.max_connections},
          {"tls_resumed", stats.tls_resumed}};
}

MockCore::MockCore(MockOptions options, TimePoint start)
    : options_(std::move(options)),
      limits_(options_.limits, start),
      halve_at_(options_.halve_after.count() > 0 ? start + options_.halve_after : TimePoint::max()) {
  options_.refused.insert(options_.refused.end(), options_.dialect.refuses.begin(),
                          options_.dialect.refuses.end());
}

Plan MockCore::take(const net::HttpRequest& request, TimePoint now) {
  halve_when_due(now);
  const Route route = route_of(request.target, options_.dialect);
  if (route.endpoint == Endpoint::none)
    return error({.status = 404,
                  .error = {.message = "Invalid URL: there is nothing at this path.",
                            .type = "invalid_request_error",
                            .code = "not_found",
                            .param = ""}},
                 now);
  if (request.method != method_of(route.endpoint)) {
    Plan plan =
        error({.status = 405,
               .error = {.message = fmt::format("Not allowed here; use {}.", method_of(route.endpoint)),
                         .type = "invalid_request_error",
                         .code = "method_not_allowed",
                         .param = ""}},
              now);
    plan.headers.add("Allow", method_of(route.endpoint));
    return plan;
  }
  if (route.endpoint == Endpoint::stats) return document(to_json(stats()));
  if (!knows_key(request)) {
    ++stats_.unauthorized;
    return error({.status = 401,
                  .error = {.message = "Incorrect API key provided.",
                            .type = "invalid_request_error",
                            .code = "invalid_api_key",
                            .param = ""}},
                 now);
  }
  if (route.endpoint == Endpoint::models) {
    return document({{"object", "list"},
                     {"data", Json::array({{{"id", options_.model},
                                            {"object", "model"},
                                            {"created", 1700000000},
                                            {"owned_by", "throng"}}})}});
  }
  ++stats_.requests;
  return answer(route, request, now);
}

Plan MockCore::answer(const Route& route, const net::HttpRequest& request, TimePoint now) {
  const JsonDocument body(request.body);
  if (!body.object()) {
    limits_.admit(0, now);
    ++stats_.bad_requests;
    return error(invalid_request("The body of the request is not a JSON object.", ""), now);
  }
  return route.endpoint == Endpoint::chat ? chat(body.object(), route, request, now)
                                          : embeddings(body.object(), route, request, now);
}

Plan MockCore::chat(JsonView body, const Route& route, const net::HttpRequest& request, TimePoint now) {
  const auto read = read_chat_call(body, route.deployment, options_.refused);
  if (const auto* wrong = std::get_if<ErrorReply>(&read); wrong != nullptr) {
    limits_.admit(0, now);
    ++stats_.bad_requests;
    return error(*wrong, now);
  }
  const ChatCall& call = std::get<ChatCall>(read);
  const std::int64_t most = call.max_tokens.value_or(options_.completion_tokens.max);
  if (std::optional<Plan> rejected = rejection(call.prompt_tokens + most, now)) return std::move(*rejected);

  const Hash128 hash = hash128(request.body);
  const Draws draws = draws_of(options_.seed, hash);
  const auto& refused = options_.dialect.refused_prompt;
  if (refused && draws.uniform(kRefusedPrompt, {}) < options_.refused_prompts) {
    ++stats_.bad_requests;
    Plan plan{.status = refused->status};
    plan.body = refused->body;
    add_headers(plan, now);
    return plan;
  }
  const std::optional<SourcedContent> sourced = options_.source ? options_.source(call) : std::nullopt;
  const Draws said = sourced ? draws_of(options_.seed, sourced->key) : draws;
  const bool invalid = said.uniform(kInvalid, {}) < options_.faults[Fault::invalid_content];
  const ContentFault fault = invalid ? ContentFault::yes : ContentFault::no;
  ChatContent content = sourced ? cut_content(sourced->text(fault, said), call)
                                : chat_content(call, options_.completion_tokens, fault, said);
  Plan plan{.work = Work::model};
  plan.usage = {.source = UsageSource::server,
                .prompt = call.prompt_tokens,
                .cached = cached_tokens(call),
                .completion = token_count(content.text.size())};
  if (call.first_message_tokens >= kCachedFrom) plan.prefix = call.first_message;
  content.text = options_.dialect.before_content + content.text + options_.dialect.after_content;
  ReplyFrame frame{.id = "chatcmpl-" + hash.hex(),
                   .model = std::string(call.model),
                   .usage = plan.usage,
                   .dialect = options_.dialect};
  if (call.stream) {
    plan.stream.emplace(std::move(frame), std::move(content), call.include_usage);
  } else {
    plan.body = chat_body(frame, content);
  }
  play(plan, draws, attempt_of(request.headers), now);
  if (invalid && (!plan.fault || *plan.fault == Fault::slow_bytes))
    ++stats_.faults[static_cast<std::size_t>(Fault::invalid_content)];
  return plan;
}

Plan MockCore::embeddings(JsonView body, const Route& route, const net::HttpRequest& request, TimePoint now) {
  const auto read = read_embeddings_call(body, route.deployment, options_.embedding_dimensions);
  if (const auto* wrong = std::get_if<ErrorReply>(&read); wrong != nullptr) {
    limits_.admit(0, now);
    ++stats_.bad_requests;
    return error(*wrong, now);
  }
  const EmbeddingsCall& call = std::get<EmbeddingsCall>(read);
  if (std::optional<Plan> rejected = rejection(call.prompt_tokens, now)) return std::move(*rejected);
  Plan plan{.work = Work::model};
  plan.usage = {.source = UsageSource::server, .prompt = call.prompt_tokens};
  plan.body = embeddings_body(call, options_.seed);
  play(plan, draws_of(options_.seed, hash128(request.body)), attempt_of(request.headers), now);
  return plan;
}

std::optional<Plan> MockCore::rejection(std::int64_t tokens, TimePoint now) {
  const Verdict verdict = limits_.admit(tokens, now);
  if (options_.quota_after > 0 && stats_.requests > options_.quota_after) {
    ++stats_.rejected_quota;
    return error(rate_limited("You exceeded your current quota, please check your plan and billing details.",
                              "insufficient_quota", "insufficient_quota"),
                 now);
  }
  if (verdict == Verdict::admitted) return std::nullopt;
  const bool requests = verdict == Verdict::too_many_requests;
  ++(requests ? stats_.rejected_rpm : stats_.rejected_tpm);
  const std::string_view unit = requests ? "requests" : "tokens";
  const int limit = requests ? limits_.rpm() : limits_.tpm();
  if (verdict == Verdict::too_large) {
    return error(rate_limited(fmt::format("Request too large: limit {} tokens per minute, requested {}.",
                                          limit, tokens),
                              "tokens"),
                 now);
  }
  const auto wait = limits_.retry_after(verdict, tokens, now);
  Plan plan =
      error(rate_limited(fmt::format("Rate limit reached: limit {} {} per minute. Please try again in {}.",
                                     limit, unit, reset_text(wait)),
                         std::string(unit)),
            now);
  add_retry_after(plan.headers, wait);
  return plan;
}

void MockCore::play(Plan& plan, const Draws& draws, std::uint32_t attempt, TimePoint now) {
  plan.first_token = drawn_latency(options_.latency, draws, attempt);
  plan.per_token = options_.latency.per_token;
  plan.fault = drawn_fault(options_.faults, draws.uniform(kTransport, {.agent = attempt}));
  if (plan.fault) ++stats_.faults[static_cast<std::size_t>(*plan.fault)];
  switch (plan.fault.value_or(Fault::invalid_content)) {
    case Fault::too_many_requests: {
      plan = error(rate_limited("Rate limit reached (injected). Please try again.", "requests"), now);
      add_retry_after(plan.headers, options_.fault_retry_after);
      return;
    }
    case Fault::server_error:
    case Fault::unavailable: {
      const auto first_token = plan.first_token;
      plan = error(server_error(plan.fault == Fault::unavailable ? 503 : 500), now);
      plan.work = Work::model;
      plan.first_token = first_token;
      return;
    }
    default:
      break;
  }
  plan.half = draws.bits(kHalf, {.agent = attempt}) % 2 == 0;
  plan.slow = options_.slow;
  plan.stall = options_.stall;
  add_headers(plan, now);
}

Plan MockCore::error(const ErrorReply& reply, TimePoint now) {
  Plan plan{.status = reply.status};
  plan.body = error_body(options_.dialect, reply);
  add_headers(plan, now);
  return plan;
}

Plan MockCore::document(const Json& json) const {
  Plan plan;
  plan.headers.add("Content-Type", "application/json");
  plan.body = json.dump();
  return plan;
}

void MockCore::add_headers(Plan& plan, TimePoint now) {
  plan.headers.reserve(8, 384);
  plan.headers.add("Content-Type", plan.stream ? "text/event-stream" : "application/json");
  limits_.append_headers(plan.headers, now);
}

bool MockCore::knows_key(const net::HttpRequest& request) const {
  if (options_.api_key.empty()) return true;
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view bearer = request.headers.find("Authorization").value_or("");
  if (bearer.starts_with(kBearer) && bearer.substr(kBearer.size()) == options_.api_key) return true;
  return request.headers.find("api-key") == std::string_view(options_.api_key);
}

std::int64_t MockCore::cached_tokens(const ChatCall& call) const {
  const bool cached =
      call.first_message_tokens >= kCachedFrom && cached_prefixes_.contains(call.first_message);
  return cached ? call.first_message_tokens : 0;
}

void MockCore::halve_when_due(TimePoint now) {
  if (now < halve_at_) return;
  halve_at_ = TimePoint::max();
  const auto half = [](int limit) { return limit == 0 ? 0 : std::max(1, limit / 2); };
  limits_.set(half(limits_.rpm()), half(limits_.tpm()), now);
}

void MockCore::delivered(const Plan& plan, TimePoint now) {
  if (!plan.billable()) return;
  limits_.used(plan.usage.prompt + plan.usage.completion, now);
  ++stats_.completed;
  if (plan.stream) ++stats_.streamed;
  stats_.prompt_tokens += plan.usage.prompt;
  stats_.cached_tokens += plan.usage.cached;
  stats_.completion_tokens += plan.usage.completion;
  if (plan.prefix == 0) return;
  if (cached_prefixes_.size() >= kMostPrefixes) cached_prefixes_.clear();
  cached_prefixes_.insert(plan.prefix);
}

void MockCore::aborted(const Plan& plan, std::int64_t tokens) {
  if (!plan.billable()) return;
  ++stats_.aborted;
  stats_.aborted_prompt_tokens += plan.usage.prompt;
  stats_.aborted_completion_tokens += tokens;
}

void MockCore::count_in_flight(std::int64_t in_flight, std::int64_t queued) {
  stats_.in_flight = in_flight;
  stats_.max_in_flight = std::max(stats_.max_in_flight, in_flight);
  stats_.max_queued = std::max(stats_.max_queued, queued);
}

MockStats MockCore::stats() const {
  MockStats stats = stats_;
  stats.max_requests_per_minute = limits_.peak_requests();
  stats.max_tokens_per_minute = limits_.peak_tokens();
  return stats;
}

}  // namespace throng::llm::mock

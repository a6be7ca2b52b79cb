#include "llm/job.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/polite/server_hints.h"
#include "llm/chat_completions.h"
#include "llm/token_estimate.h"

namespace throng::llm {

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

namespace {

CallSize size_of(const std::vector<std::string>& inputs) {
  CallSize size{.max_tokens = 0};
  for (const std::string& input : inputs) {
    size.prompt += estimate_tokens(input);
    size.prompt_most += most_tokens(std::ssize(input), 1);
  }
  return size;
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

Decision refused(AttemptResult<std::monostate>&& refusal) {
  Decision decision;
  if (auto* lesson = std::get_if<Lesson>(&refusal)) {
    decision.lesson = std::move(lesson->learned);
  } else {
    decision.end = std::move(std::get<AttemptEnd>(refusal));
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

}  // namespace

const std::string& Job::model() const {
  return is_chat() ? std::get<Chat>(asked).request.model : std::get<Embedding>(asked).request.model;
}

CallSize Job::size() const {
  return is_chat() ? size_of(std::get<Chat>(asked).request) : size_of(std::get<Embedding>(asked).inputs);
}

std::uint64_t Job::reply_limit() const {
  // A stream spends 200 to 350 bytes around each token, a plain reply a few; errors and headers of gateways fit beside.
  constexpr std::uint64_t kPerToken = 1024;
  constexpr std::uint64_t kBeside = 256 * 1024;
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
    decision = refused(read_refusal(result, sent_to, sent_with, secrets, now));
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
    embedding->done(
        Embeddings{.batch = std::move(std::get<EmbeddingBatch>(decision.reply)), .report = report});
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

#include "llm/mock/delivery.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "llm/mock/dialect.h"

namespace throng::llm::mock {
namespace {

using Act = Step::Act;

constexpr int kSlowPieces = 16;
constexpr std::chrono::milliseconds kSilence{100};
constexpr std::size_t kMostPerChunk = std::size_t{16} << 10U;

ApiError broken_off() {
  return {.message = "The server had an error while processing your request.",
          .type = "server_error",
          .code = "internal_error",
          .param = ""};
}

}  // namespace

Step Delivery::next() {
  Step step;
  switch (plan_.fault.value_or(Fault::invalid_content)) {
    case Fault::reset:
      step = {.wait = plan_.first_token, .act = Act::reset, .last = true};
      break;
    case Fault::stall:
      step = stalled();
      break;
    case Fault::truncated:
      step = cut_short();
      break;
    case Fault::wrong_length:
      step = mislabelled();
      break;
    case Fault::slow_bytes:
      step = trickled();
      break;
    case Fault::malformed:
    case Fault::mid_stream_error:
      step = plan_.stream ? failing_stream() : plain();
      break;
    case Fault::too_many_requests:
    case Fault::server_error:
    case Fault::unavailable:
    case Fault::invalid_content:
      step = plan_.stream ? streamed() : plain();
      break;
  }
  ++steps_;
  return step;
}

Plan::Duration Delivery::thinking() const {
  if (plan_.stream) return plan_.first_token;
  return plan_.first_token + plan_.per_token * std::max<std::int64_t>(0, plan_.usage.completion - 1);
}

Step Delivery::plain() {
  Step step{.wait = thinking(), .act = Act::send, .bytes = std::move(plan_.body), .last = true};
  if (plan_.fault == Fault::malformed) step.bytes.resize(step.bytes.size() * 2 / 3);
  if (plan_.fault == Fault::mid_stream_error) step.bytes = error_body(broken_off());
  return step;
}

Step Delivery::streamed() {
  if (steps_ == 0) return {.wait = plan_.first_token, .act = Act::start_stream};
  Step step{.wait = {}, .act = Act::chunk};
  // The role comes with the first token, the end with the last.
  if (steps_ > 1 && plan_.stream->at_token()) step.wait = plan_.per_token;
  bool any = false;
  int tokens = 0;
  while (step.bytes.size() < kMostPerChunk) {
    if (plan_.stream->at_token() && ++tokens > 1 && plan_.per_token.count() > 0) break;
    if (!plan_.stream->next(step.bytes)) break;
    any = true;
  }
  if (!any) return {.act = Act::finish, .last = true};
  return step;
}

Step Delivery::failing_stream() {
  if (steps_ == 0) return {.wait = plan_.first_token, .act = Act::start_stream};
  if (steps_ == 2) return {.act = Act::finish, .last = true};
  Step step{.act = Act::chunk};
  plan_.stream->next(step.bytes);
  if (plan_.stream->at_token()) plan_.stream->next(step.bytes);
  if (plan_.fault == Fault::malformed) {
    step.bytes += R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"con)";
    step.bytes += "\n\n";
  } else {
    step.bytes += "data: " + error_body(broken_off()) + "\n\n";
  }
  return step;
}

Step Delivery::stalled() {
  if (steps_ == 0) {
    if (!plan_.half) return {.wait = plan_.first_token, .act = Act::nothing};
    return {.wait = plan_.first_token, .act = Act::raw, .bytes = raw_head("Content-Length: 4096\r\n")};
  }
  // Step by step, so that a client that goes away is noticed.
  const Plan::Duration wait = std::min<Plan::Duration>(plan_.stall, kSilence);
  plan_.stall -= wait;
  const bool last = plan_.stall.count() == 0;
  return {.wait = wait, .act = last ? Act::reset : Act::nothing, .last = last};
}

Step Delivery::cut_short() {
  if (steps_ == 1) return {.act = Act::close, .last = true};
  const bool chunked = plan_.stream.has_value();
  const std::string body = whole();
  const std::string_view part = std::string_view(body).substr(0, body.size() / 3);
  std::string bytes = raw_head(chunked ? "Transfer-Encoding: chunked\r\n"
                                       : fmt::format("Content-Length: {}\r\n", body.size()));
  bytes += chunked ? fmt::format("{:x}\r\n{}\r\n", part.size(), part) : std::string(part);
  return {.wait = thinking(), .act = Act::raw, .bytes = std::move(bytes)};
}

Step Delivery::mislabelled() {
  if (steps_ == 1) return {.act = Act::close, .last = true};
  const std::string body = whole();
  return {.wait = thinking(),
          .act = Act::raw,
          .bytes = raw_head(fmt::format("Content-Length: {}\r\n", body.size() / 3)) + body};
}

Step Delivery::trickled() {
  if (steps_ == 0) {
    rest_ = whole();
    return {.wait = thinking(), .act = Act::start_stream};
  }
  if (rest_.empty()) return {.act = Act::finish, .last = true};
  const std::size_t left = static_cast<std::size_t>(std::max(1, kSlowPieces + 1 - steps_));
  Step step{.wait = plan_.slow / kSlowPieces, .act = Act::chunk};
  step.bytes = rest_.substr(0, (rest_.size() + left - 1) / left);
  rest_.erase(0, step.bytes.size());
  return step;
}

std::string Delivery::whole() {
  if (!plan_.stream) return std::move(plan_.body);
  std::string events;
  while (plan_.stream->next(events)) {
  }
  return events;
}

std::string Delivery::raw_head(std::string_view framing) const {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", plan_.status, net::reason_phrase(plan_.status));
  plan_.headers.append_to(head);
  head += framing;
  head += "\r\n";
  return head;
}

}  // namespace throng::llm::mock

#include "llm/stream_assembly.h"

#include <utility>

#include "llm/api_error_json.h"
#include "llm/chat_completions.h"
#include "llm/completion_json.h"
#include "llm/reply_json.h"

namespace throng::llm {
namespace {

namespace json = boost::json;

}  // namespace

StreamAssembly::StreamAssembly(Secrets secrets, std::size_t limit)
    : secrets_(std::move(secrets)), limit_(limit), parser_(limit) {}

std::size_t StreamAssembly::generated() const {
  return completion_.text.size() + completion_.reasoning.size() + completion_.refusal.size();
}

StreamProgress StreamAssembly::feed(std::string_view bytes) {
  StreamProgress progress;
  progress.ended = done_ || failed_;
  if (progress.ended) return progress;
  const bool too_large = bytes.size() > limit_ - fed_;
  bytes = bytes.substr(0, limit_ - fed_);
  fed_ += bytes.size();
  take_bytes(bytes, progress);
  if (too_large && !progress.ended) fail(BrokenEnvelope{"too large"}, progress);
  return progress;
}

void StreamAssembly::take_bytes(std::string_view bytes, StreamProgress& progress) {
  if (kind_ == Kind::unknown) {
    start_.append(bytes);
    const std::size_t first = start_.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return;
    kind_ = start_[first] == '{' ? Kind::plain_json : Kind::events;  // no field of an event starts like that
    if (kind_ == Kind::plain_json) return;
    parser_.feed(std::exchange(start_, {}));
  } else if (kind_ == Kind::plain_json) {
    start_.append(bytes);
    return;
  } else {
    parser_.feed(bytes);
  }
  while (!progress.ended) {
    const std::optional<SseEvent> event = parser_.next();
    if (!event) break;
    take(*event, progress);
  }
}

Decoded<Completion> StreamAssembly::finish() {
  if (kind_ == Kind::plain_json && !failed_) return decode_chat(start_, secrets_);
  StreamProgress progress;
  if (!done_ && !failed_) {
    if (const std::optional<SseEvent> last = parser_.finish()) take(*last, progress);
  }
  if (failed_) return std::move(failure_);
  if (!any_chunk_) return BrokenEnvelope{"a stream without a chunk"};
  if (!done_ && completion_.finish == FinishReason::none)
    return BrokenEnvelope{"a stream that was cut short"};
  complete(completion_);
  return std::move(completion_);
}

void StreamAssembly::fail(Decoded<Completion> failure, StreamProgress& progress) {
  failure_ = std::move(failure);
  failed_ = true;
  progress.ended = true;
}

void StreamAssembly::take(const SseEvent& event, StreamProgress& progress) {
  if (event.data == "[DONE]") {
    done_ = progress.ended = true;
    return;
  }
  const ReplyJson chunk(event.data);
  const json::object* object = chunk.object();
  if (event.event == "error") return fail(decode_error(event.data, secrets_), progress);
  if (object == nullptr) return fail(BrokenEnvelope{"a chunk that is not a JSON object"}, progress);
  if (std::optional<ApiError> error = error_in(*object, secrets_)) return fail(std::move(*error), progress);

  read_envelope(*object, completion_);
  const json::object* choice = first_choice(*object);
  if (choice == nullptr) return;  // usage, or a filter's results
  if (member(*choice, "error") != nullptr) return fail(*error_in(*choice, secrets_), progress);
  any_chunk_ = true;
  const std::string_view reason = text_at(*choice, "finish_reason");
  if (reason == "error") return fail(BrokenEnvelope{"the server gave up on it"}, progress);
  const FinishReason finish = finish_reason_of(reason);
  if (finish != FinishReason::none) completion_.finish = finish;
  const json::object* delta = object_at(*choice, "delta");
  if (delta == nullptr) return;
  const std::size_t before = generated();
  if (!append_message(*delta, completion_))
    return fail(BrokenEnvelope{"content of an unknown type"}, progress);
  if (generated() == before) return;
  ++progress.deltas;
  if (!std::exchange(any_delta_, true)) progress.first_delta = true;
}

}  // namespace throng::llm

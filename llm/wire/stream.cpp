#include "llm/wire/stream.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "llm/wire/api_error.h"
#include "llm/wire/chat_completions.h"
#include "llm/wire/json_text.h"
#include "llm/wire/json_view.h"

namespace throng::llm {
namespace {

constexpr std::size_t kKeptBeginning = 4096;
constexpr std::size_t kShown = 200;  // of a chunk, in a message

}  // namespace

void SseParser::feed(std::string_view bytes) {
  if (too_large_) return;
  buffer_.erase(0, read_);
  scanned_ -= read_;
  read_ = 0;
  buffer_.append(bytes);
}

std::optional<SseEvent> SseParser::next() {
  while (!too_large_) {
    const std::optional<std::string_view> line = next_line();
    if (!line) break;
    if (std::optional<SseEvent> event = take_line(*line)) return event;
  }
  return std::nullopt;
}

std::optional<SseEvent> SseParser::finish() {
  if (std::optional<SseEvent> event = next()) return event;
  if (too_large_) return std::nullopt;
  const std::string rest = std::exchange(buffer_, {}).substr(read_);
  read_ = scanned_ = 0;
  if (!rest.empty()) take_line(rest);
  return too_large_ ? std::nullopt : take_line("");
}

std::optional<std::string_view> SseParser::next_line() {
  if (after_cr_ && read_ < buffer_.size()) {
    if (buffer_[read_] == '\n') ++read_;
    after_cr_ = false;
    scanned_ = read_;
  }
  const std::size_t end = buffer_.find_first_of("\r\n", scanned_);
  scanned_ = end == std::string::npos ? buffer_.size() : end;
  if (scanned_ - read_ > limit_) {
    too_large_ = true;
    return std::nullopt;
  }
  if (end == std::string::npos) return std::nullopt;
  const std::string_view line = std::string_view(buffer_).substr(read_, end - read_);
  after_cr_ = buffer_[end] == '\r';
  read_ = scanned_ = end + 1;
  return line;
}

std::optional<SseEvent> SseParser::take_line(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (std::exchange(first_line_, false) && line.starts_with(kByteOrderMark))
    line.remove_prefix(kByteOrderMark.size());
  if (line.empty()) {
    SseEvent event = std::exchange(event_, {});
    if (!std::exchange(has_data_, false)) return std::nullopt;
    return event;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);  // empty: a comment
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(name, value);
  return std::nullopt;
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "error") {
    event_.event = name;
    take_field("data", value);
  } else if (name == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data.append(value);
    too_large_ = event_.data.size() > limit_;
  } else if (name == "event") {
    event_.event = value;
  }
}

StreamAssembly::StreamAssembly(Secrets secrets, std::size_t limit)
    : secrets_(std::move(secrets)), limit_(limit), parser_(limit) {}

std::size_t StreamAssembly::generated() const {
  return completion_.text.size() + completion_.reasoning.size() + completion_.tool_call.size() +
         completion_.refusal.size();
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
    parser_.feed(start_);
    start_.resize(std::min(start_.size(), kKeptBeginning));  // for a message
  } else if (kind_ == Kind::plain_json) {
    start_.append(bytes);
    return;
  } else {
    start_.append(bytes.substr(0, kKeptBeginning - start_.size()));
    parser_.feed(bytes);
  }
  while (!progress.ended) {
    const std::optional<SseEvent> event = parser_.next();
    if (!event) break;
    take(*event, progress);
  }
}

Decoded<Completion> StreamAssembly::finish() {
  StreamProgress progress;
  if (kind_ == Kind::plain_json && !failed_) {
    Decoded<Completion> plain = decode_chat(start_, secrets_);
    if (!std::holds_alternative<BrokenEnvelope>(plain)) return plain;
    take_lines("", start_, progress);
    if (!any_chunk_) return plain;
  }
  if (!done_ && !failed_) {
    if (const std::optional<SseEvent> last = parser_.finish()) take(*last, progress);
  }
  if (failed_) return std::move(failure_);
  if (!any_chunk_) {
    if (done_ || trimmed(start_).empty() || is_event_stream(start_))
      return BrokenEnvelope{"a stream without a chunk"};
    return unreadable_body(start_, "choices", secrets_);
  }
  if (!done_ && completion_.finish == FinishReason::none)
    return BrokenEnvelope{"a stream that was cut short"};
  if (has_stand_ins_) {
    for (std::string* text :
         {&completion_.text, &completion_.reasoning, &completion_.tool_call, &completion_.refusal})
      *text = without_stand_ins(*text);
  }
  complete(completion_);
  return std::move(completion_);
}

void StreamAssembly::fail(Decoded<Completion> failure, StreamProgress& progress) {
  failure_ = std::move(failure);
  failed_ = true;
  progress.ended = true;
}

void StreamAssembly::take(const SseEvent& event, StreamProgress& progress) {
  const std::string_view data = trimmed(event.data);
  if (data == "[DONE]") {
    done_ = progress.ended = true;
    return;
  }
  if (event.event == "error") return fail(decode_error(data, secrets_), progress);
  if (data.empty()) return;    // to keep the connection alive
  if (!is_valid_utf8(data)) {  // a character may be split over two chunks
    has_stand_ins_ = true;
    return take({.event = event.event, .data = with_stand_ins(data)}, progress);
  }
  const JsonDocument chunk(data);
  if (chunk.object()) return take_chunk(chunk.object(), progress);
  if (data.find('\n') != std::string_view::npos) return take_lines(event.event, data, progress);
  fail(BrokenEnvelope{"a chunk that is not a JSON object: " +
                      error_text(without_stand_ins(data.substr(0, kShown)), secrets_)},
       progress);
}

/// Events without a blank line between them, or JSON line by line without any fields.
void StreamAssembly::take_lines(std::string_view event, std::string_view lines, StreamProgress& progress) {
  while (!lines.empty() && !progress.ended) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    take({.event = std::string(event), .data = std::string(lines.substr(0, end))}, progress);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

void StreamAssembly::take_chunk(JsonView chunk, StreamProgress& progress) {
  if (std::optional<ApiError> error = error_in(chunk, secrets_)) return fail(std::move(*error), progress);

  read_envelope(chunk, completion_);
  const JsonView choice = first_choice(chunk);
  if (!choice) return;  // usage, or a filter's results
  if (choice["error"]) return fail(*error_in(choice, secrets_), progress);
  any_chunk_ = true;
  const std::string_view reason = choice["finish_reason"].text();
  if (reason == "error") return fail(BrokenEnvelope{"the server gave up on it"}, progress);
  const FinishReason finish = finish_reason_of(reason);
  if (finish != FinishReason::none) completion_.finish = finish;
  JsonView delta = choice["delta"];
  if (!delta.is_object()) delta = choice["message"];  // a whole reply as the only event
  if (!delta.is_object()) return;
  const std::size_t before = generated();
  if (!append_message(delta, completion_))
    return fail(BrokenEnvelope{"content of an unknown type"}, progress);
  if (generated() == before) return;
  ++progress.deltas;
  if (!std::exchange(any_delta_, true)) progress.first_delta = true;
}

}  // namespace throng::llm

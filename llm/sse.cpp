#include "llm/sse.h"

#include <utility>

namespace throng::llm {

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

}  // namespace throng::llm

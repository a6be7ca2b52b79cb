#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace throng::llm {

struct SseEvent {
  std::string event;  ///< "" means "message"
  std::string data;   ///< lines joined by line feeds

  bool operator==(const SseEvent&) const = default;
};

/// Reads server-sent events (WHATWG HTML, section 9.2) however the bytes are cut: feed what has come, then
/// take events with `next` until there is none. Lines end with LF, CR or CRLF. The data's bytes are passed on
/// as they are. A field `error` makes an event of that name (llama.cpp writes so).
class SseParser {
 public:
  /// No event and no line may be longer than `limit` bytes.
  explicit SseParser(std::size_t limit = std::size_t{1} << 20U) : limit_(limit) {}

  void feed(std::string_view bytes);
  std::optional<SseEvent> next();
  /// At the end of the stream: an event that lacks its blank line, or even its last line ending. (The
  /// standard drops it; servers forget the blank line.)
  std::optional<SseEvent> finish();

  /// Something was longer than the limit; no more events come.
  bool too_large() const { return too_large_; }

 private:
  std::optional<std::string_view> next_line();
  std::optional<SseEvent> take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);

  std::size_t limit_;
  std::string buffer_;
  std::size_t read_ = 0;     ///< of buffer_, up to the next line
  std::size_t scanned_ = 0;  ///< of buffer_, without a line ending since read_
  bool after_cr_ = false;    ///< a line feed that follows belongs to the line before
  bool first_line_ = true;
  bool too_large_ = false;
  bool has_data_ = false;
  SseEvent event_;
};

}  // namespace throng::llm

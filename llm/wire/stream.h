#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llm/wire/api_error.h"
#include "llm/wire/messages.h"

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

class JsonView;

/// What a piece of a stream brought.
struct StreamProgress {
  int deltas = 0;            ///< pieces of text, reasoning or refusal in it
  bool first_delta = false;  ///< the first of all is among them: now is the time to first token
  bool ended = false;        ///< nothing more is expected: `[DONE]`, an error, or something broken
};

/// Puts a streamed chat reply together. However the bytes are cut, the result is the same. Servers may leave
/// out `[DONE]`, send usage apart or never, send chunks without choices and events without data, put no blank line
/// between events, send lines of bare JSON, or answer with a plain JSON body.
class StreamAssembly {
 public:
  /// A reply of more than `limit` bytes is broken.
  explicit StreamAssembly(Secrets secrets, std::size_t limit = std::size_t{16} << 20U);

  StreamProgress feed(std::string_view bytes);

  /// Bytes of text, reasoning, tool calls and refusal so far; to be asked before `finish`.
  std::size_t generated() const;

  /// The reply, when the body has ended in an orderly way or `ended` was reported; call it once. Broken if
  /// the server said neither `[DONE]` nor why it finished.
  Decoded<Completion> finish();

 private:
  enum class Kind { unknown, events, plain_json };

  void take_bytes(std::string_view bytes, StreamProgress& progress);
  void take(const SseEvent& event, StreamProgress& progress);
  void take_lines(std::string_view event, std::string_view lines, StreamProgress& progress);
  void take_chunk(JsonView chunk, StreamProgress& progress);
  void fail(Decoded<Completion> failure, StreamProgress& progress);

  Secrets secrets_;
  std::size_t limit_;
  std::size_t fed_ = 0;
  SseParser parser_;
  Kind kind_ = Kind::unknown;
  std::string start_;  ///< what came first; the whole of a plain body
  bool any_chunk_ = false;
  bool has_stand_ins_ = false;  ///< in the texts of completion_
  bool any_delta_ = false;
  bool done_ = false;
  bool failed_ = false;
  Decoded<Completion> failure_;
  Completion completion_;
};

}  // namespace throng::llm

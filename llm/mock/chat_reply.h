#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "llm/mock/chat_content.h"
#include "llm/mock/dialect.h"
#include "llm/wire/messages.h"

namespace throng::llm::mock {

/// What all parts of a reply carry.
struct ReplyFrame {
  std::string id;
  std::string model;
  Usage usage;
  Dialect dialect{};
};

/// The body of a plain reply.
std::string chat_body(const ReplyFrame& frame, const ChatContent& content);

/// A streamed reply, one server-sent event after the other: the role, one per token, the finish reason, the usage if
/// wanted, `[DONE]`.
class ChatStream {
 public:
  ChatStream(ReplyFrame frame, ChatContent content, bool include_usage)
      : frame_(std::move(frame)), content_(std::move(content)), include_usage_(include_usage) {}

  /// Appends the next event. False, without effect, after the last.
  bool next(std::string& out);
  /// Whether the next event brings a token.
  bool at_token() const { return part_ == Part::tokens && written_ < content_.text.size(); }
  /// Tokens that have been written.
  std::int64_t tokens() const;

 private:
  bool next_event(std::string& out);
  enum class Part { role, tokens, finish, usage, done, over };
  void open_chunk(std::string& out) const;

  ReplyFrame frame_;
  ChatContent content_;
  bool include_usage_;
  Part part_ = Part::role;
  std::size_t written_ = 0;
};

}  // namespace throng::llm::mock

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "llm/mock/error_reply.h"

namespace throng::llm::mock {

/// How one provider's servers write what OpenAI's write otherwise. A table: dialects.json beside this file.
struct Dialect {
  /// What they answer to some prompts, whatever is asked.
  struct RefusedPrompt {
    int status = 400;
    std::string body;
  };

  std::string about;           ///< for the help
  std::string base;            ///< of its paths, such as "/openai/v1"; all others are not there
  std::string query;           ///< what a target must have behind '?'; "": nothing
  std::string before_content;  ///< text in front of what the model says, and behind it
  std::string after_content;
  std::string content_member = "content";  ///< of the message; another one leaves `content` null
  std::string reasoning_member;            ///< holds a thought beside the content; "": there is none
  std::string stream_first;                ///< bytes before the first event
  std::string stream_between;              ///< and between the events
  std::string stream_done = "data: [DONE]\n\n";
  Json
      error;  ///< an error, with $message, $type, $param, $code and $status where these belong; null: as OpenAI writes it
  std::vector<std::string> refuses;  ///< see MockOptions::refused
  std::optional<RefusedPrompt> refused_prompt{};
};

/// In the order of the table.
std::vector<std::string> dialect_names();
/// `name` is one of them.
Dialect dialect_of(const std::string& name);

/// An error as the dialect writes it.
std::string error_body(const Dialect& dialect, const ErrorReply& reply);

}  // namespace throng::llm::mock

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "llm/mock/dialect.h"
#include "llm/wire/json_view.h"

namespace throng::llm::mock {

enum class ReplyFormat { text, json_object, json_schema };

/// What the mock needs to know of a chat request.
struct ChatCall {
  std::string_view model;
  JsonView messages{};             ///< a list, not empty
  std::int64_t prompt_tokens = 0;  ///< of each message: those of its text, and 3
  std::int64_t first_message_tokens = 0;
  std::uint64_t first_message = 0;  ///< its hash
  std::optional<std::int64_t> max_tokens;
  std::int64_t min_tokens = 0;  ///< vLLM's; with ignore_eos: max_tokens; at most 128 Ki
  bool stream = false;
  bool include_usage = false;
  ReplyFormat format = ReplyFormat::text;
  JsonView schema{};  ///< an object, if the format is json_schema, or json_object and the prompt tells one
  std::shared_ptr<const JsonDocument> told_schema{};  ///< keeps that
};

/// Reads a request that has been parsed; views and pointers live as long as it. `deployment` stands in for a missing
/// model. `refused`: see MockOptions.
std::variant<ChatCall, ErrorReply> read_chat_call(JsonView request, std::string_view deployment,
                                                  const std::vector<std::string>& refused);

/// The parameter of the request that this server refuses, if there is one.
std::optional<ErrorReply> refused_parameter(JsonView request, const std::vector<std::string>& refused);

}  // namespace throng::llm::mock

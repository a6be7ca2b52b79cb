#include "llm/mock/chat_call.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "llm/mock/text.h"

namespace throng::llm::mock {
namespace {

constexpr std::int64_t kTokensPerMessage = 3;
constexpr std::int64_t kLongestForced = 131'072;

/// Whether the request uses what `name` of `refusable()` stands for.
bool uses(JsonView request, std::string_view name) {
  if (name == "json_schema" || name == "json_object")
    return request["response_format"]["type"].text() == name;
  if (name == "system" || name == "developer") {
    for (const JsonView message : request["messages"].items()) {
      if (message["role"].text() == name) return true;
    }
    return false;
  }
  return static_cast<bool>(request[name]);
}

/// Bytes of a message's text: of a string, or of a list of parts.
std::size_t text_bytes(JsonView content) {
  std::size_t bytes = content.text().size();
  for (const JsonView part : content.items()) bytes += part["text"].text().size();
  return bytes;
}

std::optional<ErrorReply> read_messages(JsonView request, ChatCall& call) {
  call.messages = request["messages"];
  if (!call.messages.is_array())
    return invalid_request("Missing required parameter: 'messages'.", "messages",
                           "missing_required_parameter");
  std::size_t position = 0;
  for (const JsonView message : call.messages.items()) {
    if (message["role"].text().empty())
      return invalid_request(fmt::format("messages[{}] must be an object with a role.", position),
                             fmt::format("messages[{}]", position), "invalid_type");
    const JsonView content = message["content"];
    const std::int64_t tokens = kTokensPerMessage + token_count(text_bytes(content));
    call.prompt_tokens += tokens;
    if (position++ > 0 || !content.is_string()) continue;
    call.first_message_tokens = tokens;
    call.first_message = hash128(content.text()).low;
  }
  if (position == 0) return invalid_request("'messages' must not be empty.", "messages", "empty_array");
  return std::nullopt;
}

std::optional<ErrorReply> read_lengths(JsonView request, ChatCall& call) {
  for (const char* name : {"max_tokens", "max_completion_tokens"}) {
    if (!request[name]) continue;
    call.max_tokens = request[name].count();
    if (!call.max_tokens || *call.max_tokens < 1)
      return invalid_request(fmt::format("'{}' must be an integer of at least 1.", name), name,
                             "invalid_value");
  }
  call.min_tokens = request["min_tokens"].count().value_or(0);
  if (request["ignore_eos"].flag().value_or(false)) call.min_tokens = call.max_tokens.value_or(0);
  call.min_tokens = std::min(call.min_tokens, kLongestForced);
  return std::nullopt;
}

/// The schema that ends a message, as clients tell it to servers that take none.
std::shared_ptr<const JsonDocument> told_schema(JsonView messages) {
  constexpr std::string_view kMark = "JSON Schema:\n";
  for (const JsonView message : messages.items()) {
    const std::string_view content = message["content"].text();
    const std::size_t at = content.rfind(kMark);
    if (at == std::string_view::npos) continue;
    auto schema = std::make_shared<const JsonDocument>(content.substr(at + kMark.size()));
    if (schema->object()) return schema;
  }
  return nullptr;
}

std::optional<ErrorReply> read_format(JsonView request, ChatCall& call) {
  const JsonView format = request["response_format"];
  if (!format.is_object()) return std::nullopt;
  const std::string_view type = format["type"].text();
  if (type == "text") return std::nullopt;
  if (type == "json_object") {
    call.format = ReplyFormat::json_object;
    call.told_schema = told_schema(call.messages);
    if (call.told_schema) call.schema = call.told_schema->root();
    return std::nullopt;
  }
  if (type != "json_schema")
    return invalid_request("'response_format.type' must be 'text', 'json_object' or 'json_schema'.",
                           "response_format.type", "invalid_value");
  call.schema = format["json_schema"]["schema"];
  if (!call.schema.is_object())
    return invalid_request("'response_format.json_schema.schema' must be an object.",
                           "response_format.json_schema", "missing_required_parameter");
  call.format = ReplyFormat::json_schema;
  return std::nullopt;
}

}  // namespace

std::optional<ErrorReply> refused_parameter(JsonView request, const std::vector<std::string>& refused) {
  for (const std::string& name : refused) {
    if (!uses(request, name)) continue;
    if (name == "json_schema" || name == "json_object")
      return unsupported(fmt::format("'response_format' of type '{}'", name), "response_format");
    if (name == "system" || name == "developer")
      return unsupported(fmt::format("role '{}'", name), "messages[0].role");
    return unsupported(fmt::format("'{}'", name), name);
  }
  return std::nullopt;
}

std::variant<ChatCall, ErrorReply> read_chat_call(JsonView request, std::string_view deployment,
                                                  const std::vector<std::string>& refused) {
  ChatCall call;
  call.model = request["model"].text();
  if (call.model.empty()) call.model = deployment;
  if (call.model.empty())
    return invalid_request("Missing required parameter: 'model'.", "model", "missing_required_parameter");
  std::optional<ErrorReply> wrong = refused_parameter(request, refused);
  if (!wrong) wrong = read_messages(request, call);
  if (!wrong) wrong = read_lengths(request, call);
  if (!wrong) wrong = read_format(request, call);
  if (!wrong && request["n"].count().value_or(1) != 1) wrong = unsupported("'n' other than 1", "n");
  if (wrong) return std::move(*wrong);
  call.stream = request["stream"].flag().value_or(false);
  call.include_usage = request["stream_options"]["include_usage"].flag().value_or(false);
  return call;
}

}  // namespace throng::llm::mock

#include "llm/mock/chat_call.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "llm/mock/text.h"
#include "llm/reply_json.h"

namespace throng::llm::mock {
namespace {

namespace json = boost::json;

constexpr std::int64_t kTokensPerMessage = 3;
constexpr std::int64_t kLongestForced = 131'072;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

bool is_true(const json::object& object, std::string_view key) {
  const json::value* value = member(object, key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

/// Whether the request uses what `name` of `refusable()` stands for.
bool uses(const json::object& request, std::string_view name) {
  if (name == "json_schema" || name == "json_object") {
    const json::object* format = object_at(request, "response_format");
    return format != nullptr && text_at(*format, "type") == name;
  }
  if (name == "system" || name == "developer") {
    const json::array* messages = array_at(request, "messages");
    return messages != nullptr && std::ranges::any_of(*messages, [&](const json::value& message) {
             const json::object* object = message.if_object();
             return object != nullptr && text_at(*object, "role") == name;
           });
  }
  return member(request, name) != nullptr;
}

/// Bytes of a message's text: of a string, or of a list of parts.
std::size_t text_bytes(const json::value* content) {
  if (content == nullptr) return 0;
  if (const json::string* text = content->if_string(); text != nullptr) return text->size();
  std::size_t bytes = 0;
  if (const json::array* parts = content->if_array(); parts != nullptr) {
    for (const json::value& part : *parts) {
      if (const json::object* object = part.if_object(); object != nullptr)
        bytes += text_at(*object, "text").size();
    }
  }
  return bytes;
}

std::optional<ErrorReply> read_messages(const json::object& request, ChatCall& call) {
  const json::array* messages = array_at(request, "messages");
  if (messages == nullptr)
    return invalid_request("Missing required parameter: 'messages'.", "messages",
                           "missing_required_parameter");
  if (messages->empty()) return invalid_request("'messages' must not be empty.", "messages", "empty_array");
  call.messages = messages;
  for (std::size_t i = 0; i < messages->size(); ++i) {
    const json::object* message = (*messages)[i].if_object();
    if (message == nullptr || text_at(*message, "role").empty())
      return invalid_request(fmt::format("messages[{}] must be an object with a role.", i),
                             fmt::format("messages[{}]", i), "invalid_type");
    const json::value* content = member(*message, "content");
    const std::int64_t tokens = kTokensPerMessage + token_count(text_bytes(content));
    call.prompt_tokens += tokens;
    if (i > 0 || content == nullptr || !content->is_string()) continue;
    call.first_message_tokens = tokens;
    call.first_message = hash128(view(content->get_string())).low;
  }
  return std::nullopt;
}

std::optional<ErrorReply> read_lengths(const json::object& request, ChatCall& call) {
  for (const char* name : {"max_tokens", "max_completion_tokens"}) {
    if (member(request, name) == nullptr) continue;
    call.max_tokens = count_at(request, name);
    if (!call.max_tokens || *call.max_tokens < 1)
      return invalid_request(fmt::format("'{}' must be an integer of at least 1.", name), name,
                             "invalid_value");
  }
  call.min_tokens = count_at(request, "min_tokens").value_or(0);
  if (is_true(request, "ignore_eos")) call.min_tokens = call.max_tokens.value_or(0);
  call.min_tokens = std::min(call.min_tokens, kLongestForced);
  return std::nullopt;
}

/// The schema that ends a message, as clients tell it to servers that take none.
std::shared_ptr<const json::value> told_schema(const json::array& messages) {
  constexpr std::string_view kMark = "JSON Schema:\n";
  for (const json::value& message : messages) {
    const json::object* object = message.if_object();
    const std::string_view content = object == nullptr ? std::string_view() : text_at(*object, "content");
    const std::size_t at = content.rfind(kMark);
    if (at == std::string_view::npos) continue;
    const ReplyJson schema(content.substr(at + kMark.size()));
    // A copy in memory of its own: it would go to that of the original, which ends here.
    if (schema.object() != nullptr)
      return std::make_shared<const json::value>(*schema.object(), json::storage_ptr());
  }
  return nullptr;
}

std::optional<ErrorReply> read_format(const json::object& request, ChatCall& call) {
  const json::object* format = object_at(request, "response_format");
  if (format == nullptr) return std::nullopt;
  const std::string_view type = text_at(*format, "type");
  if (type == "text") return std::nullopt;
  if (type == "json_object") {
    call.format = ReplyFormat::json_object;
    call.told_schema = told_schema(*call.messages);
    call.schema = call.told_schema.get();
    return std::nullopt;
  }
  if (type != "json_schema")
    return invalid_request("'response_format.type' must be 'text', 'json_object' or 'json_schema'.",
                           "response_format.type", "invalid_value");
  const json::object* outer = object_at(*format, "json_schema");
  call.schema = outer == nullptr ? nullptr : member(*outer, "schema");
  if (call.schema == nullptr || !call.schema->is_object())
    return invalid_request("'response_format.json_schema.schema' must be an object.",
                           "response_format.json_schema", "missing_required_parameter");
  call.format = ReplyFormat::json_schema;
  return std::nullopt;
}

}  // namespace

std::optional<ErrorReply> refused_parameter(const json::object& request,
                                            const std::vector<std::string>& refused) {
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

std::variant<ChatCall, ErrorReply> read_chat_call(const json::object& request, std::string_view deployment,
                                                  const std::vector<std::string>& refused) {
  ChatCall call;
  call.model = text_at(request, "model");
  if (call.model.empty()) call.model = deployment;
  if (call.model.empty())
    return invalid_request("Missing required parameter: 'model'.", "model", "missing_required_parameter");
  std::optional<ErrorReply> wrong = refused_parameter(request, refused);
  if (!wrong) wrong = read_messages(request, call);
  if (!wrong) wrong = read_lengths(request, call);
  if (!wrong) wrong = read_format(request, call);
  if (!wrong && count_at(request, "n").value_or(1) != 1) wrong = unsupported("'n' other than 1", "n");
  if (wrong) return std::move(*wrong);
  call.stream = is_true(request, "stream");
  const json::object* stream_options = object_at(request, "stream_options");
  call.include_usage = stream_options != nullptr && is_true(*stream_options, "include_usage");
  return call;
}

}  // namespace throng::llm::mock

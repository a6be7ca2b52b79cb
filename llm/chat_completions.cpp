#include "llm/chat_completions.h"

#include <algorithm>
#include <utility>

#include "llm/api_error_json.h"
#include "llm/completion_json.h"
#include "llm/json_text.h"
#include "llm/reasoning.h"
#include "llm/reply_json.h"

namespace throng::llm {
namespace {

namespace json = boost::json;

void append_text(const json::object& object, std::string_view key, std::string& text) {
  text.append(text_at(object, key));
}

/// A content part: {"type": "text", "text": ...}, a refusal, or Mistral's {"type": "thinking", "thinking":
/// [...]}.
void append_part(const json::object& part, Completion& completion) {
  append_text(part, "refusal", completion.refusal);
  append_text(part, "text", completion.text);
  if (const json::array* thoughts = array_at(part, "thinking"); thoughts != nullptr) {
    for (const json::value& thought : *thoughts) {
      if (thought.is_object()) append_text(thought.get_object(), "text", completion.reasoning);
    }
  }
}

std::optional<Usage> read_usage(const json::object& usage) {
  const auto prompt = claimed_count_at(usage, "prompt_tokens");
  const auto completion = claimed_count_at(usage, "completion_tokens");
  if (!prompt || !completion) return std::nullopt;
  Usage read{.source = UsageSource::server, .prompt = *prompt, .completion = *completion};
  if (const json::object* details = object_at(usage, "prompt_tokens_details"); details != nullptr)
    read.cached = count_at(*details, "cached_tokens").value_or(0);
  else  // DeepSeek's name
    read.cached = count_at(usage, "prompt_cache_hit_tokens").value_or(0);
  if (const json::object* details = object_at(usage, "completion_tokens_details"); details != nullptr)
    read.reasoning = count_at(*details, "reasoning_tokens").value_or(0);
  read.cached = std::min(read.cached, read.prompt);
  read.reasoning = std::min(read.reasoning, read.completion);
  return read;
}

void replace_if_given(const json::object& object, std::string_view key, std::string& text) {
  const std::string_view given = text_at(object, key);
  if (!given.empty()) text = given;
}

}  // namespace

const json::object* first_choice(const json::object& reply) {
  const json::array* choices = array_at(reply, "choices");
  if (choices == nullptr) return nullptr;
  for (const json::value& choice : *choices) {
    const json::object* object = choice.if_object();
    if (object != nullptr && count_at(*object, "index").value_or(0) == 0) return object;
  }
  return nullptr;
}

bool append_message(const json::object& message, Completion& completion) {
  append_text(message, "refusal", completion.refusal);
  // OpenRouter and newer vLLM repeat one in the other.
  const std::size_t before = completion.reasoning.size();
  append_text(message, "reasoning_content", completion.reasoning);
  if (completion.reasoning.size() == before) append_text(message, "reasoning", completion.reasoning);

  const json::value* content = member(message, "content");
  if (content == nullptr) return true;
  if (content->is_string()) {
    append_text(message, "content", completion.text);
    return true;
  }
  const json::array* parts = content->if_array();
  if (parts == nullptr) return false;
  for (const json::value& part : *parts) {
    if (!part.is_object()) return false;
    append_part(part.get_object(), completion);
  }
  return true;
}

void read_envelope(const json::object& reply, Completion& completion) {
  replace_if_given(reply, "id", completion.id);
  replace_if_given(reply, "model", completion.model);
  replace_if_given(reply, "system_fingerprint", completion.system_fingerprint);
  if (const json::object* usage = object_at(reply, "usage"); usage != nullptr) {
    if (const std::optional<Usage> read = read_usage(*usage)) completion.usage = *read;
  }
}

FinishReason finish_reason_of(std::string_view name) {
  if (name.empty()) return FinishReason::none;
  if (name == "stop" || name == "eos" || name == "end_turn") return FinishReason::stop;
  if (name == "length" || name == "max_tokens") return FinishReason::length;
  if (name == "content_filter") return FinishReason::content_filter;
  if (name == "tool_calls" || name == "function_call") return FinishReason::tool_calls;
  return FinishReason::other;
}

void complete(Completion& completion) {
  for (std::string* text : {&completion.text, &completion.reasoning, &completion.refusal, &completion.model,
                            &completion.id, &completion.system_fingerprint}) {
    *text = valid_utf8(std::move(*text));
  }
  SplitText split = split_reasoning(std::move(completion.text));
  completion.text = std::move(split.text);
  if (!split.reasoning.empty() && !completion.reasoning.empty()) completion.reasoning += '\n';
  completion.reasoning += split.reasoning;
}

Decoded<Completion> decode_chat(std::string_view body, const Secrets& secrets) {
  const ReplyJson reply(body);
  const json::object* object = reply.object();
  if (object == nullptr) return BrokenEnvelope{reply.parsed() ? "not a JSON object" : "not JSON"};
  if (std::optional<ApiError> error = error_in(*object, secrets)) return std::move(*error);

  const json::object* choice = first_choice(*object);
  if (choice == nullptr) return BrokenEnvelope{"no choices"};
  if (member(*choice, "error") != nullptr) return *error_in(*choice, secrets);
  if (text_at(*choice, "finish_reason") == "error") return BrokenEnvelope{"the server gave up on it"};
  const json::object* message = object_at(*choice, "message");
  if (message == nullptr) return BrokenEnvelope{"a choice without its message"};

  Completion completion;
  if (!append_message(*message, completion)) return BrokenEnvelope{"content of an unknown type"};
  completion.finish = finish_reason_of(text_at(*choice, "finish_reason"));
  read_envelope(*object, completion);
  complete(completion);
  return completion;
}

}  // namespace throng::llm

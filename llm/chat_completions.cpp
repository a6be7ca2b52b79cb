#include "llm/chat_completions.h"

#include <algorithm>
#include <utility>

#include "llm/api_error_json.h"
#include "llm/completion_json.h"
#include "llm/json_text.h"
#include "llm/loose_json.h"
#include "llm/reasoning.h"
#include "llm/reply_json.h"
#include "llm/stream_assembly.h"
#include "llm/unreadable_body.h"

namespace throng::llm {
namespace {

namespace json = boost::json;

void append_text(const json::object& object, std::string_view key, std::string& text) {
  text.append(text_at(object, key));
}

/// The `text` of each object of a list.
void append_texts(const json::object& object, std::string_view key, std::string& text) {
  const json::array* parts = array_at(object, key);
  if (parts == nullptr) return;
  for (const json::value& part : *parts) {
    if (part.is_object()) append_text(part.get_object(), "text", text);
  }
}

/// A content part: {"type": "text", "text": ...}, a refusal, a thought: Mistral's {"type": "thinking", "thinking":
/// [...]}, Anthropic's with a text there, or {"type": "reasoning", "text": ...}.
void append_part(const json::object& part, Completion& completion) {
  append_text(part, "refusal", completion.refusal);
  append_text(part, "thinking", completion.reasoning);
  append_texts(part, "thinking", completion.reasoning);
  const std::string_view type = text_at(part, "type");
  const bool is_thought = type == "reasoning" || type == "thinking";
  append_text(part, "text", is_thought ? completion.reasoning : completion.text);
}

/// From the first field that has any: one often repeats the other. DeepSeek, vLLM and SGLang have the first;
/// OpenRouter, newer vLLM, Groq, Cerebras and Ollama the second, OpenRouter with the last beside it.
void append_reasoning(const json::object& message, std::string& reasoning) {
  const std::size_t before = reasoning.size();
  for (const std::string_view key : {"reasoning_content", "reasoning", "thinking"}) {
    append_text(message, key, reasoning);
    if (reasoning.size() != before) return;
  }
  append_texts(message, "reasoning_details", reasoning);
}

/// The arguments of the first tool called, or of a function as it was before tools.
void append_tool_call(const json::object& message, std::string& arguments) {
  const json::object* call = object_at(message, "function_call");
  if (const json::array* tools = array_at(message, "tool_calls"); tools != nullptr) {
    for (const json::value& tool : *tools) {
      const json::object* object = tool.if_object();
      if (object != nullptr && count_at(*object, "index").value_or(0) == 0) {
        call = object_at(*object, "function");
        break;
      }
    }
  }
  const json::value* said = call == nullptr ? nullptr : member(*call, "arguments");
  if (said != nullptr) arguments += text_of(*said);
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
  append_reasoning(message, completion.reasoning);
  append_tool_call(message, completion.tool_call);

  const json::value* content = member(message, "content");
  if (content == nullptr) return true;
  if (content->is_string()) {
    append_text(message, "content", completion.text);
    return true;
  }
  if (content->is_object()) {  // what it was asked for, not as a text
    completion.text += text_of(*content);
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
  for (std::string* text :
       {&completion.text, &completion.reasoning, &completion.tool_call, &completion.refusal,
        &completion.model, &completion.id, &completion.system_fingerprint}) {
    *text = valid_utf8(std::move(*text));
  }
  SplitText split = split_reasoning(std::move(completion.text));
  completion.text = std::move(split.text);
  if (!split.reasoning.empty() && !completion.reasoning.empty()) completion.reasoning += '\n';
  completion.reasoning += split.reasoning;
}

namespace {

/// Some servers and proxies stream without being asked.
Decoded<Completion> decode_event_stream(std::string_view body, const Secrets& secrets) {
  StreamAssembly assembly(secrets);
  assembly.feed(body);
  return assembly.finish();
}

}  // namespace

Decoded<Completion> decode_chat(std::string_view body, const Secrets& secrets) {
  body = without_mark(body);
  if (is_event_stream(body)) return decode_event_stream(body, secrets);
  const ReplyJson reply(body);
  if (!reply.parsed()) {
    if (std::string mended = without_lone_surrogates(body); mended != body)
      return decode_chat(mended, secrets);
  }
  const json::object* object = reply.object();
  if (object == nullptr) return unreadable_body(body, "choices", secrets);
  if (std::optional<ApiError> error = error_in(*object, secrets)) return std::move(*error);

  const json::object* choice = first_choice(*object);
  if (choice == nullptr && member(*object, "choices") != nullptr)
    return BrokenEnvelope{"JSON without a choice"};
  if (choice == nullptr) return unreadable_body(body, "choices", secrets);
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

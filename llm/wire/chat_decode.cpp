#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "llm/wire/api_error.h"
#include "llm/wire/chat_completions.h"
#include "llm/wire/json_view.h"
#include "llm/wire/reasoning.h"
#include "llm/wire/stream.h"

namespace throng::llm {
namespace {

/// The `text` of each object of a list.
void append_texts(JsonView parts, std::string& text) {
  for (const JsonView part : parts.items()) text.append(part["text"].text());
}

/// A content part: {"type": "text", "text": ...}, a refusal, a thought: Mistral's {"type": "thinking", "thinking":
/// [...]}, Anthropic's with a text there, or {"type": "reasoning", "text": ...}.
void append_part(JsonView part, Completion& completion) {
  completion.refusal.append(part["refusal"].text());
  completion.reasoning.append(part["thinking"].text());
  append_texts(part["thinking"], completion.reasoning);
  const std::string_view type = part["type"].text();
  const bool is_thought = type == "reasoning" || type == "thinking";
  (is_thought ? completion.reasoning : completion.text).append(part["text"].text());
}

/// From the first field that has any: one often repeats the other. DeepSeek, vLLM and SGLang have the first;
/// OpenRouter, newer vLLM, Groq, Cerebras and Ollama the second, OpenRouter with the last beside it.
void append_reasoning(JsonView message, std::string& reasoning) {
  for (const std::string_view key : {"reasoning_content", "reasoning", "thinking"}) {
    const std::string_view thought = message[key].text();
    reasoning.append(thought);
    if (!thought.empty()) return;
  }
  append_texts(message["reasoning_details"], reasoning);
}

/// The one with index 0 (or without one); nothing if there is none.
JsonView with_index_0(JsonView list) {
  for (const JsonView each : list.items()) {
    if (each.is_object() && each["index"].count().value_or(0) == 0) return each;
  }
  return {};
}

/// The arguments of the first tool called, or of a function as it was before tools.
void append_tool_call(JsonView message, std::string& arguments) {
  const JsonView tool = with_index_0(message["tool_calls"]);
  arguments += (tool ? tool["function"] : message["function_call"])["arguments"].written();
}

std::optional<Usage> read_usage(JsonView usage) {
  const auto prompt = usage["prompt_tokens"].claimed_count();
  const auto completion = usage["completion_tokens"].claimed_count();
  if (!prompt || !completion) return std::nullopt;
  Usage read{.source = UsageSource::server, .prompt = *prompt, .completion = *completion};
  const JsonView details = usage["prompt_tokens_details"];
  const JsonView cached =  // or DeepSeek's name
      details.is_object() ? details["cached_tokens"] : usage["prompt_cache_hit_tokens"];
  read.cached = std::min(cached.count().value_or(0), read.prompt);
  read.reasoning =
      std::min(usage["completion_tokens_details"]["reasoning_tokens"].count().value_or(0), read.completion);
  return read;
}

void replace_if_given(JsonView given, std::string& text) {
  if (!given.text().empty()) text = given.text();
}

/// Some servers and proxies stream without being asked.
Decoded<Completion> decode_event_stream(std::string_view body, const Secrets& secrets) {
  StreamAssembly assembly(secrets);
  assembly.feed(body);
  return assembly.finish();
}

}  // namespace

JsonView first_choice(JsonView reply) { return with_index_0(reply["choices"]); }

bool append_message(JsonView message, Completion& completion) {
  completion.refusal.append(message["refusal"].text());
  append_reasoning(message, completion.reasoning);
  append_tool_call(message, completion.tool_call);

  const JsonView content = message["content"];
  if (!content) return true;
  if (content.is_string() || content.is_object()) {  // an object: what it was asked for, not as a text
    completion.text += content.written();
    return true;
  }
  if (!content.is_array()) return false;
  for (const JsonView part : content.items()) {
    if (!part.is_object()) return false;
    append_part(part, completion);
  }
  return true;
}

void read_envelope(JsonView reply, Completion& completion) {
  replace_if_given(reply["id"], completion.id);
  replace_if_given(reply["model"], completion.model);
  replace_if_given(reply["system_fingerprint"], completion.system_fingerprint);
  if (const std::optional<Usage> read = read_usage(reply["usage"])) completion.usage = *read;
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
    *text = to_valid_utf8(*text);
  }
  SplitText split = split_reasoning(std::move(completion.text));
  completion.text = std::move(split.text);
  if (!split.reasoning.empty() && !completion.reasoning.empty()) completion.reasoning += '\n';
  completion.reasoning += split.reasoning;
}

Decoded<Completion> decode_chat(std::string_view body, const Secrets& secrets) {
  if (is_event_stream(body)) return decode_event_stream(body, secrets);
  const JsonDocument document(body);
  const JsonView reply = document.object();
  if (std::optional<ApiError> error = error_in(reply, secrets)) return std::move(*error);

  const JsonView choice = first_choice(reply);
  if (!choice && reply["choices"]) return BrokenEnvelope{"JSON without a choice"};
  if (!choice) return unreadable_body(body, "choices", secrets);
  if (choice["error"]) return *error_in(choice, secrets);
  const std::string_view finish = choice["finish_reason"].text();
  if (finish == "error") return BrokenEnvelope{"the server gave up on it"};
  const JsonView message = choice["message"];
  if (!message.is_object()) return BrokenEnvelope{"a choice without its message"};

  Completion completion;
  if (!append_message(message, completion)) return BrokenEnvelope{"content of an unknown type"};
  completion.finish = finish_reason_of(finish);
  read_envelope(reply, completion);
  complete(completion);
  return completion;
}

}  // namespace throng::llm

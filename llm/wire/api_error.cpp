#include "llm/wire/api_error.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "llm/wire/json_view.h"

namespace throng::llm {
namespace {

/// What looks at more than this of an error page learns nothing.
constexpr std::size_t kMaxBody = 65536;

std::string text_member(JsonView object, std::string_view key, const Secrets& secrets) {
  return error_text(object[key].written(), secrets);
}

/// One fault of FastAPI's list: {"type": ..., "loc": ["body", "seed"], "msg": ...}.
ApiError from_fault(JsonView fault, const Secrets& secrets) {
  std::string path;
  for (const JsonView step : fault["loc"].items()) {
    const std::string name = step.written();
    if (name != "body") path += (path.empty() ? "" : ".") + name;
    if (path.size() > kMaxErrorText) break;
  }
  return {.message = text_member(fault, "msg", secrets),
          .type = text_member(fault, "type", secrets),
          .code = "",
          .param = error_text(path, secrets)};
}

ApiError from_detail(JsonView detail, const Secrets& secrets) {
  for (const JsonView first : detail.items()) {
    if (first.is_object()) return from_fault(first, secrets);
    break;
  }
  return {.message = error_text(detail.written(), secrets), .type = "", .code = "", .param = ""};
}

/// An object with `message` and its companions: OpenAI's, Azure's, llama.cpp's, vLLM's.
ApiError from_object(JsonView object, const Secrets& secrets) {
  ApiError error{.message = text_member(object, "message", secrets),
                 .type = text_member(object, "type", secrets),
                 .code = text_member(object, "code", secrets),
                 .param = text_member(object, "param", secrets)};
  if (const JsonView detail = object["message"]["detail"]) error = from_detail(detail, secrets);
  for (const char* inner : {"innererror", "inner_error"}) {
    if (error.code.empty()) error.code = text_member(object[inner], "code", secrets);
  }
  if (error.message.empty()) error.message = error_text(object.written(), secrets);
  // OpenRouter says "Provider returned error", and here what that provider said.
  for (const char* key : {"raw", "reasons"}) {
    const std::string said = text_member(object["metadata"], key, secrets);
    if (!said.empty()) error.message = error_text(error.message + ": " + said, secrets);
  }
  return error;
}

bool contains_ignoring_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

/// In lower case; found within codes and types. OpenAI's, Azure's, llama.cpp's, Groq's, DashScope's, Volcengine's,
/// Zhipu's (1301, 1261), Anthropic's, GitHub's, Gemini's and litellm's.
constexpr std::string_view kLengthCodes[] = {"context_length_exceeded",
                                             "string_above_max_length",
                                             "exceed_context_size",
                                             "contextwindowexceeded",
                                             "context_window_exceeded",
                                             "prompt_too_long",
                                             "input_too_long",
                                             "request_too_large",
                                             "tokens_limit_reached",
                                             "max_prompt_tokens_exceeded",
                                             "1261"};
constexpr std::string_view kTextCodes[] = {"content_filter",
                                           "content_policy",
                                           "contentpolicyviolation",
                                           "responsibleaipolicyviolation",
                                           "invalid_prompt",
                                           "data_inspection_failed",
                                           "datainspectionfailed",
                                           "sensitivecontent",
                                           "sensitive_content",
                                           "json_validate_failed",
                                           "tool_use_failed",
                                           "output_parse_failed",
                                           "moderation",
                                           "prohibited_content",
                                           "content_blocked",
                                           "safety_violation",
                                           "1301"};

/// About who asks, whatever else is said.
constexpr std::string_view kOwnerWords[] = {"api key",
                                            "api_key",
                                            "apikey",
                                            "invalid credential",
                                            "your credential",
                                            "no credential",
                                            "unauthorized",
                                            "authentication",
                                            "access token",
                                            "your account",
                                            "credit balance",
                                            "insufficient credit",
                                            "out of credit",
                                            "credits",
                                            "billing",
                                            "insufficient balance",
                                            "balance is",
                                            "account balance",
                                            "insufficient_quota",
                                            "exceeded your current quota",
                                            "payment",
                                            "subscription",
                                            "arrear",
                                            "good standing",
                                            "country",
                                            "region"};

/// About how long this request is.
constexpr std::string_view kLengthWords[] = {"contextwindow",
                                             "context length",
                                             "context window",
                                             "context size",
                                             "context_length",
                                             "model length",
                                             "maximum number of tokens",
                                             "token limit",
                                             "too many tokens",
                                             "input is too long",
                                             "input too long",
                                             "prompt is too long",
                                             "prompt too long",
                                             "prompt length",
                                             "input length",
                                             "input token count",
                                             "decoder prompt",
                                             "longer than the",
                                             "n_ctx",
                                             "n_keep",
                                             "`inputs` tokens",
                                             "reduce the length",
                                             "reduce your prompt",
                                             "reduce your message",
                                             "reduce the input",
                                             "exceeds max length",
                                             "max_seq_len",
                                             "number of input tokens",
                                             "contextwindowexceeded",
                                             "request too large",
                                             "request entity too large",
                                             "range of input length",
                                             "\u8fc7\u957f",
                                             "\u8d85\u957f"};

/// About what this request says, or what the model made of it.
constexpr std::string_view kTextWords[] = {
    // filtered
    "content exists risk", "datainspectionfailed", "contentpolicyviolation", "responsibleaipolicyviolation",
    "inappropriate", "content filter", "content_filter", "content management polic", "content polic",
    "usage polic", "use polic", "safety", "unsafe", "sensitive", "moderation", "was flagged", "been flagged",
    "were flagged", "prohibited", "harmful", "offensive", "violat", "responsible ai",
    "input data may contain", "output data may contain", "recitation", "was blocked", "been blocked",
    "high risk", "\u654f\u611f", "\u8fdd\u89c4", "\u4e0d\u5b89\u5168",
    // what the model said could not be taken
    "failed to generate", "could not be generated", "could not generate", "unable to generate",
    "generation failed", "failed_generation", "adjust your prompt", "generated json", "failed to parse",
    "could not parse the generated", "could not parse model", "invalid json output", "model output",
    "model produced", "failed to call a function"};

/// About whatever is asked. Weaker words are left unclear, so that another call decides.
constexpr std::string_view kEverythingWords[] = {
    "model not found",     "model_not_found",    "unknown model",
    "unknown_model",       "no such model",      "invalid model",
    "unsupported model",   "not a valid model",  "model not exist",
    "does not exist",      "decommissioned",     "have access",
    "invalid schema",      "invalid_schema",     "invalid json schema",
    "invalid json_schema", "unsupported schema", "response_format",
    "unrecognized",        "unrecognised",       "unknown field",
    "unknown parameter",   "unexpected keyword", "extra inputs",
    "extra fields",        "deployment",         "api-version",
    "api version",         "permission",         "quota",
    "organization",        "max_tokens",         "max_completion_tokens"};

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// The title of a page, else its text without tags.
std::string html_text(std::string_view page) {
  const std::size_t title = page.find("<title>");
  const std::size_t end = page.find("</title>");
  if (title != std::string_view::npos && end != std::string_view::npos && title + 7 < end)
    return std::string(page.substr(title + 7, end - title - 7));
  std::string text;
  bool in_tag = false;
  for (const char c : page) {
    if (c == '<') in_tag = true;
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '>';
    if (!in_tag && !(blank && (text.empty() || text.back() == ' '))) text += blank ? ' ' : c;
    if (c == '>') {
      in_tag = false;
      if (!text.empty() && text.back() != ' ') text += ' ';
    }
  }
  return text;
}

constexpr std::size_t kExcerpt = 120;
constexpr std::size_t kMostMembers = 8;

/// The first characters. What is cut is cut after redaction.
std::string excerpt(std::string_view body, const Secrets& secrets) {
  std::string text = error_text(body.substr(0, 16 * kExcerpt), secrets);
  if (text.size() <= kExcerpt) return text;
  std::size_t end = kExcerpt;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

/// By the numbers that their formats begin with; brotli has none.
std::optional<std::string_view> compression_of(std::string_view body) {
  constexpr std::pair<std::string_view, std::string_view> kBeginnings[] = {{"\x1F\x8B", "gzip"},
                                                                           {"\x28\xB5\x2F\xFD", "zstd"},
                                                                           {"\x78\x9C", "deflate"},
                                                                           {"\x78\x01", "deflate"},
                                                                           {"\x78\xDA", "deflate"}};
  for (const auto& [beginning, name] : kBeginnings) {
    if (body.starts_with(beginning)) return name;
  }
  return std::nullopt;
}

/// Without a byte order mark.
std::string_view without_mark(std::string_view body) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  return body;
}

std::string members_of(JsonView object) {
  std::string names;
  std::size_t count = 0;
  for (const auto& each : object.members()) {
    if (++count > kMostMembers) return names + ", ...";
    names += (names.empty() ? "" : ", ") + std::string(each.key);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

std::optional<ApiError> error_in(JsonView reply, const Secrets& secrets) {
  if (const JsonView error = reply["error"]) {
    if (error.is_object()) return from_object(error, secrets);
    ApiError plain = from_object(reply, secrets);  // Ollama's text; others put companions beside it
    plain.message = error_text(error.written(), secrets);
    return plain;
  }
  if (reply["choices"] || reply["data"]) return std::nullopt;
  if (reply["object"].text() == "error") return from_object(reply, secrets);
  if (const JsonView detail = reply["detail"]) return from_detail(detail, secrets);
  if (reply["message"]) return from_object(reply, secrets);
  return std::nullopt;
}

bool is_web_page(std::string_view body) {
  body = body.substr(0, 1024);
  return contains_ignoring_case(body, "<html") || contains_ignoring_case(body, "<!doctype html");
}

ApiError decode_error(std::string_view body, const Secrets& secrets) {
  body = body.substr(0, kMaxBody);
  const JsonDocument reply(body);
  JsonView object = reply.object();
  if (reply.root().is_array()) object = reply.root().at_pointer("/0");
  if (object.is_object()) {
    if (std::optional<ApiError> error = error_in(object, secrets)) return std::move(*error);
  }
  const std::string message =
      error_text(is_web_page(body) ? "a web page: " + html_text(body) : std::string(body), secrets);
  return {.message = message, .type = "", .code = "", .param = ""};
}

ErrorAbout about(int status, const ApiError& error) {
  const std::string codes = lower_case(error.code + " " + error.type);
  if (has_any(codes, kLengthCodes) || has_any(codes, kTextCodes)) return ErrorAbout::text;
  if (status == 401 || status == 402) return ErrorAbout::everything;
  const std::string words = lower_case(error.message);
  if (has_any(words, kOwnerWords)) return ErrorAbout::everything;
  if (has_any(words, kLengthWords) || has_any(words, kTextWords)) return ErrorAbout::text;
  if (status == 413) return ErrorAbout::text;
  if (status == 404 || status == 405) return ErrorAbout::everything;
  const bool everything =
      has_any(words, kEverythingWords) || has_any(lower_case(error.code), kEverythingWords);
  return everything ? ErrorAbout::everything : ErrorAbout::unclear;
}

bool is_surely_about_the_text(const ApiError& error) {
  const std::string codes = lower_case(error.code + " " + error.type);
  return has_any(codes, kLengthCodes) || has_any(codes, kTextCodes) ||
         has_any(lower_case(error.message), kLengthWords);
}

bool is_about_a_model(const ApiError& error) {
  static constexpr std::string_view kWords[] = {"model", "deployment"};
  return has_any(lower_case(error.message + " " + error.code + " " + error.type), kWords);
}

bool is_event_stream(std::string_view body) {
  body = trimmed(without_mark(body));
  return std::ranges::any_of(std::initializer_list<std::string_view>{"data:", "event:", ":", "id:", "retry:"},
                             [&](std::string_view field) { return body.starts_with(field); });
}

BrokenEnvelope unreadable_body(std::string_view body, std::string_view member, const Secrets& secrets) {
  const std::string_view text = trimmed(without_mark(body));
  const auto foreign = [](std::string reason) { return BrokenEnvelope{std::move(reason), Damage::foreign}; };
  if (text.empty()) return BrokenEnvelope{"nothing came: the body is empty"};
  if (const auto compression = compression_of(text))
    return foreign(fmt::format("it came compressed ({}), which was not asked for", *compression));
  if (is_web_page(text)) return foreign(decode_error(text, secrets).message + ": " + excerpt(text, secrets));
  if (is_event_stream(text))
    return foreign("an event stream came, which was not asked for: " + excerpt(text, secrets));
  const JsonDocument reply(text);
  if (!reply.parsed()) return BrokenEnvelope{"it is not JSON: " + excerpt(text, secrets)};
  if (!reply.object()) return foreign("it is JSON, but not an object: " + excerpt(text, secrets));
  return foreign(fmt::format("JSON without \"{}\" (its members: {}): {}", member,
                             error_text(members_of(reply.object()), secrets), excerpt(text, secrets)));
}

}  // namespace throng::llm

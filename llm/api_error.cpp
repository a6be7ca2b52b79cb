#include "llm/api_error.h"

#include <algorithm>

#include "llm/api_error_json.h"
#include "llm/reply_json.h"

namespace throng::llm {
namespace {

namespace json = boost::json;

/// What looks at more than this of an error page learns nothing.
constexpr std::size_t kMaxBody = 65536;

std::string text_member(const json::object& object, std::string_view key, const Secrets& secrets) {
  const json::value* value = member(object, key);
  return value == nullptr ? std::string() : error_text(text_of(*value), secrets);
}

/// One fault of FastAPI's list: {"type": ..., "loc": ["body", "seed"], "msg": ...}.
ApiError from_fault(const json::object& fault, const Secrets& secrets) {
  ApiError error{.message = text_member(fault, "msg", secrets),
                 .type = text_member(fault, "type", secrets),
                 .code = "",
                 .param = ""};
  if (const json::array* place = array_at(fault, "loc"); place != nullptr) {
    std::string path;
    for (const json::value& step : *place) {
      const std::string name = text_of(step);
      if (name != "body") path += (path.empty() ? "" : ".") + name;
      if (path.size() > kMaxErrorText) break;
    }
    error.param = error_text(path, secrets);
  }
  return error;
}

ApiError from_detail(const json::value& detail, const Secrets& secrets) {
  const json::array* faults = detail.if_array();
  if (faults != nullptr && !faults->empty() && faults->front().is_object())
    return from_fault(faults->front().get_object(), secrets);
  return {.message = error_text(text_of(detail), secrets), .type = "", .code = "", .param = ""};
}

/// An object with `message` and its companions: OpenAI's, Azure's, llama.cpp's, vLLM's.
ApiError from_object(const json::object& object, const Secrets& secrets) {
  ApiError error{.message = text_member(object, "message", secrets),
                 .type = text_member(object, "type", secrets),
                 .code = text_member(object, "code", secrets),
                 .param = text_member(object, "param", secrets)};
  if (const json::object* nested = object_at(object, "message"); nested != nullptr) {
    if (const json::value* detail = member(*nested, "detail"); detail != nullptr)
      error = from_detail(*detail, secrets);
  }
  const json::object* inner = object_at(object, "innererror");
  if (inner == nullptr) inner = object_at(object, "inner_error");
  if (inner != nullptr && error.code.empty()) error.code = text_member(*inner, "code", secrets);
  if (error.message.empty()) error.message = error_text(text_of(object), secrets);
  return error;
}

bool contains_ignoring_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
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

}  // namespace

std::optional<ApiError> error_in(const json::object& reply, const Secrets& secrets) {
  if (const json::value* error = member(reply, "error"); error != nullptr) {
    if (const json::object* object = error->if_object(); object != nullptr)
      return from_object(*object, secrets);
    ApiError plain = from_object(reply, secrets);  // Ollama's text; others put companions beside it
    plain.message = error_text(text_of(*error), secrets);
    return plain;
  }
  if (member(reply, "choices") != nullptr || member(reply, "data") != nullptr) return std::nullopt;
  if (text_at(reply, "object") == "error") return from_object(reply, secrets);
  if (const json::value* detail = member(reply, "detail"); detail != nullptr)
    return from_detail(*detail, secrets);
  if (member(reply, "message") != nullptr) return from_object(reply, secrets);
  return std::nullopt;
}

ApiError decode_error(std::string_view body, const Secrets& secrets) {
  body = body.substr(0, kMaxBody);
  const ReplyJson reply(body);
  const json::object* object = reply.object();
  if (const json::array* array = reply.parsed() ? reply.root().if_array() : nullptr;
      array != nullptr && !array->empty()) {
    object = array->front().if_object();
  }
  if (object != nullptr) {
    if (std::optional<ApiError> error = error_in(*object, secrets)) return std::move(*error);
  }
  const bool html = contains_ignoring_case(body.substr(0, 1024), "<html") ||
                    contains_ignoring_case(body.substr(0, 1024), "<!doctype html");
  const std::string message =
      error_text(html ? "a web page: " + html_text(body) : std::string(body), secrets);
  return {.message = message, .type = "", .code = "", .param = ""};
}

bool declines_text(const ApiError& error) {
  static constexpr std::string_view kCodes[] = {"content_filter",
                                                "content_policy_violation",
                                                "invalid_prompt",
                                                "context_length_exceeded",
                                                "string_above_max_length",
                                                "exceed_context_size_error",
                                                "ResponsibleAIPolicyViolation"};
  const auto is_known = [](std::string_view code) {
    return std::ranges::find(kCodes, code) != std::end(kCodes);
  };
  return is_known(error.code) || is_known(error.type) ||
         contains_ignoring_case(error.message, "maximum context length");  // vLLM has no code for it
}

}  // namespace throng::llm

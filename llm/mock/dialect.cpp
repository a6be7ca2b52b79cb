#include "llm/mock/dialect.h"

#include "embedded/mock_dialects.h"

namespace throng::llm::mock {
namespace {

const Json& table() {
  static const Json parsed =
      parse_json(embedded::mock_dialects, "dialects.json", ErrorKind::unexpected).value();
  return parsed;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

/// What stands for a part of the error is replaced by it.
void fill_in(Json& json, const ErrorReply& reply) {
  if (json.is_structured()) {
    for (Json& each : json) fill_in(each, reply);
    return;
  }
  if (!json.is_string()) return;
  const std::string& text = json.get_ref<const std::string&>();
  if (text == "$message") {
    json = reply.error.message;
  } else if (text == "$type") {
    json = text_or_null(reply.error.type);
  } else if (text == "$param") {
    json = text_or_null(reply.error.param);
  } else if (text == "$code") {
    json = text_or_null(reply.error.code);
  } else if (text == "$status") {
    json = reply.status;
  }
}

}  // namespace

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  for (const auto& [name, dialect] : table().items()) names.push_back(name);
  return names;
}

Dialect dialect_of(const std::string& name) {
  const Json& entry = table().at(name);
  const Json content = entry.value("content", Json::object());
  const Json stream = entry.value("stream", Json::object());
  Dialect dialect{.about = entry.at("about").get<std::string>(),
                  .base = entry.at("base").get<std::string>(),
                  .query = entry.value("query", ""),
                  .before_content = content.value("before", ""),
                  .after_content = content.value("after", ""),
                  .content_member = content.value("member", "content"),
                  .reasoning_member = entry.value("reasoning", ""),
                  .stream_first = stream.value("first", ""),
                  .stream_between = stream.value("between", ""),
                  .stream_done = stream.value("done", "data: [DONE]\n\n"),
                  .error = entry.value("error", Json()),
                  .refuses = entry.value("refuses", std::vector<std::string>())};
  if (entry.contains("refused_prompt")) {
    const Json& refused = entry["refused_prompt"];
    dialect.refused_prompt = {.status = refused.at("status").get<int>(), .body = refused.at("body").dump()};
  }
  return dialect;
}

std::string error_body(const Dialect& dialect, const ErrorReply& reply) {
  if (dialect.error.is_null()) return error_body(reply.error);
  Json body = dialect.error;
  fill_in(body, reply);
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace throng::llm::mock

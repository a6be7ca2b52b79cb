#include "llm/mock/error_reply.h"

#include <fmt/format.h>

#include "llm/wire/json_text.h"

namespace throng::llm::mock {
namespace {

void append_member(std::string& out, std::string_view name, const std::string& text) {
  out += fmt::format(R"("{}":)", name);
  if (text.empty()) {
    out += "null";
  } else {
    append_json_string(out, text);
  }
}

}  // namespace

std::string error_body(const ApiError& error) {
  std::string body = R"({"error":{)";
  append_member(body, "message", error.message);
  body += ',';
  append_member(body, "type", error.type);
  body += ',';
  append_member(body, "param", error.param);
  body += ',';
  append_member(body, "code", error.code);
  body += "}}";
  return body;
}

ErrorReply invalid_request(std::string message, std::string param, std::string code) {
  return {.status = 400,
          .error = {.message = std::move(message),
                    .type = "invalid_request_error",
                    .code = std::move(code),
                    .param = std::move(param)}};
}

ErrorReply unsupported(std::string_view what, std::string param) {
  return invalid_request(fmt::format("Unsupported parameter: {} is not supported by this server.", what),
                         std::move(param), "unsupported_parameter");
}

}  // namespace throng::llm::mock

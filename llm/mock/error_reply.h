#pragma once

#include <string>

#include "llm/wire/api_error.h"

namespace throng::llm::mock {

/// An error as a reply carries it.
struct ErrorReply {
  int status = 400;
  ApiError error;
};

/// OpenAI's envelope: {"error": {"message", "type", "param", "code"}}, null for what is "".
std::string error_body(const ApiError& error);

ErrorReply invalid_request(std::string message, std::string param, std::string code = "");
/// What a server says that does not know a parameter, or a use of it.
ErrorReply unsupported(std::string_view what, std::string param);

}  // namespace throng::llm::mock

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
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

/// How one provider's servers write what OpenAI's write otherwise. A table: dialects.json beside this file.
struct Dialect {
  /// What they answer to some prompts, whatever is asked.
  struct RefusedPrompt {
    int status = 400;
    std::string body;
  };

  std::string about;           ///< for the help
  std::string base;            ///< of its paths, such as "/openai/v1"; all others are not there
  std::string query;           ///< what a target must have behind '?'; "": nothing
  std::string before_content;  ///< text in front of what the model says, and behind it
  std::string after_content;
  std::string content_member = "content";  ///< of the message; another one leaves `content` null
  std::string reasoning_member;            ///< holds a thought beside the content; "": there is none
  std::string stream_first;                ///< bytes before the first event
  std::string stream_between;              ///< and between the events
  std::string stream_done = "data: [DONE]\n\n";
  Json
      error;  ///< an error, with $message, $type, $param, $code and $status where these belong; null: as OpenAI writes it
  std::vector<std::string> refuses;  ///< see MockOptions::refused
  std::optional<RefusedPrompt> refused_prompt{};
};

/// In the order of the table.
std::vector<std::string> dialect_names();
/// `name` is one of them.
Dialect dialect_of(const std::string& name);

/// An error as the dialect writes it.
std::string error_body(const Dialect& dialect, const ErrorReply& reply);

enum class Endpoint { chat, embeddings, models, stats, none };

/// What a request target names. Known with and without `/v1`, below `/openai/v1`, and (with an api-version in the
/// query) as Azure writes it.
struct Route {
  Endpoint endpoint = Endpoint::none;
  std::string_view deployment;  ///< Azure's; a view into the target
};

Route route_of(std::string_view target);
/// Of a dialect with a base only what stands below that.
Route route_of(std::string_view target, const Dialect& dialect);

/// The method that an endpoint takes.
std::string_view method_of(Endpoint endpoint);

}  // namespace throng::llm::mock

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "llm/wire/api_error.h"

namespace throng::llm {

/// What an endpoint's servers understand. The defaults are OpenAI's own.
struct Capabilities {
  enum class Output {
    json_schema,  ///< `response_format` takes a JSON Schema
    json_object,  ///< it only promises some JSON: the schema is told in the prompt
    text,         ///< there is no `response_format`: the schema is told in the prompt
  };
  enum class MaxTokens { max_tokens, max_completion_tokens };
  enum class SystemRole {
    system,
    developer,
    user,  ///< there is none: such messages are put in front of the next one
  };

  Output structured_output = Output::json_schema;
  MaxTokens max_tokens = MaxTokens::max_tokens;
  SystemRole system_role = SystemRole::system;
  bool seed = true;
  bool stream_options = true;
  bool temperature = true;
  bool top_p = true;
  bool stop = true;

  bool operator==(const Capabilities&) const = default;
};

/// Reads the options above, named as they are, over the defaults. The Error (usage) has the JSON path below
/// `path`.
Result<Capabilities> read_capabilities(const Json& json, const std::string& path);

/// What a step down gave up, and what the endpoint is asked from now on.
struct LearnedCapabilities {
  Capabilities capabilities;
  std::string lesson;  ///< for the log, once: "no seed", "max_completion_tokens instead of max_tokens"
};

/// What an error of status 400 or 422 (500 from an older llama.cpp) teaches: that the server does not know or
/// support something that a request written for `current` may hold. Nothing if the error is about something
/// else, such as a value out of range. Each lesson gives something up, so that repeating the request ends
/// after a few steps.
std::optional<LearnedCapabilities> learn(const Capabilities& current, const ApiError& error);

}  // namespace throng::llm

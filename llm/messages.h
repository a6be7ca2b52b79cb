#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "llm/structured_output.h"

namespace throng::llm {

enum class Role { system, user, assistant };

struct Message {
  Role role = Role::user;
  std::string content;
};

/// What is asked of a model. What is not set is left to the server.
struct ChatRequest {
  std::string model;
  std::vector<Message> messages;
  std::shared_ptr<const OutputSchema> schema;  ///< null: any text will do
  std::optional<double> temperature;           ///< finite
  std::optional<double> top_p;                 ///< finite
  std::optional<std::int64_t> seed;
  std::optional<int> max_tokens;
  std::vector<std::string> stop;
  bool stream = false;
  Json extra;  ///< an object of further members, or null; never replaces a member that the fields above make
};

/// The hash of the *logical* request: the journal's key. Whatever a model could see counts, in a canonical
/// form; `stream` and how an endpoint wants things written do not. The order of the schema's keys counts,
/// for models answer in that order; the order of `extra` does not.
Hash128 logical_hash(const ChatRequest& request);

enum class FinishReason {
  none,  ///< the server gave none
  stop,
  length,
  content_filter,
  tool_calls,
  other,
};

enum class UsageSource { missing, server, estimated };

struct Usage {
  UsageSource source = UsageSource::missing;
  std::int64_t prompt = 0;
  std::int64_t cached = 0;  ///< of `prompt`
  std::int64_t completion = 0;
  std::int64_t reasoning = 0;  ///< of `completion`

  bool operator==(const Usage&) const = default;
};

/// A complete reply, whatever it says. All text is valid UTF-8.
struct Completion {
  std::string text;       ///< without the reasoning
  std::string reasoning;  ///< from `<think>...</think>` or a field of its own
  std::string refusal;    ///< empty: the model did not refuse
  FinishReason finish = FinishReason::none;
  Usage usage;
  std::string model;  ///< as the server names it
  std::string id;
  std::string system_fingerprint;

  bool operator==(const Completion&) const = default;
};

}  // namespace throng::llm

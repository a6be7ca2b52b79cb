#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "llm/wire/structured_output.h"

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

/// The *logical* request: whatever a model could see, in a canonical form of several texts; `stream` and how an endpoint
/// wants things written are no part of it. First the settings as JSON, then the schema ("" without one), then the
/// messages. The order of the schema's keys counts, for models answer in that order; the order of `extra` does not.
std::vector<std::string> logical_parts(const ChatRequest& request);

/// Reads logical requests again; compiles each schema once. Single-threaded.
class LogicalRequestReader {
 public:
  /// The inverse of `logical_parts`. Throws Failure(data) for anything else.
  ChatRequest read(std::span<const std::string> parts);

 private:
  std::map<std::string, std::shared_ptr<const OutputSchema>, std::less<>> schemas_;  ///< by name and text
};

enum class FinishReason {
  none,  ///< the server gave none
  stop,
  length,
  content_filter,
  tool_calls,
  other,
};

enum class UsageSource { missing, server, estimated };

/// Of the server: as it claims, which may be more than the call can have used; -1: a number that is no count.
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
  std::string reasoning;  ///< from `<think>...</think>` and the like, or a field of its own
  std::string
      tool_call;  ///< arguments of the first call of a tool, though none is ever offered: some servers answer so
  std::string refusal;  ///< empty: the model did not refuse
  FinishReason finish = FinishReason::none;
  Usage usage;
  std::string model;  ///< as the server names it
  std::string id;
  std::string system_fingerprint;

  bool operator==(const Completion&) const = default;
};

/// A completion as a line of JSON, for a journal; and read again (throws Failure(data) if it is none).
std::string completion_text(const Completion& completion);
Completion completion_from(std::string_view text);

}  // namespace throng::llm

#include "llm/wire/capabilities.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/base/options_reader.h"
#include "engine/base/text.h"

namespace throng::llm {
namespace {

using StructuredOutput = Capabilities::Output;
using MaxTokens = Capabilities::MaxTokens;
using SystemRole = Capabilities::SystemRole;

/// Reads one of an enum's names.
template <class Enum, std::size_t N>
void read_choice(OptionsReader& reader, std::string_view key, Enum& value,
                 const std::array<std::pair<std::string_view, Enum>, N>& names) {
  std::string name;
  std::vector<std::string> choices;
  for (const auto& [each, meaning] : names) {
    choices.emplace_back(each);
    if (meaning == value) name = each;
  }
  reader.choice(key, name, choices);
  for (const auto& [each, meaning] : names) {
    if (each == name) value = meaning;
  }
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view each) { return text.find(each) != std::string_view::npos; });
}

/// How servers say that they do not know a member, or do not take it with this model.
bool says_unsupported(std::string_view words) {
  return has_any(words, {"unsupported", "not supported", "not support", "unrecognized", "unrecognised",
                         "unknown", "extra_forbidden", "extra inputs", "extra fields", "unexpected",
                         "not permitted", "not allowed", "unavailable", "not available", "not implemented",
                         "not enabled", "is enabled only", "deprecated", "no such"});
}

/// Also what joins the words of a model's name: "vendor/seed-1.6" does not mention `seed`.
bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '/';
}

bool mentions(std::string_view words, std::string_view name) {
  for (std::size_t at = words.find(name); at != std::string_view::npos; at = words.find(name, at + 1)) {
    const bool starts = at == 0 || !is_word_character(words[at - 1]);
    const std::size_t end = at + name.size();
    if (starts && (end == words.size() || !is_word_character(words[end]))) return true;
  }
  return false;
}

/// What the error is about: its `param` if it names one, else its words.
class Complaint {
 public:
  explicit Complaint(const ApiError& error)
      : param_(lower_case(error.param)),
        words_(lower_case(error.message + " " + error.type + " " + error.code)) {}

  bool unsupported() const { return says_unsupported(words_); }
  bool about(std::string_view name) const {
    return param_.empty() ? mentions(words_, name) : mentions(param_, name);
  }
  bool says(std::string_view name) const { return mentions(words_, name); }
  bool about_system_role() const {
    if (param_.find("role") != std::string::npos) return true;
    return has_any(words_,
                   {"system role", "role 'system'", "role \"system\"", "system message", "developer role"});
  }
  /// LM Studio, llama.cpp and others list what they take: "'response_format.type' must be 'json_schema' or
  /// 'text'".
  bool wants_other_format() const {
    return about("response_format") &&
           has_any(words_, {"must be 'json", "must be 'text", "must be one of", "supported values are"});
  }

 private:
  std::string param_;
  std::string words_;
};

}  // namespace

Result<Capabilities> read_capabilities(const Json& json, const std::string& path) {
  Capabilities read;
  OptionsReader reader(json, path);
  read_choice(reader, "structured_output", read.structured_output,
              std::to_array<std::pair<std::string_view, StructuredOutput>>(
                  {{"json_schema", StructuredOutput::json_schema},
                   {"json_object", StructuredOutput::json_object},
                   {"text", StructuredOutput::text}}));
  read_choice(reader, "max_tokens", read.max_tokens,
              std::to_array<std::pair<std::string_view, MaxTokens>>(
                  {{"max_tokens", MaxTokens::max_tokens},
                   {"max_completion_tokens", MaxTokens::max_completion_tokens}}));
  read_choice(reader, "system_role", read.system_role,
              std::to_array<std::pair<std::string_view, SystemRole>>({{"system", SystemRole::system},
                                                                      {"developer", SystemRole::developer},
                                                                      {"user", SystemRole::user}}));
  reader.boolean("seed", read.seed);
  reader.boolean("stream_options", read.stream_options);
  reader.boolean("temperature", read.temperature);
  reader.boolean("top_p", read.top_p);
  reader.boolean("stop", read.stop);
  if (const Result<void> finished = reader.finish(); !finished) return finished.error();
  return read;
}

std::optional<LearnedCapabilities> learn(const Capabilities& current, const ApiError& error) {
  const Complaint complaint(error);
  const bool other_format = complaint.wants_other_format();
  if (!complaint.unsupported() && !other_format) return std::nullopt;

  LearnedCapabilities learned{.capabilities = current, .lesson = ""};
  Capabilities& next = learned.capabilities;
  const auto lesson = [&](std::string text) {
    learned.lesson = std::move(text);
    return learned;
  };

  const bool about_format = other_format || complaint.about("response_format") ||
                            complaint.about("json_schema") || complaint.about("json_object");
  if (about_format && !complaint.says("invalid schema") &&
      current.structured_output != StructuredOutput::text) {
    const bool to_object = current.structured_output == StructuredOutput::json_schema;
    next.structured_output = to_object ? StructuredOutput::json_object : StructuredOutput::text;
    return lesson(to_object ? "response_format json_object instead of json_schema" : "no response_format");
  }
  if (complaint.about("max_tokens") && current.max_tokens == MaxTokens::max_tokens) {
    next.max_tokens = MaxTokens::max_completion_tokens;
    return lesson("max_completion_tokens instead of max_tokens");
  }
  const std::pair<const char*, bool Capabilities::*> members[] = {
      {"stream_options", &Capabilities::stream_options},
      {"temperature", &Capabilities::temperature},
      {"top_p", &Capabilities::top_p},
      {"seed", &Capabilities::seed},
      {"stop", &Capabilities::stop}};
  for (const auto& [name, supported] : members) {
    if (!(current.*supported) || !complaint.about(name)) continue;
    next.*supported = false;
    return lesson(std::string("no ") + name);
  }
  if (complaint.about_system_role() && current.system_role != SystemRole::user) {
    next.system_role = SystemRole::user;
    return lesson("no system role");
  }
  return std::nullopt;
}

}  // namespace throng::llm

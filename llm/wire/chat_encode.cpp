#include <cmath>

#include "llm/wire/chat_completions.h"
#include "llm/wire/json_text.h"

namespace throng::llm {
namespace {

using StructuredOutput = Capabilities::Output;
using MaxTokens = Capabilities::MaxTokens;
using SystemRole = Capabilities::SystemRole;

constexpr std::string_view kBlankLine = "\n\n";
constexpr std::string_view kToldSchema =
    "Reply with a single JSON value and nothing else: no explanation, no code fence. It has to fit this JSON "
    "Schema:\n";

bool tells_schema(const ChatRequest& request, const Capabilities& capabilities) {
  return request.schema != nullptr && capabilities.structured_output != StructuredOutput::json_schema;
}

std::string_view role_name(Role role, SystemRole system_role) {
  switch (role) {
    case Role::system:
      return system_role == SystemRole::developer ? "developer" : "system";
    case Role::assistant:
      return "assistant";
    case Role::user:
      break;
  }
  return "user";
}

/// Writes the messages, each with the pieces that belong to it.
class MessageWriter {
 public:
  MessageWriter(std::string& out, SystemRole system_role) : out_(out), system_role_(system_role) {}

  /// A message of several pieces with blank lines between.
  void add(Role role, std::string_view content, std::string_view told = {}) {
    waiting_.push_back(content);
    if (!told.empty()) waiting_.push_back(told);
    if (role == Role::system && system_role_ == SystemRole::user) return;  // waits for the next
    write(role);
  }
  void finish() {
    if (!waiting_.empty()) write(Role::user);
  }

 private:
  void write(Role role) {
    out_.append(first_ ? "{\"role\":\"" : ",{\"role\":\"").append(role_name(role, system_role_));
    out_.append("\",\"content\":\"");
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (i > 0) append_json_text(out_, kBlankLine);
      append_json_text(out_, waiting_[i]);
    }
    out_ += "\"}";
    waiting_.clear();
    first_ = false;
  }

  std::string& out_;
  SystemRole system_role_;
  std::vector<std::string_view> waiting_;
  bool first_ = true;
};

void append_messages(const ChatRequest& request, const Capabilities& capabilities, std::string& out) {
  std::string told;
  if (tells_schema(request, capabilities)) told.append(kToldSchema).append(request.schema->json());
  std::size_t tell_at = 0;
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    if (request.messages[i].role != Role::assistant) tell_at = i;
  }
  MessageWriter writer(out, capabilities.system_role);
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    const Message& message = request.messages[i];
    writer.add(message.role, message.content, i == tell_at ? std::string_view(told) : std::string_view());
  }
  writer.finish();
}

void append_response_format(const ChatRequest& request, const Capabilities& capabilities, std::string& out) {
  if (request.schema == nullptr) return;
  if (capabilities.structured_output == StructuredOutput::json_object)
    out += R"(,"response_format":{"type":"json_object"})";
  if (capabilities.structured_output != StructuredOutput::json_schema) return;
  out += R"(,"response_format":{"type":"json_schema","json_schema":{"name":)";
  append_json_string(out, request.schema->name());
  out.append(R"(,"strict":true,"schema":)").append(request.schema->json()).append("}}");
}

template <class Number>
void append_member(std::string& out, std::string_view key, Number number) {
  append_json_string(out.append(1, ','), key);
  append_json_number(out.append(1, ':'), number);
}

void append_sampling(const ChatRequest& request, const Capabilities& capabilities, std::string& out) {
  const auto finite = [](std::optional<double> number) { return number && std::isfinite(*number); };
  if (capabilities.temperature && finite(request.temperature))
    append_member(out, "temperature", *request.temperature);
  if (capabilities.top_p && finite(request.top_p)) append_member(out, "top_p", *request.top_p);
  if (capabilities.seed && request.seed) append_member(out, "seed", *request.seed);
  if (request.max_tokens) {
    const bool old_name = capabilities.max_tokens == MaxTokens::max_tokens;
    append_member(out, old_name ? "max_tokens" : "max_completion_tokens", std::int64_t{*request.max_tokens});
  }
  if (capabilities.stop && !request.stop.empty()) {
    char before = '[';
    out += ",\"stop\":";
    for (const std::string& stop : request.stop) {
      append_json_string(out.append(1, before), stop);
      before = ',';
    }
    out += ']';
  }
}

bool is_own_member(std::string_view key) {
  for (const std::string_view own :
       {"model", "messages", "response_format", "temperature", "top_p", "seed", "max_tokens",
        "max_completion_tokens", "stop", "stream", "stream_options"}) {
    if (key == own) return true;
  }
  return false;
}

void append_extra(const Json& extra, std::string& out) {
  if (!extra.is_object()) return;
  for (const auto& [key, value] : extra.items()) {
    if (is_own_member(key)) continue;
    append_json_string(out.append(1, ','), key);
    out.append(1, ':').append(value.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
}

}  // namespace

void encode_chat(const ChatRequest& request, const Capabilities& capabilities, std::string& out) {
  append_json_string(out.append("{\"model\":"), request.model);
  out += ",\"messages\":[";
  append_messages(request, capabilities, out);
  out += ']';
  append_response_format(request, capabilities, out);
  append_sampling(request, capabilities, out);
  if (request.stream) {
    out += ",\"stream\":true";
    if (capabilities.stream_options) out += R"(,"stream_options":{"include_usage":true})";
  }
  append_extra(request.extra, out);
  out += '}';
}

std::vector<std::string_view> left_out(const ChatRequest& request, const Capabilities& capabilities) {
  std::vector<std::string_view> names;
  const auto check = [&](bool wanted, bool supported, std::string_view name) {
    if (wanted && !supported) names.push_back(name);
  };
  check(tells_schema(request, capabilities), false, "json_schema");
  check(request.temperature.has_value(), capabilities.temperature, "temperature");
  check(request.top_p.has_value(), capabilities.top_p, "top_p");
  check(request.seed.has_value(), capabilities.seed, "seed");
  check(!request.stop.empty(), capabilities.stop, "stop");
  check(request.stream, capabilities.stream_options, "stream_options");
  return names;
}

}  // namespace throng::llm

#include "llm/wire/messages.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace throng::llm {
namespace {

/// In the order of FinishReason.
constexpr std::array<std::string_view, 6> kFinishes{"none",           "stop",       "length",
                                                    "content_filter", "tool_calls", "other"};
constexpr std::array<std::string_view, 3> kRoles{"system", "user", "assistant"};

[[noreturn]] void fail(std::string_view what) {
  throw Failure(ErrorKind::data, fmt::format("not a logical request: {}", what));
}

Json settings_of(const ChatRequest& request) {
  Json settings{{"model", request.model}};
  if (request.schema != nullptr) settings["schema"] = request.schema->name();
  if (request.temperature) settings["temperature"] = *request.temperature + 0.0;  // -0 is 0
  if (request.top_p) settings["top_p"] = *request.top_p + 0.0;
  if (request.seed) settings["seed"] = *request.seed;
  if (request.max_tokens) settings["max_tokens"] = *request.max_tokens;
  if (!request.stop.empty()) settings["stop"] = request.stop;
  if (!request.extra.empty()) {
    settings["extra"] = Json::parse(nlohmann::json(request.extra).dump());  // nlohmann::json sorts keys
  }
  return settings;
}

template <class T>
void read(const Json& settings, const char* key, std::optional<T>& into) {
  if (settings.contains(key)) into = settings[key].get<T>();
}

Message read_message(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (text.substr(0, end) != kRoles[i] || end == text.size()) continue;
    return {.role = static_cast<Role>(i), .content = std::string(text.substr(end + 1))};
  }
  fail("a message without a role");
}

}  // namespace

std::vector<std::string> logical_parts(const ChatRequest& request) {
  std::vector<std::string> parts;
  parts.reserve(request.messages.size() + 2);
  parts.push_back(settings_of(request).dump(-1, ' ', false, Json::error_handler_t::replace));
  parts.push_back(request.schema == nullptr ? "" : request.schema->json());
  for (const Message& message : request.messages) {
    parts.push_back(fmt::format("{}\n{}", kRoles[static_cast<std::size_t>(message.role)], message.content));
  }
  return parts;
}

ChatRequest LogicalRequestReader::read(std::span<const std::string> parts) try {
  if (parts.size() < 2) fail("it has no settings and no schema");
  const Json settings = Json::parse(parts[0]);
  ChatRequest request;
  request.model = settings.at("model").get<std::string>();
  llm::read(settings, "temperature", request.temperature);
  llm::read(settings, "top_p", request.top_p);
  llm::read(settings, "seed", request.seed);
  llm::read(settings, "max_tokens", request.max_tokens);
  if (settings.contains("stop")) request.stop = settings["stop"].get<std::vector<std::string>>();
  if (settings.contains("extra")) request.extra = settings["extra"];
  if (settings.contains("schema")) {
    const auto name = settings["schema"].get<std::string>();
    auto& schema = schemas_[name + '\n' + parts[1]];
    if (schema == nullptr) schema = OutputSchema::compile(name, Json::parse(parts[1])).value();
    request.schema = schema;
  }
  for (const std::string& part : parts.subspan(2)) request.messages.push_back(read_message(part));
  return request;
} catch (const Json::exception& error) {
  fail(error.what());
}

std::string completion_text(const Completion& completion) {
  Json json{{"text", completion.text}, {"finish", kFinishes[static_cast<std::size_t>(completion.finish)]}};
  const auto set = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  set("reasoning", completion.reasoning);
  set("tool_call", completion.tool_call);
  set("refusal", completion.refusal);
  set("model", completion.model);
  set("id", completion.id);
  set("system_fingerprint", completion.system_fingerprint);
  const Usage& usage = completion.usage;
  if (usage.source != UsageSource::missing) {
    json["usage"] = {{"prompt", usage.prompt},
                     {"cached", usage.cached},
                     {"completion", usage.completion},
                     {"reasoning", usage.reasoning},
                     {"estimated", usage.source == UsageSource::estimated}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Completion completion_from(std::string_view text) try {
  const Json json = Json::parse(text);
  Completion completion{.text = json.at("text").get<std::string>(),
                        .reasoning = json.value("reasoning", ""),
                        .tool_call = json.value("tool_call", ""),
                        .refusal = json.value("refusal", ""),
                        .model = json.value("model", ""),
                        .id = json.value("id", ""),
                        .system_fingerprint = json.value("system_fingerprint", "")};
  const auto finish = std::ranges::find(kFinishes, json.at("finish").get<std::string>());
  if (finish == kFinishes.end()) throw Failure(ErrorKind::data, "not a completion: its finish is unknown");
  completion.finish = static_cast<FinishReason>(finish - kFinishes.begin());
  if (json.contains("usage")) {
    const Json& usage = json["usage"];
    completion.usage = {
        .source = usage.at("estimated").get<bool>() ? UsageSource::estimated : UsageSource::server,
        .prompt = usage.at("prompt").get<std::int64_t>(),
        .cached = usage.at("cached").get<std::int64_t>(),
        .completion = usage.at("completion").get<std::int64_t>(),
        .reasoning = usage.at("reasoning").get<std::int64_t>()};
  }
  return completion;
} catch (const Json::exception& error) {
  throw Failure(ErrorKind::data, fmt::format("not a completion: {}", error.what()));
}

}  // namespace throng::llm

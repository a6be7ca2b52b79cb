#include "llm/models_list.h"

#include <utility>

#include "llm/api_error_json.h"
#include "llm/json_text.h"
#include "llm/reply_json.h"
#include "llm/unreadable_body.h"

namespace throng::llm {
namespace {

namespace json = boost::json;

/// vLLM's name for it, OpenRouter's, and llama.cpp's.
std::optional<std::int64_t> context_length(const json::object& entry) {
  if (const auto length = count_at(entry, "max_model_len")) return length;
  if (const auto length = count_at(entry, "context_length")) return length;
  const json::object* meta = object_at(entry, "meta");
  return meta == nullptr ? std::nullopt : count_at(*meta, "n_ctx_train");
}

std::string name_at(const json::object& entry, std::string_view key, const Secrets& secrets) {
  std::string name = valid_utf8(std::string(text_at(entry, key)));
  redact_data(name, secrets);
  return name;
}

}  // namespace

Decoded<std::vector<ModelInfo>> decode_models(std::string_view body, const Secrets& secrets) {
  const ReplyJson reply(body);
  const json::object* object = reply.object();
  if (object == nullptr) return unreadable_body(body, "data", secrets);
  if (std::optional<ApiError> error = error_in(*object, secrets)) return std::move(*error);
  const json::array* data = array_at(*object, "data");
  if (data == nullptr) return unreadable_body(body, "data", secrets);

  std::vector<ModelInfo> models;
  for (const json::value& each : *data) {
    const json::object* entry = each.if_object();
    if (entry == nullptr || text_at(*entry, "id").empty()) continue;
    models.push_back({.id = name_at(*entry, "id", secrets),
                      .owned_by = name_at(*entry, "owned_by", secrets),
                      .context_length = context_length(*entry)});
  }
  return models;
}

}  // namespace throng::llm

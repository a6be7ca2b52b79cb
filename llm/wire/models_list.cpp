#include "llm/wire/models_list.h"

#include <utility>

#include "engine/base/text.h"
#include "llm/wire/api_error.h"
#include "llm/wire/json_view.h"

namespace throng::llm {
namespace {

/// vLLM's name for it, OpenRouter's, and llama.cpp's.
std::optional<std::int64_t> context_length(JsonView entry) {
  for (const JsonView each :
       {entry["max_model_len"], entry["context_length"], entry["meta"]["n_ctx_train"]}) {
    if (const auto length = each.count()) return length;
  }
  return std::nullopt;
}

std::string name_at(JsonView entry, std::string_view key, const Secrets& secrets) {
  std::string name = to_valid_utf8(entry[key].text());
  redact_data(name, secrets);
  return name;
}

}  // namespace

Decoded<std::vector<ModelInfo>> decode_models(std::string_view body, const Secrets& secrets) {
  const JsonDocument reply(body);
  if (std::optional<ApiError> error = error_in(reply.object(), secrets)) return std::move(*error);
  const JsonView data = reply.object()["data"];
  if (!data.is_array()) return unreadable_body(body, "data", secrets);

  std::vector<ModelInfo> models;
  for (const JsonView entry : data.items()) {
    if (entry["id"].text().empty()) continue;
    models.push_back({.id = name_at(entry, "id", secrets),
                      .owned_by = name_at(entry, "owned_by", secrets),
                      .context_length = context_length(entry)});
  }
  return models;
}

}  // namespace throng::llm

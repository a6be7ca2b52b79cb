#include "llm/output_reading.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "llm/loose_json.h"

namespace throng::llm {
namespace {

/// So many bytes are looked at, all tries together: a text of nothing but brackets would take the square of its length.
constexpr std::size_t kMostWork = std::size_t{4} << 20U;

std::optional<Json> fitting(std::string_view text, const OutputSchema& schema) {
  auto checked = schema.check(text);
  if (Json* value = std::get_if<Json>(&checked)) return std::move(*value);
  return std::nullopt;
}

/// The value within a string, or within an object or a list that has no other member.
std::optional<Json> inner(const Json& outer, const OutputSchema& schema) {
  if (outer.is_string()) return fitting(outer.get_ref<const std::string&>(), schema);
  if (!outer.is_structured() || outer.size() != 1) return std::nullopt;
  const Json& only = outer.front();
  return only.is_string() ? fitting(only.get_ref<const std::string&>(), schema)
                          : fitting(only.dump(-1, ' ', false, Json::error_handler_t::replace), schema);
}

struct Found {
  Json value;
  std::string_view taken_from;  ///< "" if nothing was done to it
};

/// What a piece of text that looks like JSON holds, if it fits.
std::optional<Found> read_piece(std::string_view piece, const OutputSchema& schema) {
  if (auto value = fitting(piece, schema)) return Found{std::move(*value), ""};
  const Json plain = Json::parse(piece, nullptr, false);
  if (!plain.is_discarded()) {
    if (auto value = inner(plain, schema)) return Found{std::move(*value), "JSON around it"};
    return std::nullopt;
  }
  if (auto value = fitting(mended_json(piece), schema)) return Found{std::move(*value), "loose JSON"};
  return std::nullopt;
}

/// The name of what is around a value: fences by their marks, special tokens and tags if there are no words beside them.
std::string_view name_of_surroundings(std::string_view before, std::string_view after) {
  const auto has = [&](std::string_view mark) {
    return before.find(mark) != std::string_view::npos || after.find(mark) != std::string_view::npos;
  };
  if (has("```") || has("~~~")) return "code fence";
  const auto only_tags = [](std::string_view text) {
    bool in_tag = false;
    for (const char c : trimmed(text)) {
      if (c == '<') in_tag = true;
      if (!in_tag) return false;
      if (c == '>') in_tag = false;
    }
    return !in_tag;
  };
  return only_tags(before) && only_tags(after) ? "special tokens" : "text around it";
}

/// The one value in `text` that fits, if all that fit are the same.
std::optional<Found> find_output(std::string_view text, const OutputSchema& schema) {
  std::optional<Found> found;
  std::size_t first = 0;
  std::size_t end_of_last = 0;
  int times = 0;
  std::size_t work = 0;
  for (std::size_t at = text.find_first_of("{["); at != std::string_view::npos && work < kMostWork;) {
    const std::size_t end = extent_of_json(text, at).end;
    work += std::min(end, text.size()) - at;
    auto piece = end == std::string_view::npos ? std::nullopt : read_piece(text.substr(at, end - at), schema);
    if (!piece) {
      at = text.find_first_of("{[", at + 1);
      continue;
    }
    if (found && !(found->value == piece->value)) return std::nullopt;
    if (!found) {
      found = std::move(piece);
      first = at;
    }
    ++times;
    end_of_last = end;
    at = text.find_first_of("{[", end);
  }
  if (!found || !found->taken_from.empty()) return found;
  found->taken_from = times > 1 ? "said several times"
                                : name_of_surroundings(text.substr(0, first), text.substr(end_of_last));
  return found;
}

std::optional<Found> find_anywhere(const Completion& completion, const OutputMismatch& mismatch,
                                   const OutputSchema& schema) {
  if (mismatch.kind == OutputMismatch::Kind::schema) {
    auto found = read_piece(trimmed(completion.text), schema);  // JSON in a text has its quotes escaped
    if (!found) found = find_output(completion.text, schema);
    if (found) found->taken_from = "JSON around it";
    return found;
  }
  if (mismatch.kind != OutputMismatch::Kind::empty) return find_output(completion.text, schema);
  for (const auto& [text, name] :
       {std::pair<const std::string&, std::string_view>{completion.tool_call, "tool call"},
        {completion.reasoning, "reasoning"}}) {
    if (auto found = find_output(text, schema)) return Found{std::move(found->value), name};
  }
  return std::nullopt;
}

}  // namespace

std::variant<Output, OutputMismatch> read_output(const Completion& completion, const OutputSchema& schema) {
  auto checked = schema.check(completion.text);
  if (Json* value = std::get_if<Json>(&checked)) return Output{std::move(*value), ""};
  auto& mismatch = std::get<OutputMismatch>(checked);
  if (auto found = find_anywhere(completion, mismatch, schema))
    return Output{std::move(found->value), found->taken_from};
  return std::move(mismatch);
}

}  // namespace throng::llm

#include "recsys/data/text_ids.h"

namespace throng {

std::optional<std::uint32_t> TextIds::find(std::string_view text) const {
  const auto found = ids_.find(text);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t TextIds::add(std::string_view text) {
  if (const auto known = find(text)) return *known;
  const auto id = static_cast<std::uint32_t>(texts_.size());
  ids_.emplace(texts_.emplace_back(text), id);
  return id;
}

}  // namespace throng

#include "recsys/data/external_ids.h"

#include "recsys/data/text.h"

namespace throng {
namespace {

/// The number that `id` is the only spelling of.
std::optional<std::uint32_t> plain_number(std::string_view id) {
  if (id.starts_with('0') && id.size() > 1) return std::nullopt;
  return parse_number<std::uint32_t>(id);
}

}  // namespace

bool ExternalIds::add(std::string_view id) {
  if (find(id)) return false;
  const auto position = static_cast<std::uint32_t>(size());
  if (const auto number = plain_number(id)) {
    numbers_.add(*number, position);
  } else {
    texts_.emplace(id, position);
  }
  return true;
}

std::optional<std::uint32_t> ExternalIds::find(std::string_view id) const {
  if (const auto number = plain_number(id)) return numbers_.find(*number);
  const auto found = texts_.find(id);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

}  // namespace throng

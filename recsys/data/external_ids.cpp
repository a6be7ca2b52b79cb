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
  const std::size_t before = size();
  position_of(id);
  return size() > before;
}

std::optional<std::uint32_t> ExternalIds::find(std::string_view id) const {
  if (const auto number = plain_number(id)) return numbers_.find(*number);
  const auto found = texts_.find(id);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t ExternalIds::position_of(std::string_view id) {
  if (const auto known = find(id)) return *known;
  const auto position = static_cast<std::uint32_t>(size());
  const std::string& added = ids_.emplace_back(id);
  if (const auto number = plain_number(id)) {
    numbers_.add(*number, position);
  } else {
    texts_.emplace(added, position);
  }
  return position;
}

}  // namespace throng

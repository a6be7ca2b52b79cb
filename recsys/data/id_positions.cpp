#include "recsys/data/id_positions.h"

#include <algorithm>

namespace throng {

IdPositions::IdPositions(const std::vector<std::uint32_t>& ids) {
  for (const std::uint32_t id : ids) add(id, static_cast<std::uint32_t>(size_));
}

void IdPositions::add(std::uint32_t id, std::uint32_t position) {
  ++size_;
  if (id >= table_limit) {
    others_.emplace(id, position);
    return;
  }
  if (id >= table_.size()) {
    table_.resize(std::min<std::size_t>(table_limit, std::max<std::size_t>(id + 1, 2 * table_.size())),
                  absent);
  }
  table_[id] = position;
}

std::optional<std::uint32_t> IdPositions::find_other(std::uint32_t id) const {
  const auto found = others_.find(id);
  if (found == others_.end()) return std::nullopt;
  return found->second;
}

}  // namespace throng

#include "recsys/data/external_ids.h"

#include <algorithm>
#include <array>
#include <bit>

#include "engine/base/text.h"

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

namespace {

constexpr std::size_t kLongestShort = 15;

/// The number that `id` is the only spelling of.
std::optional<std::uint32_t> plain_number(std::string_view id) {
  if (id.starts_with('0') && id.size() > 1) return std::nullopt;
  return parse_number<std::uint32_t>(id);
}

template <class Map, class Key>
std::optional<std::uint32_t> find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

/// The bytes, zeros behind them, and the size.
ExternalIds::ShortText ExternalIds::short_text(std::string_view id) {
  std::array<char, kLongestShort + 1> bytes{};
  id.copy(bytes.data(), id.size());
  bytes.back() = static_cast<char>(id.size());
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(bytes);
  return {halves[0], halves[1]};
}

std::optional<std::uint32_t> ExternalIds::find(std::string_view id) const {
  if (const auto number = plain_number(id)) return numbers_.find(*number);
  return id.size() <= kLongestShort ? find_in(short_texts_, short_text(id)) : find_in(long_texts_, id);
}

std::uint32_t ExternalIds::append(std::string_view id) {
  const auto position = static_cast<std::uint32_t>(size());
  const std::string& added = ids_.emplace_back(id);
  if (const auto number = plain_number(id)) {
    numbers_.add(*number, position);
  } else if (id.size() <= kLongestShort) {
    short_texts_.emplace(short_text(id), position);
  } else {
    long_texts_.emplace(added, position);
  }
  return position;
}

bool ExternalIds::add(std::string_view id) {
  if (find(id)) return false;
  append(id);
  return true;
}

std::uint32_t ExternalIds::position_of(std::string_view id) {
  const auto known = find(id);
  return known ? *known : append(id);
}

}  // namespace throng

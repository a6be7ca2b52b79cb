#include "recsys/data/external_ids.h"

#include <array>
#include <bit>

#include "recsys/data/text.h"

namespace throng {
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

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/functional/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

namespace throng {

/// The numeric ids of a source and their positions in memory. Ids below 2^22, as good sources have, are
/// looked up in a table; others, which untrusted sources may have, in a hash map.
class IdPositions {
 public:
  IdPositions() = default;
  /// Every id's position in `ids`.
  explicit IdPositions(const std::vector<std::uint32_t>& ids);

  std::size_t size() const { return size_; }
  std::optional<std::uint32_t> find(std::uint32_t id) const {
    if (id >= table_.size()) return find_other(id);
    if (table_[id] == absent) return std::nullopt;
    return table_[id];
  }
  /// Adds an id that is not there yet.
  void add(std::uint32_t id, std::uint32_t position);

 private:
  static constexpr std::uint32_t absent = 0xFFFFFFFF;
  static constexpr std::uint32_t table_limit = 1U << 22U;

  std::optional<std::uint32_t> find_other(std::uint32_t id) const;

  std::size_t size_ = 0;
  std::vector<std::uint32_t> table_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> others_;
};

/// Ids of a source, which may be any text, and their positions in the order in which they were added. Those that are
/// plain decimal numbers, as most are, are looked up as numbers; short ones by a key that holds all of their bytes, which
/// costs a cache miss less than a key elsewhere.
class ExternalIds {
 public:
  ExternalIds() = default;
  ExternalIds(ExternalIds&&) = default;
  ExternalIds& operator=(ExternalIds&&) = default;

  std::size_t size() const { return ids_.size(); }
  const std::string& operator[](std::size_t position) const { return ids_[position]; }
  std::optional<std::uint32_t> find(std::string_view id) const;
  /// Adds an id that is not there, at position size(), which it returns.
  std::uint32_t append(std::string_view id);
  /// Adds an id at position size(); false if it is there already.
  bool add(std::string_view id);
  /// The id's position; it is added if it is not there.
  std::uint32_t position_of(std::string_view id);

 private:
  using ShortText = std::pair<std::uint64_t, std::uint64_t>;

  static ShortText short_text(std::string_view id);

  std::deque<std::string> ids_;  // they stay where they are
  IdPositions numbers_;
  boost::unordered_flat_map<ShortText, std::uint32_t, boost::hash<ShortText>> short_texts_;
  boost::unordered_flat_map<std::string_view, std::uint32_t, std::hash<std::string_view>> long_texts_;
};

}  // namespace throng

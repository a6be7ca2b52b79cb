#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

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

}  // namespace throng

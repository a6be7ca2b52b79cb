#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace throng {

/// Entries gathered by the row they belong to (a counting sort), so that rows can be summed in parallel and
/// each in the order of its entries. Keeps its buffers from one use to the next.
class RowGroups {
 public:
  explicit RowGroups(std::size_t rows) : positions_(rows, 0) {}

  /// Groups the entries 0 .. rows_of_entries.size()-1.
  void group(std::span<const std::uint32_t> rows_of_entries);

  /// The rows that have entries, in the order of their first one.
  std::span<const std::uint32_t> rows() const { return rows_; }
  /// The entries of rows()[n], ascending.
  std::span<const std::uint32_t> entries(std::size_t n) const {
    return {entries_.data() + offsets_[n], entries_.data() + offsets_[n + 1]};
  }

 private:
  std::vector<std::uint32_t> positions_;  ///< by row; all zero between calls
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint32_t> entries_;
};

}  // namespace throng

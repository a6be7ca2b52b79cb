#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recsys/data/interactions.h"

namespace throng {

/// A sparse 0/1 matrix in compressed rows: the columns of each row, ascending.
template <class Column>
class SparseRows {
 public:
  SparseRows() = default;
  /// rows + 1 offsets into `columns`, the first 0.
  SparseRows(std::vector<std::size_t> offsets, std::vector<Column> columns)
      : offsets_(std::move(offsets)), columns_(std::move(columns)) {}

  std::size_t rows() const { return offsets_.size() - 1; }
  std::span<const Column> row(std::size_t row) const {
    return {columns_.data() + offsets_[row], columns_.data() + offsets_[row + 1]};
  }
  std::span<const std::size_t> offsets() const { return offsets_; }
  /// All columns, row after row.
  std::span<const Column> columns() const { return columns_; }

 private:
  std::vector<std::size_t> offsets_{0};
  std::vector<Column> columns_;
};

inline SparseRows<ItemId> items_by_user(const Interactions& interactions) {
  if (interactions.num_users() == 0) return {};
  return {{interactions.offsets().begin(), interactions.offsets().end()},
          {interactions.items().begin(), interactions.items().end()}};
}

/// The transposed matrix, by a counting sort.
inline SparseRows<UserId> users_by_item(const Interactions& interactions) {
  std::vector<std::size_t> offsets(interactions.num_items() + 1, 0);
  for (const ItemId item : interactions.items()) ++offsets[index(item) + 1];
  for (std::size_t n = 1; n < offsets.size(); ++n) offsets[n] += offsets[n - 1];
  std::vector<UserId> users(interactions.size());
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  for (std::uint32_t user = 0; user < interactions.num_users(); ++user) {
    for (const ItemId item : interactions.items_of(UserId{user})) users[next[index(item)]++] = UserId{user};
  }
  return {std::move(offsets), std::move(users)};
}

/// Who has what, by user and by item.
struct BothWays {
  SparseRows<ItemId> by_user;
  SparseRows<UserId> by_item;
};

inline BothWays both_ways(const Interactions& interactions) {
  return {items_by_user(interactions), users_by_item(interactions)};
}

/// Sets counts[j] to the number of users who have both `item` and j, for every item j. Exact below 2^24 users.
inline void count_together(const BothWays& train, std::size_t item, std::span<float> counts) {
  std::ranges::fill(counts, 0.0F);
  for (const UserId user : train.by_item.row(item)) {
    for (const ItemId other : train.by_user.row(index(user))) counts[index(other)] += 1;
  }
}

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

inline void RowGroups::group(std::span<const std::uint32_t> rows_of_entries) {
  rows_.clear();
  for (const std::uint32_t row : rows_of_entries) {
    if (positions_[row]++ == 0) rows_.push_back(row);
  }
  offsets_.assign(1, 0);
  for (const std::uint32_t row : rows_) {
    const std::uint32_t start = offsets_.back();
    offsets_.push_back(start + positions_[row]);
    positions_[row] = start;
  }
  entries_.resize(rows_of_entries.size());
  for (std::uint32_t entry = 0; entry < rows_of_entries.size(); ++entry) {
    entries_[positions_[rows_of_entries[entry]]++] = entry;
  }
  for (const std::uint32_t row : rows_) positions_[row] = 0;
}

}  // namespace throng

#pragma once

#include <algorithm>
#include <cstddef>
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

}  // namespace throng

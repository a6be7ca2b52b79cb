#include "recsys/linalg/sparse_rows.h"

namespace throng {

void RowGroups::group(std::span<const std::uint32_t> rows_of_entries) {
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

#include "agents/minds/edit_distance.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace throng {

bool within_edits(std::string_view a, std::string_view b, std::size_t most) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > most) return false;
  // Rows of the table, only within `most` of its diagonal; what is outside counts as too far.
  const std::size_t far = most + 1;
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.assign(b.size() + 1, far);
  for (std::size_t j = 0; j <= std::min(b.size(), most); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    std::ranges::fill(row, far);
    if (i <= most) row[0] = i;
    for (std::size_t j = i > most ? i - most : 1; j <= std::min(b.size(), i + most); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1), far});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()] <= most;
}

}  // namespace throng

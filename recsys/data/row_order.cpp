#include "recsys/data/row_order.h"

#include <algorithm>

namespace throng {

std::vector<std::uint32_t> order_of_rows(std::span<const Interaction> rows, std::size_t users) {
  std::vector<std::size_t> next(users + 1, 0);  // where the user's next row goes
  for (const Interaction& row : rows) ++next[index(row.user) + 1];
  for (std::size_t user = 0; user < users; ++user) next[user + 1] += next[user];
  std::vector<std::uint64_t> keys(rows.size());  // item, then position
  for (std::size_t i = 0; i < rows.size(); ++i) {
    keys[next[index(rows[i].user)]++] = static_cast<std::uint64_t>(rows[i].item) << 32U | i;
  }
  std::size_t begin = 0;  // next[user] is now where the user's rows end
  for (std::size_t user = 0; user < users; begin = next[user++]) {
    std::sort(keys.begin() + static_cast<std::ptrdiff_t>(begin),
              keys.begin() + static_cast<std::ptrdiff_t>(next[user]));
  }
  std::vector<std::uint32_t> order(rows.size());
  std::transform(keys.begin(), keys.end(), order.begin(),
                 [](std::uint64_t key) { return static_cast<std::uint32_t>(key); });
  return order;
}

std::vector<std::uint32_t> repeated_rows(std::span<const Interaction> rows,
                                         std::span<const std::uint32_t> order) {
  std::vector<std::uint32_t> repeated;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Interaction& row = rows[order[i]];
    const Interaction& before = rows[order[i - 1]];
    if (row.user == before.user && row.item == before.item) repeated.push_back(order[i]);
  }
  std::sort(repeated.begin(), repeated.end());
  return repeated;
}

}  // namespace throng

#include "recsys/data/adjacency_lists.h"

#include <fmt/format.h>

#include "recsys/data/row_order.h"
#include "recsys/data/text.h"

namespace throng {

void AdjacencyLists::read(const std::string& name, SplitPart part) {
  const SourceFile& file = source_.open(name);
  const std::size_t before = rows_.size();
  for_each_line(source_, file, [&](std::string_view line, bool /*first*/) { return read_line(line, part); });
  if (rows_.size() == before) fail_file(file, "has no interactions");
}

void AdjacencyLists::move_to(Dataset& dataset) && {
  for (const std::uint32_t position : order_of_rows(rows_, dataset.users.size())) {
    dataset.given_split.push_back(parts_[position]);
  }
  dataset.interactions = Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(rows_), {});
}

std::string AdjacencyLists::read_line(std::string_view line, SplitPart part) {
  std::vector<Interaction> rows;
  std::optional<UserId> user;
  while (!line.empty()) {
    const std::string_view field = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), field.size() + 1));
    if (field.empty()) continue;
    const auto number = parse_number<std::uint32_t>(field);
    if (!number) return fmt::format("{} is not a number", excerpt(field));
    const Numbering& numbering = user ? items_ : users_;
    const auto position = numbering.find(*number);
    if (!position) return fmt::format("there is no {} {}", numbering.noun, *number);
    if (user) {
      rows.push_back({.user = *user, .item = ItemId(*position)});
    } else {
      user = UserId(*position);
    }
  }
  if (std::string reason = add_pairs(rows); !reason.empty()) return reason;
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  parts_.insert(parts_.end(), rows.size(), part);
  return {};
}

/// Nothing is added if a pair is there already.
std::string AdjacencyLists::add_pairs(const std::vector<Interaction>& rows) {
  const auto key = [](const Interaction& row) {
    return static_cast<std::uint64_t>(row.user) << 32U | static_cast<std::uint64_t>(row.item);
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (pairs_.insert(key(rows[i])).second) continue;
    for (std::size_t added = 0; added < i; ++added) pairs_.erase(key(rows[added]));
    return fmt::format("item number {} of the line is there before, in this file or another", i + 1);
  }
  return {};
}

}  // namespace throng

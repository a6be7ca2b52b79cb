#include "recsys/import/adjacency_lists.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/sort/pdqsort/pdqsort.hpp>
#include <fmt/format.h>

#include "engine/base/text.h"

namespace throng {
namespace {

/// A user with more lines has a set of items, not to compare every line with every other.
constexpr std::size_t kComparedLines = 8;

/// Do two ascending ranges have an element in common?
bool have_common(std::span<const ItemId> a, std::span<const ItemId> b) {
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x == *y) return true;
    *x < *y ? static_cast<void>(++x) : static_cast<void>(++y);
  }
  return false;
}

}  // namespace

void AdjacencyLists::read(const SourceFile& file, SplitPart part) {
  const std::size_t before = items_.size();
  for_each_line(source_, file, [&](std::string_view line, bool /*first*/) { return read_line(line, part); });
  if (items_.size() == before) fail_file(file, "has no interactions");
}

template <class Visit>
void AdjacencyLists::for_each_line_of(std::uint32_t user, Visit visit) const {
  std::uint32_t next = user < last_line_.size() ? last_line_[user] : 0;
  while (next > 0) {
    visit(lines_[next - 1]);
    next = lines_[next - 1].previous;
  }
}

void AdjacencyLists::move_to(Dataset& dataset) && {
  std::vector<std::size_t> offsets{0};
  std::vector<ItemId> items;
  items.reserve(items_.size());
  dataset.given_split.reserve(items_.size());
  std::vector<std::pair<ItemId, SplitPart>> own;
  for (std::uint32_t user = 0; user < dataset.users.size(); ++user) {
    own.clear();
    for_each_line_of(user, [&](const Line& line) {
      for (const ItemId item : items_of(line)) own.emplace_back(item, line.part);
    });
    if (!std::is_sorted(own.begin(), own.end())) std::sort(own.begin(), own.end());
    for (const auto& [item, part] : own) {
      items.push_back(item);
      dataset.given_split.push_back(part);
    }
    offsets.push_back(items.size());
  }
  dataset.interactions = Interactions(dataset.catalogue.size(), std::move(offsets), std::move(items));
}

/// Nothing is added if there is anything wrong.
std::string AdjacencyLists::read_line(std::string_view line, SplitPart part) {
  const std::size_t begin = items_.size();
  std::optional<std::uint32_t> user;
  std::string reason = parse(line, user);
  if (reason.empty() && items_.size() > begin && !add_line(*user, begin, part)) {
    items_.resize(begin);
    parse(line, user = std::nullopt);  // the items as they are written again, not in order
    reason = repeated_item(*user, std::span(items_).subspan(begin));
  }
  if (!reason.empty()) items_.resize(begin);
  return reason;
}

/// Appends the line's items to items_.
std::string AdjacencyLists::parse(std::string_view line, std::optional<std::uint32_t>& user) {
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at != end) {
    if (*at == ' ' || *at == '\t') {
      ++at;
      continue;
    }
    std::uint32_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error != std::errc() || (after != end && *after != ' ' && *after != '\t')) {
      return fmt::format("{} is not a number", excerpt(std::string_view(at, std::find(at, end, ' '))));
    }
    at = after;
    const Numbering& numbering = user ? items_numbering_ : users_;
    const auto position = numbering.position_of(number);
    if (!position) return fmt::format("there is no {} {}", numbering.noun, number);
    if (user) {
      items_.push_back(ItemId(*position));
    } else {
      user = position;
    }
  }
  return {};
}

/// Makes a line of the items from `begin` on, which it puts in order; false if one of them is there before.
bool AdjacencyLists::add_line(std::uint32_t user, std::size_t begin, SplitPart part) {
  const auto from = items_.begin() + static_cast<std::ptrdiff_t>(begin);
  if (!std::is_sorted(from, items_.end())) boost::sort::pdqsort_branchless(from, items_.end());
  if (!is_new(user, begin)) return false;
  if (user >= last_line_.size()) last_line_.resize(user + 1, 0);
  lines_.push_back({.begin = begin,
                    .size = static_cast<std::uint32_t>(items_.size() - begin),
                    .part = part,
                    .previous = last_line_[user]});
  last_line_[user] = static_cast<std::uint32_t>(lines_.size());
  return true;
}

/// Are the items from `begin` on, which ascend, different, and different from those of the user's other lines?
bool AdjacencyLists::is_new(std::uint32_t user, std::size_t begin) {
  const std::span<const ItemId> line(items_.data() + begin, items_.size() - begin);
  if (std::adjacent_find(line.begin(), line.end()) != line.end()) return false;
  if (const auto set = sets_.find(user); set != sets_.end()) {
    const auto is_known = [&](ItemId item) { return set->second.contains(static_cast<std::uint32_t>(item)); };
    if (std::any_of(line.begin(), line.end(), is_known)) return false;
    for (const ItemId item : line) set->second.insert(static_cast<std::uint32_t>(item));
    return true;
  }
  std::size_t lines = 0;
  bool is_repeated = false;
  for_each_line_of(user, [&](const Line& other) {
    ++lines;
    is_repeated = is_repeated || have_common(items_of(other), line);
  });
  if (!is_repeated && lines >= kComparedLines) {
    ItemSet& set = sets_[user];
    for_each_line_of(user, [&](const Line& other) {
      for (const ItemId item : items_of(other)) set.insert(static_cast<std::uint32_t>(item));
    });
    for (const ItemId item : line) set.insert(static_cast<std::uint32_t>(item));
  }
  return !is_repeated;
}

std::string AdjacencyLists::repeated_item(std::uint32_t user, std::span<const ItemId> as_written) const {
  ItemSet known;
  for_each_line_of(user, [&](const Line& other) {
    for (const ItemId item : items_of(other)) known.insert(static_cast<std::uint32_t>(item));
  });
  std::size_t n = 0;
  while (known.insert(static_cast<std::uint32_t>(as_written[n])).second) ++n;
  return fmt::format("item number {} of the line is there before, in this file or another", n + 1);
}

}  // namespace throng

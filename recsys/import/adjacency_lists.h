#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "recsys/data/dataset.h"
#include "recsys/data/external_ids.h"
#include "recsys/import/import_source.h"

namespace throng {

/// How the numbers of a file become positions.
struct Numbering {
  const char* noun;              ///< "user" or "item"
  const IdPositions& positions;  ///< outlives the reading
  /// The position of a number that is not in `positions` so far; none: there is no such user or item. Null: there never is.
  std::function<std::optional<std::uint32_t>(std::uint32_t number)> add{};

  std::optional<std::uint32_t> position_of(std::uint32_t number) const {
    const auto known = positions.find(number);
    return known || !add ? known : add(number);
  }
};

/// Files with a line per user: the user's number, then the numbers of the items, separated by blanks or tabs.
class AdjacencyLists {
 public:
  /// `source` must outlive this object.
  AdjacencyLists(ImportSource& source, Numbering users, Numbering items)
      : source_(source), users_(std::move(users)), items_numbering_(std::move(items)) {}

  /// Reads the lines of one file as interactions of `part`. A line with anything wrong is malformed as a whole:
  /// an unknown number, or a pair that is there before. Throws Failure(data) if the file has no interactions.
  void read(const SourceFile& file, SplitPart part);

  /// Sets interactions and split, once all users and items are in `dataset`.
  void move_to(Dataset& dataset) &&;

 private:
  /// A line's items are in items_, ascending.
  struct Line {
    std::size_t begin = 0;
    std::uint32_t size = 0;
    SplitPart part{};
    std::uint32_t previous = 0;  ///< the user's line before, its position + 1; 0: none
  };
  using ItemSet = boost::unordered_flat_set<std::uint32_t>;

  std::string read_line(std::string_view line, SplitPart part);
  std::string parse(std::string_view line, std::optional<std::uint32_t>& user);
  bool add_line(std::uint32_t user, std::size_t begin, SplitPart part);
  bool is_new(std::uint32_t user, std::size_t begin);
  std::string repeated_item(std::uint32_t user, std::span<const ItemId> as_written) const;
  std::span<const ItemId> items_of(const Line& line) const { return {items_.data() + line.begin, line.size}; }
  /// Calls `visit(line)` for the user's lines, last first.
  template <class Visit>
  void for_each_line_of(std::uint32_t user, Visit visit) const;

  ImportSource& source_;
  Numbering users_;
  Numbering items_numbering_;
  std::vector<ItemId> items_;
  std::vector<Line> lines_;
  std::vector<std::uint32_t> last_line_;             ///< by user, as Line::previous
  std::unordered_map<std::uint32_t, ItemSet> sets_;  ///< the items of users with many lines
};

}  // namespace throng

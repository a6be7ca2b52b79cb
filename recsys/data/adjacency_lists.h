#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/import_source.h"

namespace throng {

/// How the numbers of a file become positions.
struct Numbering {
  const char* noun;  ///< "user" or "item"
  std::function<std::optional<std::uint32_t>(std::uint32_t id)>
      find;  ///< none: there is no such user or item
};

/// Files with a line per user: the user's number, then the numbers of the items, separated by blanks.
class AdjacencyLists {
 public:
  /// `source` must outlive this object.
  AdjacencyLists(ImportSource& source, Numbering users, Numbering items)
      : source_(source), users_(std::move(users)), items_(std::move(items)) {}

  /// Reads the lines of one file as interactions of `part`. A line with anything wrong is malformed as a whole:
  /// an unknown number, or a pair that is there before. Throws Failure(data) if the file is missing or has no
  /// interactions.
  void read(const std::string& name, SplitPart part);

  /// Sets interactions and split, once all users and items are in `dataset`.
  void move_to(Dataset& dataset) &&;

 private:
  std::string read_line(std::string_view line, SplitPart part);
  std::string add_pairs(const std::vector<Interaction>& rows);

  ImportSource& source_;
  Numbering users_;
  Numbering items_;
  std::unordered_set<std::uint64_t> pairs_;
  std::vector<Interaction> rows_;
  std::vector<SplitPart> parts_;  ///< parallel to rows_
};

}  // namespace throng

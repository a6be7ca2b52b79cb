#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "recsys/data/interactions.h"
#include "recsys/import/import_source.h"

namespace throng {

/// How a file of ratings is written: a rating a line.
struct RatingFormat {
  std::string_view delimiter;
  /// The first line names the columns, in any order and among others (see rating_columns_in), and fields may be quoted. Else
  /// they are user, item, rating and time, and a first line without numbers is passed over.
  bool has_header = false;
};

struct Ratings {
  std::vector<std::uint32_t> user_ids;  ///< ascending; a user's UserId is the position here
  Interactions interactions;            ///< with ratings and, if the file has them, times
};

/// Reads a file of ratings. Users and items are whole numbers, times as parse_time reads them. `item_ids` are all items there are, ascending. `user_ids` likewise
/// for the users; without them the users are those in the file. Malformed lines are skipped in file order,
/// then repeated ratings of a (user, item). Throws Failure(data) if no rating is left.
Ratings read_ratings(ImportSource& source, const SourceFile& file, const RatingFormat& format,
                     const std::vector<std::uint32_t>& item_ids,
                     const std::optional<std::vector<std::uint32_t>>& user_ids);

}  // namespace throng

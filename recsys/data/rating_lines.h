#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "recsys/data/import_source.h"
#include "recsys/data/interactions.h"

namespace throng {

/// How a file of ratings is written: a line "user, item, rating, time" per rating, all of them numbers.
struct RatingFormat {
  std::string_view delimiter;
  std::string_view
      header{};  ///< the required first line; if empty, a first line without numbers is passed over
};

struct Ratings {
  std::vector<std::uint32_t> user_ids;  ///< ascending; a user's UserId is the position here
  Interactions interactions;            ///< with ratings and times
};

/// Reads a file of ratings at full speed. `item_ids` are all items there are, ascending. `user_ids` likewise
/// for the users; without them the users are those in the file. Malformed lines are skipped in file order,
/// then repeated ratings of a (user, item). Throws Failure(data) if no rating is left.
Ratings read_ratings(ImportSource& source, const SourceFile& file, const RatingFormat& format,
                     const std::vector<std::uint32_t>& item_ids,
                     const std::optional<std::vector<std::uint32_t>>& user_ids);

}  // namespace throng

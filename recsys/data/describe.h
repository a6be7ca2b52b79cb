#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// How many users, or items, have `least` to `most` interactions.
struct CountBucket {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  std::size_t members = 0;

  bool operator==(const CountBucket&) const = default;
};

/// The interactions per user, or per item.
struct CountSpread {
  std::uint32_t least = 0;
  double median = 0;
  double mean = 0;
  std::uint32_t greatest = 0;
  std::vector<CountBucket> histogram;  ///< 0, 1, 2 to 3, 4 to 7, 8 to 15, ... up to the greatest count
};

/// What `throng data describe` prints.
struct DatasetDescription {
  std::size_t users = 0;
  std::size_t items = 0;
  std::size_t interactions = 0;
  double density = 0;                             ///< interactions / (users x items)
  std::array<std::size_t, 5> rating_histogram{};  ///< ratings rounded to 1 .. 5; zeros without ratings
  CountSpread per_user;
  CountSpread per_item;
  double popularity_gini = 0;        ///< of the items' interaction counts, items without any included
  std::vector<ItemId> most_popular;  ///< by interactions, ties by id; at most 10
  std::vector<std::string> missing;  ///< what is absent and what stands in, a sentence each
};

DatasetDescription describe(const Dataset& dataset);

/// All zero, without a histogram, if there are no counts.
CountSpread spread_of(std::vector<std::uint32_t> counts);

}  // namespace throng

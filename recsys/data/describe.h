#pragma once

#include <array>
#include <string>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// What `throng data describe` prints.
struct DatasetDescription {
  std::size_t users = 0;
  std::size_t items = 0;
  std::size_t interactions = 0;
  double density = 0;                             ///< interactions / (users x items)
  std::array<std::size_t, 5> rating_histogram{};  ///< ratings rounded to 1 .. 5; zeros without ratings
  double popularity_gini = 0;        ///< of the items' interaction counts, items without any included
  std::vector<ItemId> most_popular;  ///< by interactions, ties by id; at most 10
  std::vector<std::string> missing;  ///< what is absent and what stands in, a sentence each
};

DatasetDescription describe(const Dataset& dataset);

/// The Gini coefficient of non-negative values: 0 when all are equal, near 1 when one has everything; 0 if
/// the sum is 0. Formula: sum over ascending values x_i (i from 1) of (2i - n - 1) x_i / (n * sum).
double gini(std::vector<double> values);

}  // namespace throng

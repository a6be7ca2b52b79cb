#pragma once

#include <cstddef>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// The interactions with a rating of at least `least`; all users and items stay. Throws Failure(usage) if the dataset has
/// no ratings.
Dataset with_min_rating(const Dataset& dataset, double least);

/// Some of the users and items, by number.
struct Members {
  std::vector<bool> users;
  std::vector<bool> items;
};
/// Those in the k-core.
Members core_members(const Interactions& interactions, std::size_t k);

/// The part of the dataset that has only these users and items, in their order, with the given split to match.
Dataset with_members(const Dataset& dataset, const Members& members);

/// The k-core: the largest part of the dataset in which every user and every item has at least `k` interactions. Users and
/// items outside it are left out. Their order and the given split stay.
Dataset k_core(const Dataset& dataset, std::size_t k);

}  // namespace throng

#pragma once

#include <filesystem>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// Reads a file of rankings, best first: for each user of the dataset, in its order, the items.
///
/// CSV, with a header: `user,item` in the ids of the dataset, the rows of a user best first wherever they stand. With a
/// column `rank` (ascending) or `score` (descending; equal ones by item, in the dataset's order) that decides instead.
///
/// NPY (a name that ends in .npy): a little-endian integer array users x k in C order, row n for the n-th user of the
/// dataset's users.csv; its values are the places (from 0) of items in items.csv, and -1 after the last one.
///
/// Throws Failure(data) naming file, line or place, and what was expected: for unknown users and items, and an item
/// twice in one ranking.
std::vector<std::vector<ItemId>> read_rankings_file(const std::filesystem::path& file,
                                                    const Dataset& dataset);

}  // namespace throng

#pragma once

#include "recsys/data/dataset.h"
#include "recsys/data/import_source.h"

namespace throng {

/// Reads the adjacency lists in which the data of NGCF, KGAT and LightGCN are published: `train.txt` and
/// `test.txt`, optionally `valid.txt` (see AdjacencyLists), which become the given split; optionally
/// `item_list.txt` and `user_list.txt`, a header and then lines that begin with an external id and the number
/// that stands for it. With a list only its numbers are known; without one, users or items are all that occur,
/// in the order of their first occurrence, and their numbers are their external ids.
Dataset import_lightgcn(ImportSource& source);

}  // namespace throng

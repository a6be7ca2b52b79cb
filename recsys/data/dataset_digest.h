#pragma once

#include "engine/base/hash.h"
#include "recsys/data/dataset.h"

namespace throng {

/// The digest of all that can reach a result: items, users, interactions and the given split, in their order.
/// Not of the name, the provenance or the place on disk.
Hash128 dataset_digest(const Dataset& dataset);

}  // namespace throng

#pragma once

#include <string>

#include "recsys/data/dataset.h"

namespace throng {

/// The dataset a scenario's `dataset.path` names: "demo" is the demo world, "synthetic:2000x3700" a world of that many
/// users and items made on the fly, anything else a canonical dataset folder. Throws Failure(data) naming file, line
/// and reason, and Failure(usage) for a synthetic world of no size.
Dataset load_dataset(const std::string& path);

}  // namespace throng

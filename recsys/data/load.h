#pragma once

#include <string>

#include "recsys/data/dataset.h"

namespace throng {

/// The dataset a scenario's `dataset.path` names: "demo" is the demo world, anything else a canonical dataset
/// folder. Throws Failure(data) naming file, line and reason.
Dataset load_dataset(const std::string& path);

}  // namespace throng

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "recsys/models/recommender.h"

namespace throng {

/// Makes an unfitted recommender from {"kind": "mf", "factors": 64, ...}. Keys beside "kind" are the model's
/// options; what is not given has the default of its options struct. The Error (usage) names the offending
/// key as a JSON path below the object ("/factors"), its value and what was expected.
Result<std::unique_ptr<Recommender>> make_recommender(const Json& options);

/// The kinds there are, in the order of the help text.
std::vector<std::string> recommender_kinds();

}  // namespace throng

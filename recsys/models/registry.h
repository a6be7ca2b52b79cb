#pragma once

#include <functional>
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

/// The kinds there are, in the order of the help text; registered ones last.
std::vector<std::string> recommender_kinds();

/// Makes an unfitted recommender; see `make_recommender`.
using MakeRecommender = std::function<Result<std::unique_ptr<Recommender>>(const Json& options)>;

/// Adds a kind of one's own, from outside of this tree: from then on scenarios and commands know it. To be called
/// before anything else runs, from one thread. Throws Failure(usage) if there is such a kind already.
void register_recommender(const std::string& kind, MakeRecommender make);

}  // namespace throng

#pragma once

#include "scenarios/validation/asking.h"
#include "scenarios/validation/figures.h"

namespace throng {

/// Ratings: do agents rate what their users met later (test part) as these users did? The protocol stands in docs/validation.md.
/// Throws Failure(data) if the dataset has no ratings.
TaskResult validate_ratings(TrainingWorld& world, const Asking& asking);

}  // namespace throng

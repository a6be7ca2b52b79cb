#pragma once

#include "scenarios/validation/asking.h"
#include "scenarios/validation/figures.h"

namespace throng {

/// Traits: do groups of agents differ as the same groups of users do, and do they without the trait? The protocol stands in
/// docs/validation.md.
TaskResult validate_traits(const Scenario& scenario, TrainingWorld& world, const Asking& asking,
                           FitObserver& observer);

}  // namespace throng

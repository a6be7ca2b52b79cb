#pragma once

#include <string>
#include <vector>

#include "agents/pages/page_policy.h"
#include "scenarios/validation/asking.h"
#include "scenarios/validation/figures.h"

namespace throng {

/// The kinds of recommender that are fitted in this process.
std::vector<std::string> fitted_kinds();

/// Recommenders: do agents order recommenders as their held-out accuracy does? `kinds`: two at least, with their default options. The
/// protocol stands in docs/validation.md. Throws Failure(usage) for an unknown kind, or one that is not fitted.
TaskResult validate_recommenders(TrainingWorld& world, const std::vector<std::string>& kinds,
                                 const SessionOptions& session, const Asking& asking, FitObserver& observer);

}  // namespace throng

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agents/pages/page_policy.h"
#include "scenarios/validation/asking.h"
#include "scenarios/validation/figures.h"

namespace throng {

// The tasks beside taste discrimination (taste_task.h).

/// Ratings: do agents rate what their users met later (test part) as these users did? The protocol stands in docs/validation.md.
/// Throws Failure(data) if the dataset has no ratings.
TaskResult validate_ratings(TrainingWorld& world, const Asking& asking);

/// How often statistical minds answer so that their shares of yes are probabilities, and their sessions have hardly any noise of their own.
inline constexpr std::uint16_t kPlays = 20;

/// Recorded agents: do agents align with and view what recorded language models did as the same users, on the very pages shown to
/// them, and are their sessions alike? The protocol stands in docs/validation.md. `files`: as for `throng transcripts`. Throws Failure(data)
/// for what cannot be read.
TaskResult validate_transcripts(const Scenario& scenario, const Dataset& whole,
                                const std::vector<std::filesystem::path>& files, const Asking& asking,
                                FitObserver& observer);

/// Traits: do groups of agents differ as the same groups of users do, and do they without the trait? The protocol stands in
/// docs/validation.md.
TaskResult validate_traits(const Scenario& scenario, TrainingWorld& world, const Asking& asking,
                           FitObserver& observer);

/// The kinds of recommender that are fitted in this process.
std::vector<std::string> fitted_kinds();

/// Recommenders: do agents order recommenders as their held-out accuracy does? `kinds`: two at least, with their default options. The
/// protocol stands in docs/validation.md. Throws Failure(usage) for an unknown kind, or one that is not fitted.
TaskResult validate_recommenders(TrainingWorld& world, const std::vector<std::string>& kinds,
                                 const SessionOptions& session, const Asking& asking, FitObserver& observer);

}  // namespace throng

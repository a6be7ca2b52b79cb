#pragma once

#include <span>
#include <string>
#include <vector>

#include "agents/minds/affinity.h"
#include "scenarios/validation/taste_pages.h"

namespace throng {

/// For each page a number for each of its items; greater: rather yes.
using PageScores = std::vector<std::vector<double>>;

/// The number of the items' training interactions.
PageScores popularity_scores(const TrainingWorld& world, std::span<const TastePage> pages);

/// How much the agents are drawn to the items: with a ModelAffinity, a model's scores, standardised for each user.
PageScores affinity_scores(const Affinity& affinity, const TrainingWorld& world,
                           std::span<const TastePage> pages);

/// The threshold with the most right answers on these pages, an answer being yes above it: halfway between two neighbouring scores,
/// infinite if all answers are to be the same. Of equally good ones the greatest.
double best_threshold(std::span<const TastePage> pages, const PageScores& scores);

}  // namespace throng

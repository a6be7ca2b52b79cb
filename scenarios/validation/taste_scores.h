#pragma once

#include <span>
#include <string>
#include <vector>

#include "recsys/recommender/recommender.h"
#include "scenarios/validation/taste_pages.h"

namespace throng {

/// For each page a number for each of its items; greater: rather yes.
using PageScores = std::vector<std::vector<double>>;

/// The number of the items' training interactions.
PageScores popularity_scores(const TrainingWorld& world, std::span<const TastePage> pages);

/// A fitted model's scores, standardised for each user: over the items that are not in the user's training history they have mean
/// 0 and deviation 1 (a deviation of 0 leaves 0).
PageScores standardised_scores(const ScoringRecommender& model, const TrainingWorld& world,
                               std::span<const TastePage> pages);

/// The threshold with the most right answers on these pages, an answer being yes above it: halfway between two neighbouring scores,
/// infinite if all answers are to be the same. Of equally good ones the greatest.
double best_threshold(std::span<const TastePage> pages, const PageScores& scores);

}  // namespace throng

#pragma once

#include <vector>

#include "recsys/data/dataset.h"

namespace throng {

/// What the three traits are computed from, as Agent4Rec defines them; over all interactions of a user.
struct TraitValues {
  /// Number of interactions.
  double activity = 0;
  /// Mean squared deviation of the user's ratings from the items' mean ratings; 0 without ratings.
  double conformity = 0;
  /// Of the user's genres, most frequent first (each genre of each item counts once), how many keep the
  /// cumulative share at or below 0.8.
  double diversity = 0;
};

/// One entry per user.
std::vector<TraitValues> trait_values(const Dataset& dataset);

/// Where a trait is cut into groups: percentiles over all users, 0 to 100, the lower one first.
struct TraitCut {
  double lower = 0;
  double upper = 0;

  bool operator==(const TraitCut&) const = default;
};

/// The defaults are Agent4Rec's.
struct TraitCuts {
  TraitCut activity{.lower = 60, .upper = 90};
  TraitCut conformity{.lower = 25, .upper = 80};
  TraitCut diversity{.lower = 33, .upper = 66};

  bool operator==(const TraitCuts&) const = default;
};

/// Groups 1 to 3 by percentiles over all users, with strictly-less comparisons: 1 below the lower cut, 2 below the upper, else
/// 3. Conformity's group 1 deviates least (the follower), group 3 most (the maverick). A trait that the dataset cannot tell
/// (conformity without ratings, diversity without genres) is 2 for everyone. A user whose groups the dataset brings keeps them.
std::vector<TraitGroups> trait_groups(const Dataset& dataset, const TraitCuts& cuts = {});

}  // namespace throng

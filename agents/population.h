#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agents/taste.h"
#include "engine/sim/event.h"
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

/// Groups 1 to 3 by percentiles over all users, with strictly-less comparisons: 1 below the lower cut, 2
/// below the upper, else 3. Cuts: activity 60th and 90th, conformity 25th and 80th, diversity 33rd and 66th.
/// Conformity's group 1 deviates least (the follower), group 3 most (the maverick). A trait that the dataset
/// cannot tell (conformity without ratings, diversity without genres) is 2 for everyone. A user whose groups
/// the dataset brings keeps them.
std::vector<TraitGroups> trait_groups(const Dataset& dataset);

/// Agents are the actors of a run, numbered from 0.
using AgentId = ActorId;

struct PopulationOptions {
  enum class Source {
    users,    ///< agent n is user n of the dataset; agents beyond the last user are sampled
    sampled,  ///< every agent is drawn from the users, uniformly with replacement
  };
  std::uint32_t agents = 0;  ///< 0: one per user of the dataset
  Source source = Source::users;
  double perturbation =
      0.3;  ///< how far a sampled agent's taste is moved from its user's; see TasteSpace::perturbed
};

/// Who an agent is. The traits are its user's; the recommender knows the agent as its user.
struct Profile {
  UserId user{};
  TraitGroups traits;
  Taste taste;
};

/// All agents of a run. Profiles are made when they are asked for, so that a large population costs nothing
/// while it sleeps. Immutable, safe to read from any thread; `dataset` and `space` must outlive it.
class Population {
 public:
  Population(const Dataset& dataset, const TasteSpace& space, const PopulationOptions& options,
             const Draws& draws);

  std::uint32_t size() const { return size_; }
  std::vector<AgentId> everyone() const;  ///< ascending
  UserId user_of(AgentId agent) const;
  TraitGroups traits_of(AgentId agent) const { return traits_[index(user_of(agent))]; }
  Profile profile(AgentId agent) const;
  /// Whether the agent is a user of the dataset itself, not a perturbed copy.
  bool is_user(AgentId agent) const { return index(agent) < first_sampled(); }
  double perturbation() const { return options_.perturbation; }
  /// Agents from this number on are sampled; those before are users of the dataset with the same number.
  std::size_t first_sampled() const;

 private:
  const TasteSpace& space_;
  PopulationOptions options_;
  Draws draws_;
  std::vector<TraitGroups> traits_;  ///< per user
  std::uint32_t size_;
};

}  // namespace throng

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/profile/population_file.h"
#include "agents/profile/traits.h"
#include "agents/taste.h"
#include "engine/sim/event.h"
#include "recsys/data/dataset.h"

namespace throng {

/// Agents are the actors of a run, numbered from 0.
using AgentId = ActorId;

struct PopulationOptions {
  enum class Source {
    users,    ///< agents are users, each once; agents beyond the last user are sampled
    sampled,  ///< every agent is drawn from the users with replacement, uniformly or by weight
  };
  enum class Choice {
    first,   ///< agent n is user n
    random,  ///< agents are users in a random order: few of them are a sample of all
  };
  std::uint32_t agents = 0;  ///< 0: one per user
  Source source = Source::users;
  Choice choice = Choice::first;
  std::shared_ptr<const PopulationFile> file{};  ///< people in place of the dataset's users; null: the users
  TraitCuts trait_cuts{};
  double perturbation =
      0.3;  ///< how far a sampled agent's taste is moved from its user's; see TasteSpace::perturbed
  /// How likely each of a sampled agent's traits is a group beside its user's.
  double trait_perturbation = 0;
};

/// Who an agent is. The recommender knows the agent as its user.
struct Profile {
  AgentId agent{};
  UserId user{};
  TraitGroups traits;
  Taste taste;
  double perturbation = 0;  ///< of a sampled agent; 0: it is the user itself, or a copy
  /// What was written about it, and what is known of it (parallel to Population::attribute_names): the population's; null:
  /// nothing.
  const Persona* written = nullptr;
  const std::vector<std::string>* attributes = nullptr;
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
  /// What was written about the person that the agent is made after; null: nothing.
  const Persona* written_of(AgentId agent) const;
  TraitGroups traits_of(AgentId agent) const;
  Profile profile(AgentId agent) const;
  /// Whether the agent is a user of the dataset, the only one that is this user.
  bool is_user(AgentId agent) const { return index(agent) < first_of_its_own(); }
  /// Whether it was sampled: a copy, with a taste of its own.
  bool is_perturbed(AgentId agent) const { return index(agent) >= first_sampled(); }
  /// Agents from this number on are no users of the dataset: sampled ones, and the people of a file.
  std::size_t first_of_its_own() const { return people_.empty() ? first_sampled() : 0; }
  std::size_t first_sampled() const;
  /// The names of what is known of people: the dataset's and those of the population's file.
  const std::vector<std::string>& attribute_names() const { return attribute_names_; }

 private:
  std::size_t number_of_people() const { return people_.empty() ? traits_.size() : people_.size(); }
  std::size_t person_of(AgentId agent) const;
  void read_people(const Dataset& dataset);

  const Dataset& dataset_;
  const TasteSpace& space_;
  PopulationOptions options_;
  Draws draws_;
  std::vector<TraitGroups> traits_;   ///< per user
  std::vector<Person> people_;        ///< of the file; empty: the users
  std::vector<double> weight_sums_;   ///< over the people so far; empty: all weigh the same
  std::vector<std::uint32_t> order_;  ///< of the people as agents; empty: as they stand
  std::vector<std::string> attribute_names_;
  std::uint32_t size_ = 0;
};

}  // namespace throng

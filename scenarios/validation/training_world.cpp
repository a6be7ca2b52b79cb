#include "scenarios/validation/training_world.h"

#include <algorithm>

namespace throng {
namespace {

/// Agents that are users: sampled ones have tastes of their own, and nobody's held-out items to be compared with.
PopulationOptions users_only(const Scenario& scenario, const Dataset& dataset) {
  const PopulationOptions& population = scenario.population;
  if (population.source == PopulationOptions::Source::sampled) {
    throw Failure(ErrorKind::usage,
                  "/population/source: agents are validated against the users that they are; expected "
                  "\"users\", found \"sampled\"");
  }
  const auto users = static_cast<std::uint32_t>(dataset.users.size());
  PopulationOptions only = population;
  if (only.agents > users || (only.agents == 0 && only.file == nullptr)) only.agents = users;
  return only;
}

/// With one trait in its neutral group for everyone; null: as it is.
Dataset without_trait(Dataset training, std::uint8_t TraitGroups::*neutral) {
  if (neutral == nullptr) return training;
  const std::vector<TraitGroups> groups = trait_groups(training);
  for (std::size_t user = 0; user < groups.size(); ++user) {
    TraitGroups& own = training.users[user].trait_groups.emplace(groups[user]);
    own.*neutral = TraitGroups().*neutral;
  }
  return training;
}

}  // namespace

Dataset training_view(const Dataset& whole, const Interactions& train) {
  Dataset training{.name = whole.name,
                   .item_name = whole.item_name,
                   .ratings_are = whole.ratings_are,
                   .user_attributes = whole.user_attributes,
                   .provenance = whole.provenance,
                   .catalogue = whole.catalogue,
                   .users = whole.users,
                   .interactions = train};
  for (Item& item : training.catalogue.items) item.mean_rating.reset();
  for (User& user : training.users)
    user = {.external_id = user.external_id, .attributes = std::move(user.attributes)};
  return training;
}

TrainingWorld::TrainingWorld(const Scenario& scenario, Dataset whole, FitObserver& observer,
                             const TrainingWorldOptions& options)
    : draws_(scenario.seed),
      whole_(std::move(whole)),
      split_(split_for(scenario, whole_)),
      training_(without_trait(
          options.knowledge == Knowledge::training ? training_view(whole_, split_.train) : whole_,
          options.neutral)),
      mean_ratings_(training_.mean_ratings()),
      space_(training_.catalogue, split_.train),
      population_(training_, space_, users_only(scenario, training_), draws_),
      mind_options_(scenario.minds),
      minds_(mind_options_,
             {.dataset = training_,
              .space = space_,
              .population = population_,
              .train = split_.train,
              .mean_ratings = mean_ratings_,
              .seed = scenario.seed},
             draws_, observer) {}

const Interactions& TrainingWorld::part(SplitPart part) const {
  switch (part) {
    case SplitPart::validation:
      return split_.validation;
    case SplitPart::test:
      return split_.test;
    default:
      return split_.train;
  }
}

}  // namespace throng

#include "agents/population.h"

#include "agents/traits.h"

namespace throng {
namespace {

constexpr Purpose kSampleUser{"population/user"};

}  // namespace

Population::Population(const Dataset& dataset, const TasteSpace& space, const PopulationOptions& options,
                       const Draws& draws)
    : space_(space),
      options_(options),
      draws_(draws),
      traits_(trait_groups(dataset)),
      size_(options.agents == 0 ? static_cast<std::uint32_t>(dataset.users.size()) : options.agents) {
  if (traits_.empty()) throw Failure(ErrorKind::data, "the dataset has no users to make agents from");
}

std::size_t Population::first_sampled() const {
  return options_.source == PopulationOptions::Source::users ? traits_.size() : 0;
}

std::vector<AgentId> Population::everyone() const {
  std::vector<AgentId> agents(size_);
  for (std::uint32_t n = 0; n < size_; ++n) agents[n] = AgentId{n};
  return agents;
}

UserId Population::user_of(AgentId agent) const {
  if (is_user(agent)) return UserId(index(agent));
  return UserId(draws_.below(traits_.size(), kSampleUser, {.agent = static_cast<std::uint32_t>(agent)}));
}

Profile Population::profile(AgentId agent) const {
  const UserId user = user_of(agent);
  const Taste& taste = space_.taste_of(user);
  return {.user = user,
          .traits = traits_[index(user)],
          .taste = is_user(agent) ? taste
                                  : space_.perturbed(taste, options_.perturbation, draws_,
                                                     static_cast<std::uint32_t>(agent))};
}

}  // namespace throng

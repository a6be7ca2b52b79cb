#include "agents/population.h"

#include <algorithm>
#include <array>

#include "engine/base/error.h"

namespace throng {
namespace {

constexpr Purpose kSampleUser{"population/user"};
constexpr Purpose kChooseUsers{"population/choice"};
constexpr Purpose kMoveTrait{"population/trait"};

std::uint8_t beside(std::uint8_t group, bool up) {
  constexpr std::uint8_t middle = 2;
  if (group != middle) return middle;
  return up ? 3 : 1;
}

}  // namespace

Population::Population(const Dataset& dataset, const TasteSpace& space, const PopulationOptions& options,
                       const Draws& draws)
    : dataset_(dataset),
      space_(space),
      options_(options),
      draws_(draws),
      traits_(trait_groups(dataset, options.trait_cuts)),
      attribute_names_(dataset.user_attributes) {
  if (traits_.empty()) throw Failure(ErrorKind::data, "the dataset has no users to make agents from");
  if (options.file) read_people(dataset);
  if (options.choice == PopulationOptions::Choice::random) {
    order_.resize(number_of_people());
    draws_.permutation(order_, kChooseUsers, {});
  }
  size_ = options.agents == 0 ? static_cast<std::uint32_t>(number_of_people()) : options.agents;
}

void Population::read_people(const Dataset& dataset) {
  people_ = options_.file->people(dataset, traits_, attribute_names_);
  const auto weighs_more = [&](const Person& person) { return person.weight != people_.front().weight; };
  if (std::ranges::none_of(people_, weighs_more)) return;
  double sum = 0;
  for (const Person& person : people_) weight_sums_.push_back(sum += person.weight);
}

std::size_t Population::first_sampled() const {
  return options_.source == PopulationOptions::Source::users ? number_of_people() : 0;
}

std::vector<AgentId> Population::everyone() const {
  std::vector<AgentId> agents(size_);
  for (std::uint32_t n = 0; n < size_; ++n) agents[n] = AgentId{n};
  return agents;
}

std::size_t Population::person_of(AgentId agent) const {
  if (index(agent) < first_sampled()) return order_.empty() ? index(agent) : order_[index(agent)];
  const DrawAddress at{.agent = static_cast<std::uint32_t>(agent)};
  if (weight_sums_.empty()) return draws_.below(number_of_people(), kSampleUser, at);
  const double drawn = draws_.uniform(kSampleUser, at) * weight_sums_.back();
  const auto found = std::ranges::upper_bound(weight_sums_, drawn);
  return static_cast<std::size_t>(std::min(found, weight_sums_.end() - 1) - weight_sums_.begin());
}

UserId Population::user_of(AgentId agent) const {
  const std::size_t person = person_of(agent);
  return people_.empty() ? UserId(person) : people_[person].user;
}

const Persona* Population::written_of(AgentId agent) const {
  const std::size_t person = person_of(agent);
  const std::optional<Persona>& written =
      people_.empty() ? dataset_.users[person].persona : people_[person].persona;
  return written ? &*written : nullptr;
}

TraitGroups Population::traits_of(AgentId agent) const {
  const std::size_t person = person_of(agent);
  TraitGroups traits = people_.empty() ? traits_[person] : people_[person].traits;
  if (!is_perturbed(agent) || options_.trait_perturbation == 0) return traits;
  std::uint32_t number = 0;
  for (std::uint8_t TraitGroups::*trait :
       {&TraitGroups::activity, &TraitGroups::conformity, &TraitGroups::diversity}) {
    const double moved =
        draws_.uniform(kMoveTrait, {.agent = static_cast<std::uint32_t>(agent), .item = number++});
    if (moved < options_.trait_perturbation)
      traits.*trait = beside(traits.*trait, moved < options_.trait_perturbation / 2);
  }
  return traits;
}

Profile Population::profile(AgentId agent) const {
  const std::size_t person = person_of(agent);
  Profile profile{
      .agent = agent,
      .user = user_of(agent),
      .traits = traits_of(agent),
      .written = written_of(agent),
      .attributes = people_.empty() ? &dataset_.users[person].attributes : &people_[person].attributes};
  const Taste& taste = space_.taste_of(profile.user);
  if (is_perturbed(agent)) {
    profile.perturbation = options_.perturbation;
    profile.taste = space_.perturbed(taste, options_.perturbation, draws_, static_cast<std::uint32_t>(agent));
  } else {
    profile.taste = taste;
  }
  return profile;
}

}  // namespace throng

#include "agents/minds/affinity.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "recsys/linalg/score_block.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

constexpr Purpose kPerturbAffinity{"taste/perturb-affinity"};

/// All users have a slot of their own as long as the scores of all take no more than this.
constexpr std::size_t kMostBytes = std::size_t{1} << 30U;

std::size_t slots_for(std::size_t users, std::size_t items) {
  const std::size_t affordable = kMostBytes / sizeof(float) / std::max<std::size_t>(1, items);
  return std::clamp<std::size_t>(affordable, 1, std::max<std::size_t>(1, users));
}

}  // namespace

void SpaceAffinity::of(AgentId /*agent*/, const Profile& profile, std::span<const ItemId> items,
                       std::span<double> affinities) const {
  for (std::size_t i = 0; i < items.size(); ++i) affinities[i] = space_.affinity(profile.taste, items[i]);
}

Result<std::unique_ptr<ScoringRecommender>> make_taste_model(const Json& options) {
  Result<std::unique_ptr<Recommender>> made = make_recommender(options);
  if (!made) return made.error();
  if (!(*made)->is_deterministic())
    return Error{ErrorKind::usage, ": these options give other results every time"};
  if (auto* scoring = dynamic_cast<ScoringRecommender*>(made->get())) {
    (void)made->release();
    return std::unique_ptr<ScoringRecommender>(scoring);
  }
  return Error{ErrorKind::usage,
               fmt::format("/kind: \"{}\" does not score items, which a taste must", (*made)->name())};
}

ModelAffinity::ModelAffinity(const Json& options, const Dataset& dataset, const Interactions& train,
                             const Population& population, const Draws& draws, std::uint64_t seed,
                             FitObserver& observer)
    : model_(make_taste_model(options).value()),
      population_(population),
      draws_(draws),
      slots_(slots_for(train.num_users(), train.num_items())) {
  model_->fit({.train = train, .seed = seed, .dataset = &dataset}, observer);
}

std::vector<float> ModelAffinity::standardised_scores(UserId user) const {
  ScoreBlock block(model_->num_items());
  const Query query{.user = user};
  model_->score({&query, 1}, block);
  const std::span<const float> scores = block.of(0);
  const double count = static_cast<double>(std::max<std::size_t>(1, scores.size()));
  double mean = 0;
  for (const float score : scores) mean += static_cast<double>(score) / count;
  double variance = 0;
  for (const float score : scores) variance += std::pow(static_cast<double>(score) - mean, 2) / count;
  const double scale = variance > 0 ? 1 / std::sqrt(variance) : 0;  // somebody without a history
  std::vector<float> standardised;
  standardised.reserve(scores.size());
  for (const float score : scores)
    standardised.push_back(static_cast<float>((static_cast<double>(score) - mean) * scale));
  return standardised;
}

void ModelAffinity::of(AgentId agent, const Profile& profile, std::span<const ItemId> items,
                       std::span<double> affinities) const {
  {
    Slot& slot = slots_[index(profile.user) % slots_.size()];
    const std::lock_guard lock(slot.mutex);
    if (slot.user != profile.user) {
      slot.scores = standardised_scores(profile.user);
      slot.user = profile.user;
    }
    for (std::size_t i = 0; i < items.size(); ++i)
      affinities[i] = static_cast<double>(slot.scores[index(items[i])]);
  }
  if (!population_.is_perturbed(agent)) return;
  const double strength = profile.perturbation;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double noise = draws_.normal(kPerturbAffinity, {.agent = static_cast<std::uint32_t>(agent),
                                                          .item = static_cast<std::uint32_t>(items[i])});
    affinities[i] = (affinities[i] + strength * noise) / std::sqrt(1 + strength * strength);
  }
}

}  // namespace throng

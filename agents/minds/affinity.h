#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "agents/population.h"
#include "engine/base/json.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// How much agents are drawn to items. Over the items of the catalogue and the users, it has mean about 0 and standard deviation
/// about 1. Safe to use from any thread.
class Affinity {
 public:
  virtual ~Affinity() = default;

  /// Writes that of one agent to each of the items.
  virtual void of(AgentId agent, const Profile& profile, std::span<const ItemId> items,
                  std::span<double> affinities) const = 0;
};

/// That of the profile's taste in its space.
class SpaceAffinity final : public Affinity {
 public:
  explicit SpaceAffinity(const TasteSpace& space) : space_(space) {}
  void of(AgentId agent, const Profile& profile, std::span<const ItemId> items,
          std::span<double> affinities) const override;

 private:
  const TasteSpace& space_;
};

/// What a recommender's model of the training history says: of every user, the scores of all items with their mean taken off,
/// divided by their standard deviation. A sampled agent's are (a + p n) / sqrt(1 + p^2): a its user's, n a normal draw of
/// agent and item, p the population's perturbation.
class ModelAffinity final : public Affinity {
 public:
  /// `options`: as a scenario's recommender. It is fitted on `train` alone, to its last epoch, whatever is recommended; `observer`
  /// hears of it. What is referred to outlives it, but for the observer. Throws Failure(usage), beginning with "/kind", for a kind
  /// that does not score items.
  ModelAffinity(const Json& options, const Dataset& dataset, const Interactions& train,
                const Population& population, const Draws& draws, std::uint64_t seed, FitObserver& observer);

  void of(AgentId agent, const Profile& profile, std::span<const ItemId> items,
          std::span<double> affinities) const override;

 private:
  /// The last user of those who share it whose scores were asked for.
  struct Slot {
    std::mutex mutex;
    std::optional<UserId> user;
    std::vector<float> scores;  ///< standardised, per item
  };

  std::vector<float> standardised_scores(UserId user) const;

  std::unique_ptr<ScoringRecommender> model_;
  const Population& population_;
  Draws draws_;
  mutable std::vector<Slot> slots_;
};

/// What a scenario's taste may be: a model that scores items by what it learned from the training history. The Error (usage) begins
/// with the path of an option ("/l2").
Result<std::unique_ptr<ScoringRecommender>> make_taste_model(const Json& options);

}  // namespace throng

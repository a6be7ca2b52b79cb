#pragma once

#include <memory>
#include <vector>

#include "recsys/recommender/recommender.h"

namespace throng {

/// Scores an item by the number of its training interactions, the same for every user. No options.
class Popularity final : public ScoringRecommender {
 public:
  static Result<std::unique_ptr<Recommender>> make(const Json& options);

  std::string_view name() const override { return "popularity"; }
  Json options() const override { return {{"kind", "popularity"}}; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return counts_.size(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  std::vector<float> counts_;
};

/// Scores every item uniformly in [0, 1) at random, fixed by seed, user and item; for an unseen user by seed,
/// history and item. With `most_popular` only the so many items with the most training interactions (ties by id) come first, in a
/// random order of each user, and after them the rest: with 600 this is the Pop of Agent4Rec.
class RandomRecommender final : public ScoringRecommender {
 public:
  static Result<std::unique_ptr<Recommender>> make(const Json& options);

  std::string_view name() const override { return "random"; }
  Json options() const override;
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return items_; }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  int most_popular_ = 0;  ///< 0: all items are alike
  std::uint64_t seed_ = 0;
  std::size_t items_ = 0;
  std::vector<ItemId> behind_;  ///< the others
};

}  // namespace throng

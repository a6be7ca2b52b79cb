#pragma once

#include <memory>

#include "recsys/models/recommender.h"

namespace throng {

/// Scores every item uniformly in [0, 1) at random, fixed by seed, user and item; for an unseen user by seed,
/// history and item. No options.
class RandomRecommender final : public ScoringRecommender {
 public:
  static Result<std::unique_ptr<Recommender>> make(const Json& options);

  std::string_view name() const override { return "random"; }
  Json options() const override { return {{"kind", "random"}}; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return items_; }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  std::uint64_t seed_ = 0;
  std::size_t items_ = 0;
};

}  // namespace throng

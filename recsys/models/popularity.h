#pragma once

#include <memory>
#include <vector>

#include "recsys/models/recommender.h"

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

}  // namespace throng

#pragma once

#include <memory>
#include <vector>

#include "recsys/models/histories.h"
#include "recsys/recommender/recommender.h"

namespace throng {

struct ItemKnnOptions {
  int neighbors = 200;    ///< the most similar items that count for an item
  double shrinkage = 10;  ///< damps the similarity of items that few users have
};

/// Item-based nearest neighbours (Sarwar et al., WWW 2001; Deshpande and Karypis, TOIS 2004):
///   score(user, i) = sum of similarity(i, j) over the user's items j among the `neighbors` most similar to i,
///   similarity(i, j) = users of both / (sqrt(users of i * users of j) + shrinkage),
/// ties between neighbours by id. A user without items scores by popularity.
class ItemKnn final : public ScoringRecommender {
 public:
  /// From {"neighbors": 200, ...}, the fields of ItemKnnOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit ItemKnn(const ItemKnnOptions& options) : options_(options) {}

  std::string_view name() const override { return "itemknn"; }
  Json options() const override;
  FittedBy fitted_by() const override { return FittedBy::first_rank; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return histories_.num_items(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  ItemKnnOptions options_;
  Histories histories_;
  SparseRows<ItemId> items_near_;    ///< by item j, the items i that have j among their neighbours
  std::vector<float> similarities_;  ///< parallel to items_near_.columns()
};

}  // namespace throng

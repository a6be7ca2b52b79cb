#pragma once

#include <memory>

#include "recsys/linalg/score_block.h"
#include "recsys/models/histories.h"
#include "recsys/models/multvae_training.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// Mult-VAE (Liang et al., WWW 2018): a variational autoencoder of a user's items with a multinomial likelihood,
/// tanh layers, annealed KL and dropout of the input; see multvae_training.h. Scores are
/// the logits of the history's mean code. Given validation data, the weights with the best NDCG@20 on it are
/// kept.
///
/// It knows users only by their histories, so that unseen ones are folded in as they are. A user without items
/// scores by the biases, which is about by popularity. A warm start goes on from the earlier weights and their
/// annealing, if the catalogue is the same.
class MultVae final : public ScoringRecommender {
 public:
  /// From {"hidden": 600, ...}, the fields of MultVaeOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit MultVae(const MultVaeOptions& options) : options_(options) {}

  std::string_view name() const override { return "multvae"; }
  Json options() const override;
  FittedBy fitted_by() const override { return FittedBy::first_rank; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return histories_.num_items(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  void prepare_scoring();

  MultVaeOptions options_;
  Histories histories_;
  MultVaeState state_;
  FactorScorer output_;  ///< g with a 1 behind it to logits
};

}  // namespace throng

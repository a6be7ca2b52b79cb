#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/json.h"
#include "recsys/data/interactions.h"
#include "recsys/linalg/score_block.h"

namespace throng {

class ModelReader;
class ModelWriter;

enum class FitStart {
  cold,  ///< forget what was learned before
  warm,  ///< go on from the last fit, if there was one on the same catalogue; users may have been added at
         ///< the end
};

/// What a recommender learns from. All referenced objects must outlive the call.
struct FitInput {
  const Interactions& train;
  const Interactions* validation =
      nullptr;  ///< for early stopping; nullptr: fit for the full number of epochs
  const Interactions* test =
      nullptr;  ///< only ever excluded while validating, as in Agent4Rec; may be nullptr
  std::uint64_t seed = 0;
  FitStart start = FitStart::cold;  ///< models without iterations have no use for a warm start and ignore it
};

/// Progress of a fit, one call per epoch. Called on the fitting thread; an exception of the observer ends the
/// fit.
struct FitProgress {
  std::string_view model;
  int epoch = 0;                            ///< finished epochs
  double loss = 0;                          ///< mean training loss of the last epoch
  std::optional<double> validation_ndcg{};  ///< NDCG@20 on validation, if this epoch was evaluated
};

class FitObserver {
 public:
  virtual ~FitObserver() = default;
  virtual void on_progress(const FitProgress& /*progress*/) {}
};

/// Whom to score items for: a user of the training data, or an unseen one, known by a history (fold-in).
struct Query {
  std::optional<UserId> user{};       ///< a row of the training data
  std::span<const ItemId> history{};  ///< ascending; used only if `user` is empty
};

/// Scores items for users. Implementations: one .h/.cpp pair each, listed in registry.cpp.
///
/// Thread safety: `score` may be called from many threads at once after `fit` has returned. Determinism: the
/// same options, input and seed give bit-identical scores on any number of threads, and the scores of a query
/// do not depend on which other queries share its block.
class Recommender {
 public:
  virtual ~Recommender() = default;

  /// The name in scenario files, such as "mf".
  virtual std::string_view name() const = 0;

  /// {"kind": ..., and every option with its value}: what `make_recommender` makes the same model from.
  virtual Json options() const = 0;

  /// False for options that give up the determinism promised above for speed; runs refuse them.
  virtual bool is_deterministic() const { return true; }

  /// Learns from `input`. Items and users keep the numbers they have in
  /// `input.train`.
  virtual void fit(const FitInput& input, FitObserver& observer) = 0;

  /// The size of the catalogue it was fitted on; 0 before.
  virtual std::size_t num_items() const = 0;

  /// Writes the scores of all items for queries[i] to `scores.of(i)`; higher is better, every score is
  /// finite. queries.size() <= ScoreBlock::kQueries; `scores` has the catalogue's size.
  virtual void score(std::span<const Query> queries, ScoreBlock& scores) const = 0;

  /// What `save_recommender` and `load_recommender` need: writes what `fit` has learned, and reads it back into
  /// a recommender made from the same options. The defaults are for kinds that learn nothing here: they throw
  /// Failure(usage).
  virtual void save(ModelWriter& out) const;
  virtual void load(ModelReader& in);
};

}  // namespace throng

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "recsys/data/dataset.h"
#include "recsys/data/interactions.h"

namespace throng {

/// Whom to score or rank items for: a user of the training data, or an unseen one, known by a history (fold-in).
struct Query {
  std::optional<UserId> user{};       ///< a row of the training data
  std::span<const ItemId> history{};  ///< ascending; used only if `user` is empty
};

/// One ranking to make.
struct RankingRequest {
  Query query;
  std::vector<std::span<const ItemId>>
      excluded{};  ///< lists of items, each ascending, that must not be ranked
};

/// The best items of each request, best first: at most k each, fewer if exclusions leave fewer.
class Rankings {
 public:
  Rankings(std::size_t requests, std::size_t k) : k_(k), lengths_(requests, 0), items_(requests * k) {}

  std::size_t size() const { return lengths_.size(); }
  std::span<const ItemId> of(std::size_t request) const {
    return {items_.data() + request * k_, lengths_[request]};
  }
  /// Where the ranking of one request is written; `assign_length` says how much of it counts.
  std::span<ItemId> slots(std::size_t request) { return {items_.data() + request * k_, k_}; }
  void assign_length(std::size_t request, std::size_t length) {
    lengths_[request] = static_cast<std::uint32_t>(length);
  }

 private:
  std::size_t k_;
  std::vector<std::uint32_t> lengths_;
  std::vector<ItemId> items_;
};

class ModelReader;
class ModelWriter;
class Ranks;
class ScoreBlock;

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
  /// What users and items are called; only needed by kinds that deal with files or other processes.
  const Dataset* dataset = nullptr;
  /// The processes that are to have the same fitted model; nullptr: this one alone. For fit_over_ranks, and for `fit` of kinds that are
  /// fitted by all together: that is collective then, called by all ranks with input that differs in nothing but this.
  Ranks* ranks = nullptr;
};

/// Which ranks of a run fit a recommender that all of them rank with; see fit_over_ranks.
enum class FittedBy {
  each_rank,     ///< its own: what takes no time, or cannot be saved
  first_rank,    ///< and the others load what that saves
  all_together,  ///< `fit` shares its work among `FitInput::ranks`
};

/// Progress of a fit, one call per epoch. Called on the fitting thread, and on rank 0 alone; an exception of the observer ends the
/// fit (on the other ranks as FailedElsewhere).
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

/// Ranks items for users. Implementations: one .h/.cpp pair each, listed in registry.cpp; nearly all of them score
/// (ScoringRecommender).
///
/// Thread safety: `rank` may be called from many threads at once after `fit` has returned. Determinism: the same
/// options, input and seed give the same rankings on any number of threads, and what a request gets does not depend
/// on which others it comes with.
class Recommender {
 public:
  virtual ~Recommender() = default;

  /// The name in scenario files, such as "mf".
  virtual std::string_view name() const = 0;

  /// {"kind": ..., and every option with its value}: what `make_recommender` makes the same model from.
  virtual Json options() const = 0;

  /// False for options that give up the determinism promised above for speed; runs refuse them.
  virtual bool is_deterministic() const { return true; }

  virtual FittedBy fitted_by() const { return FittedBy::each_rank; }

  /// Learns from `input`. Items and users keep the numbers they have in
  /// `input.train`.
  virtual void fit(const FitInput& input, FitObserver& observer) = 0;

  /// The size of the catalogue it was fitted on; 0 before.
  virtual std::size_t num_items() const = 0;

  /// The best items of each request.
  virtual Rankings rank(std::span<const RankingRequest> requests, std::size_t k) const = 0;

  /// What `save_recommender` and `load_recommender` need: writes what `fit` has learned, and reads it back into
  /// a recommender made from the same options. The defaults are for kinds that learn nothing here: they throw
  /// Failure(usage).
  virtual void save(ModelWriter& out) const;
  virtual void load(ModelReader& in);
};

/// A recommender that scores every item for a user: bit-identical scores for the same options, input and seed.
class ScoringRecommender : public Recommender {
 public:
  /// Writes the scores of all items for queries[i] to `scores.of(i)`; higher is better, every score is
  /// finite. queries.size() <= ScoreBlock::kQueries; `scores` has the catalogue's size. Thread-safe like `rank`.
  virtual void score(std::span<const Query> queries, ScoreBlock& scores) const = 0;

  /// By score, descending, ties by item id, ascending. Works in blocks of ScoreBlock::kQueries requests, in
  /// parallel; never holds more than one block of scores per thread.
  Rankings rank(std::span<const RankingRequest> requests, std::size_t k) const final;
};

}  // namespace throng

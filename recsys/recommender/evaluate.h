#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/interactions.h"
#include "recsys/data/split.h"
#include "recsys/recommender/recommender.h"

namespace throng {

/// How well one ranking finds a user's held-out items, each value in 0 .. 1.
struct RankingMetrics {
  double recall = 0;
  double ndcg = 0;
  double hit_rate = 0;
  double precision = 0;
  double reciprocal_rank = 0;
};

/// The first k of `ranking` (best first, no item twice) against `held_out` (ascending, not empty); k > 0.
/// With "hits" the number of held-out items among the first k:
///   recall    = hits / held_out.size()
///   ndcg      = DCG / IDCG, DCG = sum over hits at position p (from 1) of 1 / log2(p + 1), IDCG = the DCG of
///               min(k, held_out.size()) hits at the top
///   hit_rate  = 1 if there is a hit, else 0
///   precision = hits / k, however short the ranking is
///   reciprocal_rank = 1 / position of the first hit, 0 without (its mean over users is the MRR)
RankingMetrics ranking_metrics(std::span<const ItemId> ranking, std::span<const ItemId> held_out,
                               std::size_t k);

/// What a set of rankings is like beyond accuracy.
struct ListMetrics {
  double coverage = 0;  ///< share of the catalogue that is in at least one ranking
  double gini = 0;      ///< Gini coefficient of how often each item is ranked, items never ranked included
  double mean_popularity = 0;  ///< mean over all places of the item's number of training interactions
  std::optional<double> genre_distance{};  ///< see `genre_distance`; none if no ranking has one
};

/// `popularity`: by item. Zeros if there are no rankings.
ListMetrics list_metrics(std::span<const std::span<const ItemId>> rankings,
                         std::span<const std::uint32_t> popularity, const Catalogue& catalogue);

/// Intra-list distance (Ziegler et al., WWW 2005): the mean over all pairs of the ranking's items that have
/// genres of the Jaccard distance of these, 1 - shared genres / genres of either. None for fewer than two such
/// items. `genres` of an item are ascending.
std::optional<double> genre_distance(std::span<const ItemId> ranking, const Catalogue& catalogue);

/// `held_out` with no more than `most` users that have any items, drawn uniformly (the same for the same seed); the others have
/// none left. All of it if they are not more.
Interactions sample_of_users(const Interactions& held_out, std::size_t most, std::uint64_t seed);

/// The rankings of the users that have held-out items, ascending by user; the others are left out.
struct HeldOutRankings {
  std::vector<UserId> users;
  Rankings rankings;  ///< parallel to users
};

/// Ranks the best k of the whole catalogue but for the items that the user has in one of `masked`. All
/// interactions have the shape of the training data.
HeldOutRankings rank_for_held_out(const Recommender& recommender, const Interactions& held_out,
                                  std::span<const Interactions* const> masked, std::size_t k);

/// The same for one part of a split; the items of the two other parts are masked, as in Agent4Rec.
HeldOutRankings rank_for_held_out(const Recommender& recommender, const Split& split, SplitPart part,
                                  std::size_t k);

/// Means over the users that have held-out items.
struct Accuracy {
  std::size_t users = 0;     ///< how many the means rest on
  RankingMetrics metrics{};  ///< zeros if there are none
};

/// For each user of `ranked`, in its order.
std::vector<RankingMetrics> accuracy_of_users(const HeldOutRankings& ranked, const Interactions& held_out,
                                              std::size_t k);
Accuracy mean_accuracy(std::span<const RankingMetrics> of_users);

/// The mean accuracy of a fitted recommender at k, for `rank_for_held_out` with the same arguments.
Accuracy evaluate(const Recommender& recommender, const Interactions& held_out,
                  std::span<const Interactions* const> masked, std::size_t k);
Accuracy evaluate(const Recommender& recommender, const Split& split, SplitPart part, std::size_t k);

/// How long a fit goes on. Without validation data it takes `max_epochs`.
struct EpochLimits {
  int max_epochs = 0;
  int eval_every = 0;  ///< epochs from one evaluation on validation to the next
  int patience = 0;    ///< evaluations in a row without a gain that end the fit
};

/// NDCG@20 on validation; the items of training and test are masked, as in Agent4Rec. `input.ranks`, if not nullptr, share the users:
/// then it is collective, and the value the same.
double validation_ndcg(const Recommender& model, const FitInput& input);

/// Tells the observer. `ranks`, if not nullptr, hear whether the fit goes on: then it is collective, only rank 0's observer is told,
/// and its exception ends the fit on all ranks.
void tell(FitObserver& observer, const FitProgress& progress, Ranks* ranks);

/// Trains `model` epoch by epoch: `run_epoch(epoch)`, numbered from 1, changes `state` and returns the mean
/// loss; `prepare_scoring()` makes the model score by it. Leaves `state` as it was when NDCG@20 on validation
/// was best, or as it is in the end if there is nothing to validate on; scoring is to be prepared for it. With
/// `input.ranks` it is collective, and `run_epoch` has to leave the same state and loss everywhere.
template <std::copyable State, class RunEpoch, class PrepareScoring>
void train_epochs(const Recommender& model, const EpochLimits& limits, const FitInput& input,
                  FitObserver& observer, State& state, const RunEpoch& run_epoch,
                  const PrepareScoring& prepare_scoring) {
  const bool validates = input.validation != nullptr && input.validation->size() > 0;
  State best;
  double best_ndcg = -1;
  int without_gain = 0;
  for (int epoch = 1; epoch <= limits.max_epochs && without_gain < limits.patience; ++epoch) {
    const double loss = run_epoch(epoch);
    std::optional<double> ndcg;
    if (validates && (epoch % limits.eval_every == 0 || epoch == limits.max_epochs)) {
      prepare_scoring();
      ndcg = validation_ndcg(model, input);
      const bool gain = *ndcg > best_ndcg;
      without_gain = gain ? 0 : without_gain + 1;
      if (gain) {
        best_ndcg = *ndcg;
        best = state;
      }
    }
    tell(observer, {.model = model.name(), .epoch = epoch, .loss = loss, .validation_ndcg = ndcg},
         input.ranks);
  }
  if (validates) state = std::move(best);
}

}  // namespace throng

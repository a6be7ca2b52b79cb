#pragma once

#include <concepts>
#include <utility>

#include "recsys/models/recommender.h"

namespace throng {

/// How long a fit goes on. Without validation data it takes `max_epochs`.
struct EpochLimits {
  int max_epochs = 0;
  int eval_every = 0;  ///< epochs from one evaluation on validation to the next
  int patience = 0;    ///< evaluations in a row without a gain that end the fit
};

/// NDCG@20 on validation; the items of training and test are masked, as in Agent4Rec.
double validation_ndcg(const Recommender& model, const FitInput& input);

/// Trains `model` epoch by epoch: `run_epoch(epoch)`, numbered from 1, changes `state` and returns the mean
/// loss; `prepare_scoring()` makes the model score by it. Leaves `state` as it was when NDCG@20 on validation
/// was best, or as it is in the end if there is nothing to validate on; scoring is to be prepared for it.
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
    observer.on_progress({.model = model.name(), .epoch = epoch, .loss = loss, .validation_ndcg = ndcg});
  }
  if (validates) state = std::move(best);
}

}  // namespace throng

#pragma once

#include "recsys/models/mf_training.h"

namespace throng {

/// One epoch of BPR by stochastic gradient descent without locks (Hogwild, Niu et al., NIPS 2011): threads take
/// comparisons and change the factors of each at once, whatever the others are doing to them. Fast, and *not*
/// deterministic on more than one thread: it may not be used in a run. Returns the mean loss.
double run_hogwild_epoch(const BprSampler& sampler, int epoch, std::size_t samples, const MfOptions& options,
                         UserItemFactors& factors);

}  // namespace throng

#pragma once

#include <cstdint>
#include <span>

#include "recsys/data/ids.h"
#include "recsys/linalg/factor_matrix.h"

namespace throng {

/// Learns the factors of an unseen user from a history (ascending items) against fitted item factors, which
/// stay as they are: some full steps of Adam on the user's BPR loss, starting from the factors already in
/// `user` (a padded row; the mean user). In every step each item of the history is compared with one other
/// item, drawn by seed, step and position, so that the same history gives the same bits. An empty history, or
/// one of all items, leaves `user` as it is.
void fold_in(const FactorMatrix& items, std::span<const ItemId> history, float l2, std::uint64_t seed,
             std::span<float> user);

}  // namespace throng

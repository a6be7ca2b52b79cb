#pragma once

#include <cstdint>
#include <vector>

#include "engine/sim/random.h"
#include "recsys/data/interactions.h"

namespace throng {

/// One comparison to learn from: the user prefers `positive` to `negative`.
struct BprSample {
  UserId user{};
  ItemId positive{};
  ItemId negative{};
};

/// Draws comparisons: a user uniformly from those who have training items but not all, a positive uniformly
/// from the user's training items, a negative uniformly from the other items. (Bounds are met by multiplying
/// 32 random bits: the bias is below bound / 2^32.) Immutable; safe to use from any thread.
class BprSampler {
 public:
  /// `train` must outlive the sampler.
  BprSampler(const Interactions& train, std::uint64_t seed);

  /// The users to sample for, ascending.
  std::span<const UserId> users() const { return users_; }
  /// Sample number `sample` of an epoch; a pure function of seed, epoch and number. There must be users.
  BprSample sample(std::uint16_t epoch, std::uint32_t sample) const;

 private:
  const Interactions& train_;
  Draws draws_;
  std::vector<UserId> users_;
};

/// The item at position `n` (from 0) among those that are not in `items` (ascending); there must be one.
ItemId nth_missing(std::span<const ItemId> items, std::size_t n);

}  // namespace throng

#pragma once

#include <cstdint>
#include <span>
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
  /// Sets `samples` to the samples number `first`, first + 1, ... of an epoch; each is a pure function of seed, epoch
  /// and number. There must be users.
  void fill(std::uint16_t epoch, std::size_t first, std::span<BprSample> samples) const;
  void fill_in_parallel(std::uint16_t epoch, std::size_t first, std::span<BprSample> samples) const;

 private:
  const Interactions& train_;
  Draws draws_;
  std::vector<UserId> users_;
};

/// The item at position `n` (from 0) among those that are not in `items` (ascending); there must be one.
ItemId nth_missing(std::span<const ItemId> items, std::size_t n);

}  // namespace throng

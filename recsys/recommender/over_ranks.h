#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "recsys/recommender/recommender.h"

namespace throng {

/// Leaves all `input.ranks` with the same fitted recommender, with the bits of a fit by one process alone. Collective: called by all
/// of them with recommenders of the same options that have been fitted alike so far, and with equal input.
///
/// By `fitted_by`: each rank fits its own; or rank 0 fits and broadcasts what the recommender saves; or all fit together. A warm start goes
/// on from what rank 0 has, which is what the others have loaded: no kind knows more than it saves once a fit is over (the moments of
/// Adam begin anew with each fit).
///
/// `observer` hears of progress on rank 0. A failure on one rank, and so an exception of the observer, ends the fit on all (`on_all`);
/// what was learned before is not to be relied on then.
void fit_over_ranks(Recommender& recommender, const FitInput& input, FitObserver& observer);

/// An array that ranks fill together: each makes one block of its elements and is sent the others'. As long as an element is computed
/// from nothing that is being made, the array is the same for any number of ranks.
class RankBlocks {
 public:
  /// Blocks of about the same sum of `work`, in any unit; one for each of `ranks`, which outlive the blocks. nullptr: a single block.
  RankBlocks(Ranks* ranks, std::span<const std::uint64_t> work);
  /// Of elements that are alike.
  RankBlocks(Ranks* ranks, std::size_t elements)
      : RankBlocks(ranks, std::vector<std::uint64_t>(elements, 1)) {}

  /// The own block: [begin(), end()).
  std::size_t begin() const { return bounds_[self_]; }
  std::size_t end() const { return bounds_[self_ + 1]; }

  /// Collective: sends the own block of `values` to all ranks, and fills in theirs. An element is `width` values in a row; the last one
  /// may be fewer.
  template <class T>
  void exchange(std::span<T> values, std::size_t width = 1) const {
    static_assert(std::is_trivially_copyable_v<T>);
    exchange_bytes(std::as_writable_bytes(values), width * sizeof(T));
  }

 private:
  void exchange_bytes(std::span<std::byte> values, std::size_t width) const;

  Ranks* ranks_;
  std::size_t self_;
  std::vector<std::size_t> bounds_;  ///< of each rank's block, and the number of elements
};

}  // namespace throng

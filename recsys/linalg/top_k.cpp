#include "recsys/linalg/top_k.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "recsys/linalg/factor_matrix.h"

namespace throng {
namespace {

constexpr float kExcluded = -std::numeric_limits<float>::infinity();

/// A candidate as a number that is the greater the better it is: the score's bits, turned so that they order as it does,
/// above the item's, turned round. Both zeros are one score.
using Candidate = std::uint64_t;

constexpr std::uint32_t kSign = 1U << 31U;

Candidate candidate(float score, std::size_t item) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 becomes 0, to which it is equal
  const std::uint32_t ordered = (bits & kSign) != 0 ? ~bits : bits | kSign;
  return Candidate{ordered} << 32U | ~static_cast<std::uint32_t>(item);
}

float score_of(Candidate candidate) {
  const auto ordered = static_cast<std::uint32_t>(candidate >> 32U);
  return std::bit_cast<float>((ordered & kSign) != 0 ? ordered ^ kSign : ~ordered);
}

ItemId item_of(Candidate candidate) { return ItemId(~static_cast<std::uint32_t>(candidate)); }

/// The k best candidates so far are among those that it holds, which are cut down to k whenever they are twice as many. With
/// a cautious threshold from the start it ranks a third more users a second than a heap did.
class Shortlist {
 public:
  /// What does not exceed `threshold` stays out.
  Shortlist(std::size_t k, float threshold) : k_(k), threshold_(threshold) { candidates_.reserve(2 * k); }

  /// What a candidate with a higher id than all before must exceed to enter.
  float threshold() const { return threshold_; }

  void add(float score, std::size_t item) {
    candidates_.push_back(candidate(score, item));
    if (candidates_.size() == 2 * k_) cut();
  }

  std::span<const Candidate> best_first() {
    if (candidates_.size() > k_) cut();
    std::ranges::sort(candidates_, std::greater());
    return candidates_;
  }

 private:
  void cut() {
    const auto last = candidates_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
    std::ranges::nth_element(candidates_, last, std::greater());
    threshold_ = score_of(*last);
    candidates_.resize(k_);
  }

  std::size_t k_;
  float threshold_;
  std::vector<Candidate> candidates_;
};

/// Bit n is set if scores[n] exceeds the threshold; n below kStep.
constexpr std::size_t kStep = 32;
std::uint32_t above(const float* scores, float threshold) {
  const Lanes bar = broadcast(threshold);
  std::uint32_t mask = 0;
  for (unsigned n = 0; n < kStep; n += kLanes) {
    const Lanes exceeds = _mm256_cmp_ps(load_unaligned(scores + n), bar, _CMP_GT_OQ);
    mask |= static_cast<std::uint32_t>(_mm256_movemask_ps(exceeds)) << n;
  }
  return mask;
}

/// At least k scores exceed it: of as many groups of scores the greatest is higher. A group is a lane of a block.
float cautious_threshold(std::span<const float> scores, std::size_t k) {
  constexpr std::size_t block = 32 * kLanes;
  std::vector<float> greatest(scores.size() / block * kLanes);
  if (greatest.size() < k) return kExcluded;
  for (std::size_t n = 0; n < greatest.size() / kLanes; ++n) {
    const float* const from = &scores[n * block];
    Lanes most = load_unaligned(from);
    for (std::size_t at = kLanes; at < block; at += kLanes)
      most = _mm256_max_ps(most, load_unaligned(from + at));
    store_unaligned(&greatest[n * kLanes], most);
  }
  const auto last = greatest.begin() + static_cast<std::ptrdiff_t>(k) - 1;
  std::ranges::nth_element(greatest, last, std::greater());
  return std::nextafter(*last, kExcluded);
}

void add_if_above(Shortlist& shortlist, std::span<const float> scores, std::size_t item) {
  if (scores[item] > shortlist.threshold()) shortlist.add(scores[item], item);
}

}  // namespace

std::size_t top_k(std::span<float> scores, std::span<const std::span<const ItemId>> excluded,
                  std::span<ItemId> best) {
  for (const auto& items : excluded) {
    for (const ItemId item : items) scores[index(item)] = kExcluded;
  }
  const std::size_t k = std::min(best.size(), scores.size());
  if (k == 0) return 0;
  Shortlist shortlist(k, cautious_threshold(scores, k));
  std::size_t item = 0;
  for (; item + kStep <= scores.size(); item += kStep) {
    for (std::uint32_t mask = above(&scores[item], shortlist.threshold()); mask != 0; mask &= mask - 1) {
      add_if_above(shortlist, scores, item + static_cast<std::size_t>(std::countr_zero(mask)));
    }
  }
  for (; item < scores.size(); ++item) add_if_above(shortlist, scores, item);
  const std::span<const Candidate> ranking = shortlist.best_first();
  std::ranges::transform(ranking, best.begin(), item_of);
  return ranking.size();
}

}  // namespace throng

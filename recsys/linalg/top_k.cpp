#include "recsys/linalg/top_k.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include <immintrin.h>

namespace throng {
namespace {

constexpr float kExcluded = -std::numeric_limits<float>::infinity();

struct Candidate {
  float score;
  std::uint32_t item;
};

bool better(const Candidate& a, const Candidate& b) {
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

/// The k best candidates so far, the worst of them on top.
class Heap {
 public:
  explicit Heap(std::size_t k) : k_(k) { candidates_.reserve(k); }

  /// What a candidate with a higher id than all before must exceed to enter.
  float threshold() const { return threshold_; }

  /// `candidate.score` exceeds the threshold.
  void insert(Candidate candidate) {
    if (candidates_.size() == k_) {
      std::ranges::pop_heap(candidates_, better);
      candidates_.back() = candidate;
    } else {
      candidates_.push_back(candidate);
    }
    std::ranges::push_heap(candidates_, better);
    if (candidates_.size() == k_) threshold_ = candidates_.front().score;
  }

  std::span<const Candidate> best_first() {
    std::ranges::sort_heap(candidates_, better);
    return candidates_;
  }

 private:
  std::size_t k_;
  float threshold_ = kExcluded;
  std::vector<Candidate> candidates_;
};

/// Bit n is set if scores[n] exceeds the threshold; n below kStep.
constexpr std::size_t kStep = 32;
std::uint32_t above(const float* scores, float threshold) {
  const __m256 bar = _mm256_set1_ps(threshold);
  std::uint32_t mask = 0;
  for (unsigned n = 0; n < kStep; n += 8) {
    const __m256 exceeds = _mm256_cmp_ps(_mm256_loadu_ps(scores + n), bar, _CMP_GT_OQ);
    mask |= static_cast<std::uint32_t>(_mm256_movemask_ps(exceeds)) << n;
  }
  return mask;
}

void insert_if_above(Heap& heap, std::span<const float> scores, std::size_t item) {
  if (scores[item] > heap.threshold()) heap.insert({scores[item], static_cast<std::uint32_t>(item)});
}

}  // namespace

std::size_t top_k(std::span<float> scores, std::span<const std::span<const ItemId>> excluded,
                  std::span<ItemId> best) {
  if (best.empty()) return 0;
  for (const auto& items : excluded) {
    for (const ItemId item : items) scores[index(item)] = kExcluded;
  }
  Heap heap(std::min(best.size(), scores.size()));
  std::size_t item = 0;
  for (; item + kStep <= scores.size(); item += kStep) {
    for (std::uint32_t mask = above(&scores[item], heap.threshold()); mask != 0; mask &= mask - 1) {
      insert_if_above(heap, scores, item + static_cast<std::size_t>(std::countr_zero(mask)));
    }
  }
  for (; item < scores.size(); ++item) insert_if_above(heap, scores, item);
  const std::span<const Candidate> ranking = heap.best_first();
  std::ranges::transform(ranking, best.begin(), [](const Candidate& c) { return ItemId(c.item); });
  return ranking.size();
}

}  // namespace throng

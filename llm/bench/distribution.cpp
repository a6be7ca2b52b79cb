#include "llm/bench/distribution.h"

#include <algorithm>
#include <numeric>

namespace throng::llm::bench {

double Distribution::mean() const {
  // A sum of microseconds stays below 2^63 for millions of calls of an hour each.
  const std::int64_t sum = std::accumulate(values_.begin(), values_.end(), std::int64_t{0});
  return static_cast<double>(sum) / static_cast<double>(values_.size());
}

Delay Distribution::percentile(std::int64_t share) const {
  if (!is_sorted_) std::ranges::sort(values_);
  is_sorted_ = true;
  const std::int64_t rank = (count() * share + 99'999) / 100'000;
  return Delay(values_[static_cast<std::size_t>(std::max<std::int64_t>(rank, 1) - 1)]);
}

Json Distribution::summary() const {
  if (empty()) {
    return {{"p50", nullptr},   {"p90", nullptr},  {"p99", nullptr},
            {"p99_9", nullptr}, {"mean", nullptr}, {"max", nullptr}};
  }
  return {{"p50", milliseconds(percentile(50'000))},
          {"p90", milliseconds(percentile(90'000))},
          {"p99", milliseconds(percentile(99'000))},
          {"p99_9", milliseconds(percentile(99'900))},
          {"mean", mean() / 1e3},
          {"max", milliseconds(percentile(100'000))}};
}

}  // namespace throng::llm::bench

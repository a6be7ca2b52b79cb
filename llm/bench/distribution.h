#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/json.h"
#include "engine/polite/instant.h"

namespace throng::llm::bench {

/// Every value is kept, so that percentiles are exact.
class Distribution {
 public:
  void add(Delay value) {
    values_.push_back(value.count());
    is_sorted_ = false;
  }

  void add(const Distribution& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    is_sorted_ = false;
  }

  bool empty() const { return values_.empty(); }
  std::int64_t count() const { return std::ssize(values_); }
  double mean() const;  ///< microseconds; of at least one value
  /// By nearest rank: the smallest value that at least `share` of 100,000 are not above; 50,000 is the median.
  /// Of at least one value; `share` in 1 .. 100,000.
  Delay percentile(std::int64_t share) const;

  /// {"p50", "p90", "p99", "p99_9", "mean", "max"} in milliseconds; nulls if there is no value.
  Json summary() const;

 private:
  mutable std::vector<std::int64_t> values_;
  mutable bool is_sorted_ = true;
};

/// In milliseconds.
inline double milliseconds(Delay delay) { return static_cast<double>(delay.count()) / 1e3; }

}  // namespace throng::llm::bench

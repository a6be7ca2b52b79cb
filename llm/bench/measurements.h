#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/polite/instant.h"
#include "llm/client.h"

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

/// What calls took, one by one. All latencies count from the moment at which a call was intended to start.
class Measurements {
 public:
  /// `objective`: see `within_objective`.
  explicit Measurements(std::optional<Delay> objective = std::nullopt) : objective_(objective) {}

  struct Call {
    Instant intended;
    Instant submitted;  ///< to the client
    Instant ended;
    std::int64_t max_tokens = 0;
  };
  void take(const Call& call, const CallResult<Reply>& result);
  /// What came after it, with the same objective.
  void add(const Measurements& other);

  std::int64_t completed() const { return latency_.count(); }
  std::int64_t canceled() const { return canceled_; }
  std::int64_t failed() const;
  /// By the kind of the last attempt, such as "http 503", or what kept it from being sent.
  const std::map<std::string, std::int64_t>& failures() const { return failures_; }
  /// What a server that counts at admission counted for the completed calls: prompts and the most they might
  /// have generated.
  std::int64_t admitted_tokens() const { return admitted_tokens_; }

  const Distribution& latency() const { return latency_; }
  const Distribution& queue() const { return queue_; }      ///< until the last attempt was sent
  const Distribution& service() const { return service_; }  ///< of that attempt
  const Distribution& first_token() const { return first_token_; }
  /// Mean time between a call's tokens after its first.
  const Distribution& per_output_token() const { return per_output_token_; }
  std::optional<Delay> objective() const { return objective_; }
  /// Completed calls whose latency is not above the objective.
  std::int64_t within_objective() const { return within_objective_; }

  struct Ended {
    Instant at;
    Delay latency;
  };
  /// The completed calls, in the order in which they ended.
  const std::vector<Ended>& ended() const { return ended_; }
  /// When the last call ended; Instant::min() if none did.
  Instant last_end() const { return last_end_; }

 private:
  std::optional<Delay> objective_;
  std::map<std::string, std::int64_t> failures_;
  std::int64_t canceled_ = 0;
  std::int64_t admitted_tokens_ = 0;
  std::int64_t within_objective_ = 0;
  Distribution latency_;
  Distribution queue_;
  Distribution service_;
  Distribution first_token_;
  Distribution per_output_token_;
  std::vector<Ended> ended_;
  Instant last_end_ = Instant::min();
};

}  // namespace throng::llm::bench

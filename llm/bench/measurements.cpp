#include "llm/bench/measurements.h"

#include <algorithm>
#include <numeric>

namespace throng::llm::bench {
namespace {

std::string kind_of(const CallFailure& failure) {
  if (!failure.kind.empty()) return failure.kind;
  switch (failure.fault) {
    case CallFault::rejected:
      return "rejected";
    case CallFault::declined:
      return "declined";
    case CallFault::too_large:
      return "too large";
    case CallFault::gave_up:
      return "gave up";
    case CallFault::halted:
      return "halted";
    case CallFault::budget:
      return "budget";
    case CallFault::canceled:
      break;
  }
  return "canceled";
}

}  // namespace

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

void Measurements::take(const Call& call, const CallResult<Reply>& result) {
  last_end_ = call.ended;
  if (!result) {
    if (result.error().fault == CallFault::canceled) {
      ++canceled_;
    } else {
      ++failures_[kind_of(result.error())];
    }
    return;
  }
  const CallTimings& timings = result->report.timings;
  const Usage& usage = result->completion.usage;
  const Delay latency = call.ended - call.intended;
  const Delay queue = call.submitted - call.intended + timings.waited;
  latency_.add(latency);
  queue_.add(queue);
  service_.add(timings.total);
  ended_.push_back({call.ended, latency});
  if (objective_ && latency <= *objective_) ++within_objective_;
  admitted_tokens_ += usage.prompt + call.max_tokens;
  if (!timings.first_token) return;
  first_token_.add(queue + *timings.first_token);
  if (usage.completion > 1 && timings.total >= *timings.first_token)
    per_output_token_.add((timings.total - *timings.first_token) / (usage.completion - 1));
}

void Measurements::add(const Measurements& other) {
  for (const auto& [kind, count] : other.failures_) failures_[kind] += count;
  canceled_ += other.canceled_;
  admitted_tokens_ += other.admitted_tokens_;
  within_objective_ += other.within_objective_;
  latency_.add(other.latency_);
  queue_.add(other.queue_);
  service_.add(other.service_);
  first_token_.add(other.first_token_);
  per_output_token_.add(other.per_output_token_);
  ended_.insert(ended_.end(), other.ended_.begin(), other.ended_.end());
  last_end_ = std::max(last_end_, other.last_end_);
}

std::int64_t Measurements::failed() const {
  std::int64_t sum = 0;
  for (const auto& [kind, count] : failures_) sum += count;
  return sum;
}

}  // namespace throng::llm::bench

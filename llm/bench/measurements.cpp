#include "llm/bench/measurements.h"

#include <algorithm>

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

#include "engine/net/retry_quota.h"

#include <algorithm>

namespace throng {

void RetryQuota::earn(double retries) { left_ = std::min(left_ + retries, options_.at_start + most_); }

void RetryQuota::on_call() {
  most_ += options_.per_request;
  earn(options_.per_request);
}

void RetryQuota::on_success() { earn(options_.per_success); }

bool RetryQuota::try_retry() {
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

}  // namespace throng

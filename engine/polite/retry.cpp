#include "engine/polite/retry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "engine/base/hash.h"

namespace throng {
namespace {

/// In [0, 1).
double uniform(std::uint64_t seed, std::uint64_t call, int attempt) {
  const std::array<std::uint64_t, 3> address{seed, call, static_cast<std::uint64_t>(attempt)};
  return std::ldexp(static_cast<double>(hash128(std::as_bytes(std::span(address))).low >> 11U), -53);
}

bool worth_retrying(const FailedAttempt& failed) {
  if (failed.hints.should_retry) return *failed.hints.should_retry;
  switch (failed.fault) {
    case TransportFault::none:
      break;
    case TransportFault::connect:
    case TransportFault::reset:
    case TransportFault::timeout:
    case TransportFault::broken_reply:
      return true;
    case TransportFault::certificate:
    case TransportFault::refused_by_us:
      return false;
  }
  return failed.status == 408 || failed.status == 409 || failed.status == 429 || failed.status >= 500;
}

}  // namespace

TransportFault transport_fault(net::HttpFailureKind kind) {
  using net::HttpFailureKind;
  switch (kind) {
    case HttpFailureKind::resolve:
    case HttpFailureKind::connect:
    case HttpFailureKind::proxy:
    case HttpFailureKind::tls:
      return TransportFault::connect;
    case HttpFailureKind::certificate:
      return TransportFault::certificate;
    case HttpFailureKind::timeout_connect:
    case HttpFailureKind::timeout_tls:
    case HttpFailureKind::timeout_first_byte:
    case HttpFailureKind::timeout_idle:
    case HttpFailureKind::timeout_total:
    case HttpFailureKind::stalled:
      return TransportFault::timeout;
    case HttpFailureKind::reset:
    case HttpFailureKind::dropped:
    case HttpFailureKind::canceled:
      return TransportFault::reset;
    case HttpFailureKind::truncated:
    case HttpFailureKind::malformed:
      return TransportFault::broken_reply;
    case HttpFailureKind::invalid_request:
    case HttpFailureKind::too_large:
      break;
  }
  return TransportFault::refused_by_us;
}

bool is_answer(TransportFault fault) {
  return fault != TransportFault::connect && fault != TransportFault::timeout;
}

bool is_billing_error(int status, const std::string& error_code) {
  static constexpr std::string_view codes[] = {
      "insufficient_quota",  "billing_hard_limit_reached", "billing_not_active",
      "account_deactivated", "insufficient_balance",       "credit_balance_too_low",
      "billing_error",       "access_terminated",          "insufficient_credits",
  };
  return status == 402 || std::ranges::find(codes, error_code) != std::end(codes);
}

RetryDecision RetryPolicy::decide(const FailedAttempt& failed, std::uint64_t call, int attempt) const {
  if (is_billing_error(failed.status, failed.error_code)) return {RetryAction::halt};
  if (!worth_retrying(failed)) return {RetryAction::fail};
  const Delay said = failed.hints.wait().value_or(Delay(0));
  // The bucket reopens at its own pace, so that what the server said needs no jitter.
  const Delay delay = said > Delay(0) ? said : backoff(call, attempt);
  if (is_last(failed, attempt)) return {RetryAction::fail, delay};
  return {said > options_.park_over ? RetryAction::park : RetryAction::retry, delay};
}

bool RetryPolicy::is_last(const FailedAttempt& failed, int attempt) const {
  const auto used_up = [&](int most) { return most > 0 && attempt >= most; };
  return used_up(options_.max_attempts) || (failed.never_answered && used_up(options_.max_unanswered));
}

Delay RetryPolicy::backoff(std::uint64_t call, int attempt) const {
  const double doubled =
      std::ldexp(static_cast<double>(options_.first_delay.count()), std::clamp(attempt - 1, 0, 62));
  const double mean = std::min(doubled, static_cast<double>(options_.longest_delay.count()));
  return Delay(static_cast<Delay::rep>(mean * (0.5 + uniform(options_.seed, call, attempt))));
}

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

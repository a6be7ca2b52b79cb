#pragma once

#include <cstdint>

namespace throng {

struct RetryQuotaOptions {
  double at_start = 100;     ///< retries before anything has succeeded
  double per_request = 0.1;  ///< earned by a new call
  double per_success = 1;    ///< earned by a success, as far as calls made so far allow
};

/// How many retries an endpoint is worth, over all calls. On a server that always fails there are at most
/// `at_start + per_request * calls`; successes give back what retries took, so that random faults (up to half
/// of all attempts) do not use it up.
class RetryQuota {
 public:
  explicit RetryQuota(RetryQuotaOptions options = {}) : options_(options), left_(options.at_start) {}

  void on_call();
  void on_success();
  /// Takes one retry. False: there is none left, the call fails.
  [[nodiscard]] bool try_retry();

  double left() const { return left_; }

 private:
  void earn(double retries);

  RetryQuotaOptions options_;
  double left_;
  double most_ = 0;  ///< `left_` never exceeds at_start + this
};

}  // namespace throng

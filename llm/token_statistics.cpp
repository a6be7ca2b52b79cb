#include "llm/token_statistics.h"

#include <algorithm>
#include <cmath>

namespace throng::llm {
namespace {

constexpr double kDecay = 0.999;
constexpr double kEnough = 20;
constexpr double kFirstMargin = 0.3;
constexpr double kQuantile = 0.95;
constexpr std::int64_t kWithoutMaximum = 1024;
constexpr double kBinsPerOctave = 4;

}  // namespace

void TokenStatistics::observe(std::int64_t estimated_prompt, std::int64_t prompt, std::int64_t completion) {
  if (estimated_prompt <= 0 || prompt <= 0 || completion < 0) return;
  for (double* sum : {&calls_, &estimated_sum_, &prompt_sum_, &completion_sum_}) *sum *= kDecay;
  for (double& bin : completions_) bin *= kDecay;
  calls_ += 1;
  estimated_sum_ += static_cast<double>(estimated_prompt);
  prompt_sum_ += static_cast<double>(prompt);
  completion_sum_ += static_cast<double>(completion);
  const double bin = kBinsPerOctave * std::log2(static_cast<double>(completion) + 1);
  completions_[std::min(kBins - 1, static_cast<std::size_t>(bin))] += 1;
}

std::int64_t TokenStatistics::prompt_tokens(std::int64_t estimated) const {
  const double ratio = calls_ > 0 ? prompt_sum_ / estimated_sum_ : 1;
  const double margin = kFirstMargin / std::sqrt(1 + calls_);
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(estimated) * ratio * (1 + margin)));
}

double TokenStatistics::completion_quantile() const {
  double rest = (1 - kQuantile) * calls_;
  std::size_t bin = kBins;
  while (bin > 1 && rest >= completions_[bin - 1]) rest -= completions_[--bin];
  return std::exp2(static_cast<double>(bin) / kBinsPerOctave) - 1;  // the upper end of the bin
}

std::int64_t TokenStatistics::completion_tokens(std::int64_t max_tokens, std::int64_t in_flight) const {
  const std::int64_t most = max_tokens > 0 ? max_tokens : kWithoutMaximum;
  if (calls_ < kEnough) return most;
  const double mean = completion_sum_ / calls_;
  const double above = std::max(0.0, completion_quantile() - mean);
  // The sum of n has a spread of sqrt(n), so each need reserve only 1/sqrt(n) of it; and the mean is not known
  // better than from as many calls as were seen.
  const double n = 1 + static_cast<double>(std::max<std::int64_t>(in_flight, 0));
  const double share = std::min(1.0, 1 / std::sqrt(n) + (n > 1 ? 1 / std::sqrt(calls_) : 0));
  const auto reserve = static_cast<std::int64_t>(std::ceil(mean + above * share));
  return max_tokens > 0 ? std::min(reserve, most) : reserve;
}

}  // namespace throng::llm

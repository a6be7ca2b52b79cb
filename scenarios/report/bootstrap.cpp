#include "scenarios/report/bootstrap.h"

#include <functional>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/base/statistics.h"

namespace throng {
namespace {

constexpr Draws kDraws{kBootstrapSeed};
constexpr Purpose kFirst{"compare/first"};
constexpr Purpose kSecond{"compare/second"};

/// The mean of as many values as there are, drawn with replacement.
double resampled_mean(std::span<const double> values, Purpose purpose, std::uint16_t resample) {
  const std::size_t count = values.size();
  double sum = 0;
  for (std::size_t drawn = 0; drawn < count;) {
    // One block holds four numbers of 32 bits: a million agents mean 10^10 draws.
    const auto words =
        kDraws.block(purpose, {.agent = static_cast<std::uint32_t>(drawn / 4), .round = resample});
    for (std::size_t i = 0; i < words.size() && drawn < count; ++i, ++drawn) {
      sum += values[static_cast<std::uint64_t>(words[i]) * count >> 32U];
    }
  }
  return sum / static_cast<double>(count);
}

Interval interval_of(const std::function<double(std::uint16_t)>& resampled) {
  std::vector<double> figures(kResamples);
  parallel_for(kResamples, [&](std::size_t i) { figures[i] = resampled(static_cast<std::uint16_t>(i)); });
  return {.low = percentile(figures, 2.5), .high = percentile(figures, 97.5)};
}

}  // namespace

Interval bootstrap_mean(std::span<const double> values) {
  return interval_of([&](std::uint16_t resample) { return resampled_mean(values, kFirst, resample); });
}

Interval bootstrap_difference(std::span<const double> a, std::span<const double> b) {
  return interval_of([&](std::uint16_t resample) {
    return resampled_mean(b, kSecond, resample) - resampled_mean(a, kFirst, resample);
  });
}

}  // namespace throng

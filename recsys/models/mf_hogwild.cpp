#include "recsys/models/mf_hogwild.h"

#include <algorithm>
#include <numeric>

#include "recsys/linalg/chunks.h"

namespace throng {
namespace {

constexpr std::size_t kSamplesPerTask = 1024;

/// Moves the three rows against the gradient of the loss of one comparison (bpr.h).
float descend(std::span<float> user, std::span<float> positive, std::span<float> negative, float rate,
              float l2) {
  const BprTerm term = bpr_term(dot(user, positive) - dot(user, negative));
  const Lanes step = broadcast(-rate * term.slope);
  const Lanes keep = broadcast(1 - rate * l2);
  for (std::size_t f = 0; f < user.size(); f += kLanes) {
    const Lanes u = load(&user[f]);
    const Lanes p = load(&positive[f]);
    const Lanes n = load(&negative[f]);
    store(&user[f], keep * u + step * (p - n));
    store(&positive[f], keep * p + step * u);
    store(&negative[f], keep * n - step * u);
  }
  return term.loss;
}

}  // namespace

double run_hogwild_epoch(const BprSampler& sampler, int epoch, std::size_t samples, const MfOptions& options,
                         UserItemFactors& factors) {
  const auto rate = static_cast<float>(options.learning_rate);
  const auto l2 = static_cast<float>(options.l2);
  std::vector<double> losses(num_chunks(samples, kSamplesPerTask));
  parallel_for(losses.size(), [&](std::size_t chunk) {
    const std::size_t first = chunk * kSamplesPerTask;
    std::vector<BprSample> drawn(std::min(samples - first, kSamplesPerTask));
    sampler.fill(static_cast<std::uint16_t>(epoch), first, drawn);
    for (const BprSample& sample : drawn) {
      losses[chunk] +=
          descend(factors.users.row(index(sample.user)), factors.items.row(index(sample.positive)),
                  factors.items.row(index(sample.negative)), rate, l2);
    }
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(samples);
}

}  // namespace throng

#include "recsys/models/mf_training.h"

#include <algorithm>

#include "engine/sim/random.h"
#include "recsys/linalg/chunks.h"

namespace throng {
namespace {

constexpr Purpose kMfUsers{"mf/init-users"};
constexpr Purpose kMfItems{"mf/init-items"};
constexpr std::size_t kRowsAhead = 8;  // rows ahead

void apply(const RowGradients& batch, RowAdam& adam, FactorMatrix& factors) {
  adam.next_step();
  parallel_for_chunks(batch.rows.size(), kRowsPerChunk, [&](std::size_t n) {
    if (n + kRowsAhead < batch.rows.size()) {
      adam.prefetch(batch.rows[n + kRowsAhead]);
      factors.prefetch(batch.rows[n + kRowsAhead]);
    }
    adam.update(batch.rows[n], batch.gradients.row(n), factors.row(batch.rows[n]));
  });
}

}  // namespace

UserItemFactors initial_factors(std::size_t users, std::size_t items, const MfOptions& options,
                                std::uint64_t seed) {
  const Draws draws(seed);
  const auto factors = static_cast<std::size_t>(options.factors);
  return {.users = normal_factors(users, factors, options.init_deviation, draws, kMfUsers),
          .items = normal_factors(items, factors, options.init_deviation, draws, kMfItems)};
}

MfTraining::MfTraining(const BprSampler& sampler, std::size_t samples_per_epoch, const MfOptions& options,
                       UserItemFactors& factors)
    : sampler_(sampler),
      samples_per_epoch_(samples_per_epoch),
      l2_(static_cast<float>(options.l2)),
      factors_(factors),
      samples_(std::min(static_cast<std::size_t>(options.batch_size), samples_per_epoch)),
      batch_(factors.users.rows(), factors.items.rows(), factors.items.factors(), samples_.size()),
      user_adam_(factors.users.rows(), factors.users.factors(),
                 {.learning_rate = static_cast<float>(options.learning_rate)}),
      item_adam_(factors.items.rows(), factors.items.factors(),
                 {.learning_rate = static_cast<float>(options.learning_rate)}) {}

double MfTraining::run_epoch(int epoch) {
  double loss = 0;
  for (std::size_t first = 0; first < samples_per_epoch_; first += samples_.size()) {
    const std::size_t count = std::min(samples_.size(), samples_per_epoch_ - first);
    loss += step(epoch, first, count) * static_cast<double>(count);
  }
  return loss / static_cast<double>(samples_per_epoch_);
}

double MfTraining::step(int epoch, std::size_t first, std::size_t count) {
  const std::span<BprSample> samples = std::span(samples_).first(count);
  sampler_.fill_in_parallel(static_cast<std::uint16_t>(epoch), first, samples);
  const double loss = batch_.compute(factors_.users, factors_.items, samples, l2_);
  apply(batch_.user_gradients(), user_adam_, factors_.users);
  apply(batch_.item_gradients(), item_adam_, factors_.items);
  return loss;
}

}  // namespace throng

#include "recsys/models/bpr.h"

#include <algorithm>
#include <cmath>

#include "recsys/linalg/chunks.h"

namespace throng {
namespace {

constexpr std::size_t kSamplesPerChunk = 256;
constexpr std::size_t kSamplesAhead = 3;  // samples ahead

}  // namespace

BprTerm bpr_term(float x) {
  const float e = std::exp(-std::abs(x));  // never overflows
  return {.loss = std::max(-x, 0.0F) + std::log(1.0F + e), .slope = -(x > 0 ? e : 1.0F) / (1.0F + e)};
}

BprBatch::BprBatch(std::size_t users, std::size_t items, std::size_t factors, std::size_t max_samples)
    : slopes_(max_samples),
      chunk_losses_(num_chunks(max_samples, kSamplesPerChunk)),
      user_rows_(max_samples),
      item_rows_(2 * max_samples),
      user_groups_(users),
      item_groups_(items),
      user_gradients_(std::min(users, max_samples), factors),
      item_gradients_(std::min(items, 2 * max_samples), factors) {}

double BprBatch::compute(const FactorMatrix& users, const FactorMatrix& items,
                         std::span<const BprSample> samples, float l2) {
  const double loss = compute_slopes(users, items, samples, l2);
  group_rows(samples);
  parallel_for_chunks(user_groups_.rows().size(), kRowsPerChunk,
                      [&](std::size_t n) { sum_user_gradient(n, users, items, samples, l2); });
  parallel_for_chunks(item_groups_.rows().size(), kRowsPerChunk,
                      [&](std::size_t n) { sum_item_gradient(n, users, items, samples, l2); });
  return loss;
}

double BprBatch::compute_slopes(const FactorMatrix& users, const FactorMatrix& items,
                                std::span<const BprSample> samples, float l2) {
  const auto count = static_cast<float>(samples.size());
  const std::size_t used = num_chunks(samples.size(), kSamplesPerChunk);
  parallel_for(used, [&](std::size_t chunk) {
    double loss = 0;
    const std::size_t end = std::min(samples.size(), (chunk + 1) * kSamplesPerChunk);
    for (std::size_t s = chunk * kSamplesPerChunk; s < end; ++s) {
      if (s + kSamplesAhead < samples.size()) {
        users.prefetch(index(samples[s + kSamplesAhead].user));
        items.prefetch(index(samples[s + kSamplesAhead].positive));
        items.prefetch(index(samples[s + kSamplesAhead].negative));
      }
      const std::span<const float> user = users.row(index(samples[s].user));
      const std::span<const float> positive = items.row(index(samples[s].positive));
      const std::span<const float> negative = items.row(index(samples[s].negative));
      const BprTerm term = bpr_term(dot(user, positive) - dot(user, negative));
      loss += term.loss + l2 / 2 * (dot(user, user) + dot(positive, positive) + dot(negative, negative));
      slopes_[s] = term.slope / count;
    }
    chunk_losses_[chunk] = loss;
  });
  double loss = 0;
  for (std::size_t chunk = 0; chunk < used; ++chunk) loss += chunk_losses_[chunk];
  return loss / static_cast<double>(samples.size());
}

void BprBatch::group_rows(std::span<const BprSample> samples) {
  for (std::size_t s = 0; s < samples.size(); ++s) {
    user_rows_[s] = static_cast<std::uint32_t>(samples[s].user);
    item_rows_[2 * s] = static_cast<std::uint32_t>(samples[s].positive);
    item_rows_[2 * s + 1] = static_cast<std::uint32_t>(samples[s].negative);
  }
  user_groups_.group({user_rows_.data(), samples.size()});
  item_groups_.group({item_rows_.data(), 2 * samples.size()});
}

void BprBatch::sum_user_gradient(std::size_t n, const FactorMatrix& users, const FactorMatrix& items,
                                 std::span<const BprSample> samples, float l2) {
  const std::span<const std::uint32_t> entries = user_groups_.entries(n);
  const std::span<float> gradient = user_gradients_.row(n);
  const std::span<const float> own = users.row(user_groups_.rows()[n]);
  const float decay = l2 * static_cast<float>(entries.size()) / static_cast<float>(samples.size());
  for (std::size_t f = 0; f < own.size(); f += kLanes) store(&gradient[f], broadcast(decay) * load(&own[f]));
  for (const std::uint32_t s : entries) {
    const std::span<const float> positive = items.row(index(samples[s].positive));
    const std::span<const float> negative = items.row(index(samples[s].negative));
    const Lanes slope = broadcast(slopes_[s]);
    for (std::size_t f = 0; f < own.size(); f += kLanes) {
      store(&gradient[f], load(&gradient[f]) + slope * (load(&positive[f]) - load(&negative[f])));
    }
  }
}

void BprBatch::sum_item_gradient(std::size_t n, const FactorMatrix& users, const FactorMatrix& items,
                                 std::span<const BprSample> samples, float l2) {
  const std::span<const std::uint32_t> entries = item_groups_.entries(n);
  const std::span<float> gradient = item_gradients_.row(n);
  const std::span<const float> own = items.row(item_groups_.rows()[n]);
  const float decay = l2 * static_cast<float>(entries.size()) / static_cast<float>(samples.size());
  for (std::size_t f = 0; f < own.size(); f += kLanes) store(&gradient[f], broadcast(decay) * load(&own[f]));
  for (const std::uint32_t entry : entries) {
    const std::uint32_t s = entry / 2;
    const std::span<const float> user = users.row(index(samples[s].user));
    const Lanes slope = broadcast(entry % 2 == 0 ? slopes_[s] : -slopes_[s]);
    for (std::size_t f = 0; f < own.size(); f += kLanes) {
      store(&gradient[f], load(&gradient[f]) + slope * load(&user[f]));
    }
  }
}

}  // namespace throng

#include "recsys/models/bpr.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/parallel.h"

namespace throng {
namespace {

constexpr Purpose kSample{"bpr/sample"};

constexpr std::size_t kTogether = 32;  // their cache misses overlap
constexpr std::size_t kPerTask = 256;

std::size_t below(std::size_t bound, std::uint32_t bits) { return bound * bits >> 32U; }

constexpr std::size_t kSamplesPerChunk = 256;
constexpr std::size_t kSamplesAhead = 3;  // samples ahead

}  // namespace

BprSampler::BprSampler(const Interactions& train, std::uint64_t seed) : train_(train), draws_(seed) {
  for (std::size_t n = 0; n < train.num_users(); ++n) {
    const UserId user{static_cast<std::uint32_t>(n)};
    const std::size_t items = train.items_of(user).size();
    if (items > 0 && items < train.num_items()) users_.push_back(user);
  }
}

void BprSampler::fill(std::uint16_t epoch, std::size_t first, std::span<BprSample> samples) const {
  for (std::size_t begin = 0; begin < samples.size(); begin += kTogether) {
    const std::size_t count = std::min(kTogether, samples.size() - begin);
    std::array<std::array<std::uint32_t, 4>, kTogether> bits;
    std::array<std::span<const ItemId>, kTogether> items;
    for (std::size_t n = 0; n < count; ++n) {
      const auto number = static_cast<std::uint32_t>(first + begin + n);
      bits[n] = draws_.block(kSample, {.agent = number, .round = epoch});
      const UserId user = users_[below(users_.size(), bits[n][0])];
      samples[begin + n].user = user;
      items[n] = train_.items_of(user);
      __builtin_prefetch(&items[n][items[n].size() / 2]);  // where the search for a negative begins
      __builtin_prefetch(&items[n][below(items[n].size(), bits[n][1])]);
    }
    for (std::size_t n = 0; n < count; ++n) {
      const std::size_t missing = train_.num_items() - items[n].size();
      samples[begin + n].positive = items[n][below(items[n].size(), bits[n][1])];
      samples[begin + n].negative = nth_missing(items[n], below(missing, bits[n][2]));
    }
  }
}

void BprSampler::fill_in_parallel(std::uint16_t epoch, std::size_t first,
                                  std::span<BprSample> samples) const {
  parallel_for(num_chunks(samples.size(), kPerTask), [&](std::size_t chunk) {
    const std::size_t begin = chunk * kPerTask;
    fill(epoch, first + begin, samples.subspan(begin, std::min(kPerTask, samples.size() - begin)));
  });
}

ItemId nth_missing(std::span<const ItemId> items, std::size_t n) {
  // items[i] - i items below items[i] are missing, so items[i] comes before the one sought if that is at most
  // n. Counts such items by halving, without a branch that depends on the comparison.
  std::size_t before = 0;
  for (std::size_t left = items.size(); left > 0;) {
    const std::size_t half = (left + 1) / 2;
    const std::size_t last = before + half - 1;
    before += index(items[last]) - last <= n ? half : 0;
    left -= half;
  }
  return ItemId{static_cast<std::uint32_t>(n + before)};
}

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

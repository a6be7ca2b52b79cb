#include "recsys/models/lightgcn_training.h"

#include <algorithm>

#include "recsys/linalg/chunks.h"

namespace throng {
namespace {

void set_to_zero(const RowGradients& gradients, FactorMatrix& in) {
  for (const std::uint32_t row : gradients.rows) std::ranges::fill(in.row(row), 0.0F);
}

void scatter(const RowGradients& gradients, FactorMatrix& to) {
  for (std::size_t n = 0; n < gradients.rows.size(); ++n) {
    std::ranges::copy(gradients.gradients.row(n), to.row(gradients.rows[n]).begin());
  }
}

void add(float factor, std::span<const float> x, std::span<float> to) {
  for (std::size_t f = 0; f < x.size(); f += kLanes) {
    store(&to[f], load(&to[f]) + broadcast(factor) * load(&x[f]));
  }
}

void update_all(const FactorMatrix& gradient, RowAdam& adam, FactorMatrix& vectors) {
  adam.next_step();
  parallel_for_chunks(vectors.rows(), kRowsPerChunk,
                      [&](std::size_t row) { adam.update(row, gradient.row(row), vectors.row(row)); });
}

}  // namespace

LightGcnTraining::LightGcnTraining(const InteractionGraph& graph, const BprSampler& sampler,
                                   std::size_t samples_per_epoch, const LightGcnOptions& options,
                                   UserItemFactors& vectors)
    : sampler_(sampler),
      samples_per_epoch_(samples_per_epoch),
      options_(options),
      vectors_(vectors),
      samples_(std::min(static_cast<std::size_t>(options.batch_size), samples_per_epoch)),
      batch_(vectors.users.rows(), vectors.items.rows(), vectors.items.factors(),
             static_cast<std::size_t>(options.batch_size)),
      nodes_(vectors.users.rows(), vectors.items.rows()),
      layer_mean_(graph, options.layers, 1.0F / static_cast<float>(options.layers + 1)),
      final_gradient_{.users = FactorMatrix(vectors.users.rows(), vectors.users.factors()),
                      .items = FactorMatrix(vectors.items.rows(), vectors.items.factors())},
      user_adam_(vectors.users.rows(), vectors.users.factors(),
                 {.learning_rate = static_cast<float>(options.learning_rate)}),
      item_adam_(vectors.items.rows(), vectors.items.factors(),
                 {.learning_rate = static_cast<float>(options.learning_rate)}) {}

double LightGcnTraining::run_epoch(int epoch) {
  double loss = 0;
  for (std::size_t first = 0; first < samples_per_epoch_; first += samples_.size()) {
    const std::size_t count = std::min(samples_.size(), samples_per_epoch_ - first);
    const std::span<BprSample> samples = std::span(samples_).first(count);
    sampler_.fill_in_parallel(static_cast<std::uint16_t>(epoch), first, samples);
    loss += compute(samples) * static_cast<double>(count);
    update_all(gradient().users, user_adam_, vectors_.users);
    update_all(gradient().items, item_adam_, vectors_.items);
  }
  return loss / static_cast<double>(samples_per_epoch_);
}

double LightGcnTraining::compute(std::span<const BprSample> samples) {
  set_to_zero(batch_.user_gradients(), final_gradient_.users);
  set_to_zero(batch_.item_gradients(), final_gradient_.items);
  set_nodes(samples);
  const UserItemFactors& final_vectors = layer_mean_.at(nodes_, vectors_);
  const double loss = batch_.compute(final_vectors.users, final_vectors.items, samples, 0);
  scatter(batch_.user_gradients(), final_gradient_.users);
  scatter(batch_.item_gradients(), final_gradient_.items);
  return loss + add_decay(samples, layer_mean_.of_sparse(final_gradient_, nodes_));
}

void LightGcnTraining::set_nodes(std::span<const BprSample> samples) {
  nodes_.clear();
  for (const BprSample& sample : samples) {
    nodes_.users[index(sample.user)] = 1;
    nodes_.items[index(sample.positive)] = 1;
    nodes_.items[index(sample.negative)] = 1;
  }
}

double LightGcnTraining::add_decay(std::span<const BprSample> samples, UserItemFactors& gradient) {
  const double l2 = options_.l2 / static_cast<double>(samples.size());
  double squares = 0;
  const auto decay = [&](const FactorMatrix& vectors, std::size_t row, FactorMatrix& of) {
    const std::span<const float> own = vectors.row(row);
    squares += dot(own, own);
    add(static_cast<float>(l2), own, of.row(row));
  };
  for (const BprSample& sample : samples) {
    decay(vectors_.users, index(sample.user), gradient.users);
    decay(vectors_.items, index(sample.positive), gradient.items);
    decay(vectors_.items, index(sample.negative), gradient.items);
  }
  return l2 / 2 * squares;
}

}  // namespace throng

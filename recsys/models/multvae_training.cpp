#include "recsys/models/multvae_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/parallel.h"
#include "recsys/linalg/dense.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/user_item_factors.h"

namespace throng {
namespace {

constexpr std::array<Purpose, MultVaeWeights::kParts> kInit{
    Purpose{"multvae/init-input"},   Purpose{"multvae/init-input-bias"},
    Purpose{"multvae/init-code"},    Purpose{"multvae/init-code-bias"},
    Purpose{"multvae/init-decoder"}, Purpose{"multvae/init-decoder-bias"},
    Purpose{"multvae/init-output"},  Purpose{"multvae/init-output-bias"}};
constexpr double kBiasDeviation = 0.001;

double xavier(const FactorMatrix& matrix) {
  return std::sqrt(2.0 / static_cast<double>(matrix.rows() + matrix.factors()));
}

constexpr Purpose kOrder{"multvae/order"};
constexpr Purpose kDropout{"multvae/dropout"};
constexpr Purpose kNoise{"multvae/noise"};
constexpr std::size_t kUsersPerChunk = 32;      // where each user is little work
constexpr std::size_t kUsersPerBackward = 128;  // where the output layer is read again for each chunk
constexpr std::size_t kColumnsPerTile = 192;

/// Calls body(first, count) for chunks of `size` of [0, total), in parallel.
template <class Body>
void parallel_chunks(std::size_t total, std::size_t size, const Body& body) {
  parallel_for(num_chunks(total, size),
               [&](std::size_t chunk) { body(chunk * size, std::min(size, total - chunk * size)); });
}

/// gradient = left * right^T, in tiles of the gradient's columns (right's rows).
template <class Left, class Right>
void outer_product(const Left& left, const Right& right, FactorMatrix& gradient) {
  parallel_chunks(gradient.rows(), kColumnsPerTile, [&](std::size_t first, std::size_t count) {
    const auto begin = static_cast<Eigen::Index>(first);
    const auto size = static_cast<Eigen::Index>(count);
    as_columns(gradient).middleCols(begin, size).noalias() = left * right.middleRows(begin, size).transpose();
  });
}

/// How a gradient passes back through y = tanh(x).
template <class Gradient, class Output>
void through_tanh(Gradient&& gradient, const Output& y) {
  gradient.array() *= 1.0F - y.array().square();
}

Eigen::VectorXf bias_of(const FactorMatrix& bias) { return as_columns(bias).col(0); }

}  // namespace

std::array<FactorMatrix*, MultVaeWeights::kParts> MultVaeWeights::parts() {
  return {&input, &input_bias, &code, &code_bias, &decoder, &decoder_bias, &output, &output_bias};
}

std::array<const FactorMatrix*, MultVaeWeights::kParts> MultVaeWeights::parts() const {
  return {&input, &input_bias, &code, &code_bias, &decoder, &decoder_bias, &output, &output_bias};
}

MultVaeWeights zero_weights(std::size_t items, const MultVaeOptions& options) {
  const auto hidden = static_cast<std::size_t>(options.hidden);
  const auto latent = static_cast<std::size_t>(options.latent);
  return {.input = {items, hidden},
          .input_bias = {1, hidden},
          .code = {hidden, 2 * latent},
          .code_bias = {1, 2 * latent},
          .decoder = {latent, hidden},
          .decoder_bias = {1, hidden},
          .output = {items, hidden},
          .output_bias = {1, items}};
}

MultVaeWeights initial_weights(std::size_t items, const MultVaeOptions& options, const Draws& draws) {
  MultVaeWeights weights = zero_weights(items, options);
  const auto parts = weights.parts();
  for (std::size_t n = 0; n < parts.size(); ++n) {
    const bool is_bias = parts[n]->rows() == 1 && n % 2 == 1;
    const double deviation = is_bias ? kBiasDeviation : xavier(*parts[n]);
    *parts[n] = normal_factors(parts[n]->rows(), parts[n]->factors(), deviation, draws, kInit[n]);
  }
  return weights;
}

void apply_tanh(Eigen::Ref<Eigen::MatrixXf> x) {
  // exp(2 x) may overflow to infinity, which gives 1.
  x.array() = 1.0F - 2.0F / ((2.0F * x.array()).exp() + 1.0F);
}

void sum_input(const MultVaeWeights& weights, std::span<const ItemId> items, float scale,
               std::span<float> sum) {
  std::ranges::fill(sum, 0.0F);
  for (const ItemId item : items) {
    const std::span<const float> row = weights.input.row(index(item));
    for (std::size_t f = 0; f < sum.size(); f += kLanes) store(&sum[f], load(&sum[f]) + load(&row[f]));
  }
  const std::span<const float> bias = weights.input_bias.row(0);
  for (std::size_t f = 0; f < sum.size(); f += kLanes) {
    store(&sum[f], load(&bias[f]) + broadcast(scale) * load(&sum[f]));
  }
}

MultVaeTraining::MultVaeTraining(const SparseRows<ItemId>& histories, const MultVaeOptions& options,
                                 std::uint64_t seed, MultVaeState& state)
    : histories_(histories),
      options_(options),
      draws_(seed),
      state_(state),
      gradient_(zero_weights(state.weights.input.rows(), options)),
      input_groups_(state.weights.input.rows()) {
  pin_eigen_blocking();
  for (const FactorMatrix* part : state.weights.parts()) {
    adam_.emplace_back(part->rows(), part->factors(),
                       AdamOptions{.learning_rate = static_cast<float>(options.learning_rate)});
  }
  for (std::uint32_t user = 0; user < histories.rows(); ++user) {
    if (!histories.row(user).empty()) users_.push_back(UserId{user});
  }
  const auto columns =
      static_cast<Eigen::Index>(std::min(static_cast<std::size_t>(options.batch_size), users_.size()));
  const MultVaeWeights& weights = state.weights;
  inputs_.resize(static_cast<std::size_t>(columns));
  scales_.resize(static_cast<std::size_t>(columns));
  encoded_.setZero(static_cast<Eigen::Index>(weights.input.stride()), columns);
  hidden_gradient_ = decoded_ = encoded_;
  code_.setZero(static_cast<Eigen::Index>(weights.code.stride()), columns);
  noise_.setZero(options.latent, columns);
  latent_ = latent_gradient_ = noise_;
  logits_.setZero(ScoreBlock::padded(weights.input.rows()), columns);
}

double MultVaeTraining::run_epoch(int epoch) {
  std::vector<std::uint32_t> order(users_.size());
  draws_.permutation(order, kOrder, {.round = static_cast<std::uint16_t>(epoch)});
  double loss = 0;
  for (std::size_t first = 0; first < order.size(); first += inputs_.size()) {
    std::vector<UserId> batch;
    for (std::size_t n = first; n < std::min(order.size(), first + inputs_.size()); ++n) {
      batch.push_back(users_[order[n]]);
    }
    const double kl_weight = std::min(options_.anneal_cap, static_cast<double>(state_.updates) /
                                                               static_cast<double>(options_.anneal_steps));
    loss += compute(batch, epoch, kl_weight) * static_cast<double>(batch.size());
    step();
  }
  return loss / static_cast<double>(order.size());
}

double MultVaeTraining::compute(std::span<const UserId> users, int epoch, double kl_weight) {
  parallel_chunks(users.size(), kUsersPerChunk,
                  [&](std::size_t first, std::size_t count) { encode(users, epoch, first, count); });
  score(users.size());
  std::vector<double> losses(users.size());
  parallel_chunks(users.size(), kUsersPerBackward, [&](std::size_t first, std::size_t count) {
    for (std::size_t n = first; n < first + count; ++n) {
      losses[n] = softmax_loss(histories_.row(index(users[n])), n) + kl_loss(n, kl_weight);
    }
    logits_.middleCols(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)) /=
        static_cast<float>(users.size());
    backward(users.size(), first, count, kl_weight);
  });
  sum_weight_gradients(users.size());
  sum_input_gradient(users.size());
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(users.size());
}

void MultVaeTraining::draw_input(UserId user, int epoch, std::size_t column) {
  const std::span<const ItemId> history = histories_.row(index(user));
  DrawAddress at{.agent = static_cast<std::uint32_t>(user), .round = static_cast<std::uint16_t>(epoch)};
  inputs_[column].clear();
  for (const ItemId item : history) {
    at.item = static_cast<std::uint32_t>(item);
    if (draws_.uniform(kDropout, at) >= options_.dropout) inputs_[column].push_back(item);
  }
  const double length = std::sqrt(static_cast<double>(history.size()));
  scales_[column] = static_cast<float>(1 / (length * (1 - options_.dropout)));
  for (Eigen::Index f = 0; f < noise_.rows(); ++f) {
    at.item = static_cast<std::uint32_t>(f);
    noise_(f, static_cast<Eigen::Index>(column)) = static_cast<float>(draws_.normal(kNoise, at));
  }
}

void MultVaeTraining::encode(std::span<const UserId> users, int epoch, std::size_t first, std::size_t count) {
  const MultVaeWeights& weights = state_.weights;
  for (std::size_t n = first; n < first + count; ++n) {
    draw_input(users[n], epoch, n);
    sum_input(weights, inputs_[n], scales_[n],
              {encoded_.col(static_cast<Eigen::Index>(n)).data(), weights.input.stride()});
  }
  const auto begin = static_cast<Eigen::Index>(first);
  const auto size = static_cast<Eigen::Index>(count);
  auto encoded = encoded_.middleCols(begin, size);
  auto code = code_.middleCols(begin, size);
  auto decoded = decoded_.middleCols(begin, size);
  apply_tanh(encoded);
  code.noalias() = as_columns(weights.code) * encoded.topRows(options_.hidden);
  code.colwise() += bias_of(weights.code_bias);
  const auto mean = code.topRows(options_.latent);
  const auto log_variance = code.middleRows(options_.latent, options_.latent);
  auto latent = latent_.middleCols(begin, size);
  latent.array() =
      mean.array() + noise_.middleCols(begin, size).array() * (0.5F * log_variance.array()).exp();
  decoded.noalias() = as_columns(weights.decoder) * latent;
  decoded.colwise() += bias_of(weights.decoder_bias);
  apply_tanh(decoded);
}

void MultVaeTraining::score(std::size_t users) {
  const MultVaeWeights& weights = state_.weights;
  const auto columns = static_cast<Eigen::Index>(users);
  parallel_chunks(weights.output.rows(), kColumnsPerTile, [&](std::size_t first, std::size_t count) {
    const auto begin = static_cast<Eigen::Index>(first);
    const auto size = static_cast<Eigen::Index>(count);
    auto tile = logits_.block(begin, 0, size, columns);
    tile.noalias() =
        as_columns(weights.output).middleCols(begin, size).transpose() * decoded_.leftCols(columns);
    tile.colwise() += as_columns(weights.output_bias).col(0).segment(begin, size);
  });
}

/// Replaces the column of logits by the gradient of the loss in them.
double MultVaeTraining::softmax_loss(std::span<const ItemId> items, std::size_t column) {
  const auto num_items = static_cast<Eigen::Index>(state_.weights.output.rows());
  auto logits = logits_.col(static_cast<Eigen::Index>(column));
  double loss = 0;
  for (const ItemId item : items) loss -= logits(static_cast<Eigen::Index>(index(item)));
  const float greatest = logits.head(num_items).maxCoeff();
  logits.array() = (logits.array() - greatest).exp();
  logits.tail(logits.size() - num_items).setZero();
  const float sum = logits.sum();
  const auto count = static_cast<float>(items.size());
  logits *= count / sum;
  for (const ItemId item : items) logits(static_cast<Eigen::Index>(index(item))) -= 1;
  return loss + count * (std::log(sum) + greatest);
}

double MultVaeTraining::kl_loss(std::size_t column, double kl_weight) const {
  const auto code = code_.col(static_cast<Eigen::Index>(column)).cast<double>();
  const Eigen::ArrayXd mean = code.head(options_.latent);
  const Eigen::ArrayXd log_variance = code.segment(options_.latent, options_.latent);
  return -0.5 * kl_weight * (1 + log_variance - mean.square() - log_variance.exp()).sum();
}

void MultVaeTraining::backward(std::size_t users, std::size_t first, std::size_t count, double kl_weight) {
  const MultVaeWeights& weights = state_.weights;
  const auto begin = static_cast<Eigen::Index>(first);
  const auto size = static_cast<Eigen::Index>(count);
  const auto logits = logits_.block(0, begin, static_cast<Eigen::Index>(weights.output.rows()), size);
  auto hidden = hidden_gradient_.middleCols(begin, size);
  hidden.noalias() = as_columns(weights.output) * logits;
  through_tanh(hidden, decoded_.middleCols(begin, size));

  auto latent = latent_gradient_.middleCols(begin, size);
  latent.noalias() = as_columns(weights.decoder).transpose() * hidden;
  const auto kl = static_cast<float>(kl_weight / static_cast<double>(users));
  auto mean = code_.block(0, begin, options_.latent, size).array();
  auto log_variance = code_.block(options_.latent, begin, options_.latent, size).array();
  const auto noise = noise_.middleCols(begin, size).array();
  mean = latent.array() + kl * mean;
  log_variance =
      latent.array() * noise * 0.5F * (0.5F * log_variance).exp() + 0.5F * kl * (log_variance.exp() - 1.0F);
  code_.bottomRows(code_.rows() - 2 * Eigen::Index{options_.latent}).middleCols(begin, size).setZero();
}

void MultVaeTraining::sum_weight_gradients(std::size_t users) {
  const auto columns = static_cast<Eigen::Index>(users);
  const auto sum_bias = [&](const Eigen::MatrixXf& from, FactorMatrix& bias) {
    auto sum = as_columns(bias).col(0);
    sum.setZero();
    for (Eigen::Index n = 0; n < columns; ++n) sum += from.col(n).head(sum.size());
  };
  outer_product(decoded_.leftCols(columns), logits_.leftCols(columns), gradient_.output);
  outer_product(hidden_gradient_.leftCols(columns), latent_.leftCols(columns), gradient_.decoder);
  outer_product(code_.leftCols(columns), encoded_.topLeftCorner(options_.hidden, columns), gradient_.code);
  sum_bias(logits_, gradient_.output_bias);
  sum_bias(hidden_gradient_, gradient_.decoder_bias);
  sum_bias(code_, gradient_.code_bias);
  parallel_chunks(users, kUsersPerChunk, [&](std::size_t first, std::size_t count) {
    const auto begin = static_cast<Eigen::Index>(first);
    const auto size = static_cast<Eigen::Index>(count);
    auto gradient = hidden_gradient_.block(0, begin, options_.hidden, size);
    gradient.noalias() = as_columns(state_.weights.code).transpose() * code_.middleCols(begin, size);
    through_tanh(gradient, encoded_.block(0, begin, options_.hidden, size));
  });
  sum_bias(hidden_gradient_, gradient_.input_bias);
}

void MultVaeTraining::sum_input_gradient(std::size_t users) {
  input_items_.clear();
  input_columns_.clear();
  for (std::uint32_t column = 0; column < users; ++column) {
    for (const ItemId item : inputs_[column]) {
      input_items_.push_back(static_cast<std::uint32_t>(item));
      input_columns_.push_back(column);
    }
  }
  input_groups_.group(input_items_);
  parallel_for_chunks(input_groups_.rows().size(), kRowsPerChunk, [&](std::size_t n) {
    auto sum = as_columns(gradient_.input).col(input_groups_.rows()[n]);
    sum.setZero();
    for (const std::uint32_t entry : input_groups_.entries(n)) {
      const std::uint32_t column = input_columns_[entry];
      sum += scales_[column] * hidden_gradient_.col(column);
    }
  });
}

void MultVaeTraining::step() {
  const auto weights = state_.weights.parts();
  const auto gradients = gradient_.parts();
  const std::span<const std::uint32_t> read = input_groups_.rows();
  for (std::size_t part = 0; part < weights.size(); ++part) {
    adam_[part].next_step();
    const bool is_input = weights[part] == &state_.weights.input;
    parallel_for_chunks(is_input ? read.size() : weights[part]->rows(), kRowsPerChunk, [&](std::size_t n) {
      const std::size_t row = is_input ? read[n] : n;
      adam_[part].update(row, gradients[part]->row(row), weights[part]->row(row));
    });
  }
  ++state_.updates;
}

}  // namespace throng

#include "recsys/models/multvae_network.h"

#include <algorithm>
#include <cmath>

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

}  // namespace throng

#include "recsys/models/multvae.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/options_reader.h"
#include "recsys/linalg/dense.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/evaluate.h"

namespace throng {
namespace {

using Block = Eigen::Matrix<float, Eigen::Dynamic, ScoreBlock::kQueries>;

/// The rows of the output layer, each with its bias behind it.
FactorMatrix with_bias(const MultVaeWeights& weights) {
  FactorMatrix rows(weights.output.rows(), weights.output.factors() + 1);
  for (std::size_t item = 0; item < rows.rows(); ++item) {
    const std::span<const float> row = weights.output.row(item).first(weights.output.factors());
    std::ranges::copy(row, rows.row(item).begin());
    rows.row(item)[row.size()] = weights.output_bias.row(0)[item];
  }
  return rows;
}

}  // namespace

Result<std::unique_ptr<Recommender>> MultVae::make(const Json& json) {
  MultVaeOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
  reader.integer("hidden", options.hidden, {1, 16384});
  reader.integer("latent", options.latent, {1, 16384});
  reader.number("dropout", options.dropout, {0, 0.99});
  reader.number("anneal_cap", options.anneal_cap, {0, 10});
  reader.integer("anneal_steps", options.anneal_steps, {1, 1'000'000'000});
  reader.number("learning_rate", options.learning_rate, {1e-6, 1});
  reader.integer("batch_size", options.batch_size, {1, 1 << 16});
  reader.integer("max_epochs", options.max_epochs, {1, 65535});
  reader.integer("eval_every", options.eval_every, {1, 65535});
  reader.integer("patience", options.patience, {1, 65535});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<MultVae>(options);
}

Json MultVae::options() const {
  return {{"kind", "multvae"},
          {"hidden", options_.hidden},
          {"latent", options_.latent},
          {"dropout", options_.dropout},
          {"anneal_cap", options_.anneal_cap},
          {"anneal_steps", options_.anneal_steps},
          {"learning_rate", options_.learning_rate},
          {"batch_size", options_.batch_size},
          {"max_epochs", options_.max_epochs},
          {"eval_every", options_.eval_every},
          {"patience", options_.patience}};
}

void MultVae::fit(const FitInput& input, FitObserver& observer) {
  const bool goes_on = input.start == FitStart::warm && num_items() == input.train.num_items();
  if (!goes_on) state_ = {.weights = initial_weights(input.train.num_items(), options_, Draws(input.seed))};
  histories_ = Histories(input.train);
  if (input.train.size() > 0) {
    const SparseRows<ItemId> histories = items_by_user(input.train);
    MultVaeTraining training(histories, options_, input.seed, state_);
    train_epochs(
        *this, {options_.max_epochs, options_.eval_every, options_.patience}, input, observer, state_,
        [&](int epoch) { return training.run_epoch(epoch); }, [&] { prepare_scoring(); });
  }
  prepare_scoring();
}

void MultVae::prepare_scoring() {
  pin_eigen_blocking();
  output_ = FactorScorer(with_bias(state_.weights));
}

void MultVae::score(std::span<const Query> queries, ScoreBlock& scores) const {
  // Products of one shape: missing queries are zero.
  const MultVaeWeights& weights = state_.weights;
  Block encoded = Block::Zero(static_cast<Eigen::Index>(weights.input.stride()), ScoreBlock::kQueries);
  for (std::size_t n = 0; n < queries.size(); ++n) {
    const std::span<const ItemId> history = histories_.of(queries[n]);
    const double length = std::sqrt(static_cast<double>(std::max<std::size_t>(1, history.size())));
    sum_input(weights, history, static_cast<float>(1 / length),
              {encoded.col(static_cast<Eigen::Index>(n)).data(), weights.input.stride()});
  }
  apply_tanh(encoded);
  Block code = as_columns(weights.code) * encoded.topRows(options_.hidden);
  code.colwise() += as_columns(weights.code_bias).col(0);
  Block decoded = as_columns(weights.decoder) * code.topRows(options_.latent);
  decoded.colwise() += as_columns(weights.decoder_bias).col(0);
  apply_tanh(decoded);

  FactorMatrix rows(ScoreBlock::kQueries, static_cast<std::size_t>(options_.hidden) + 1);
  std::array<std::span<const float>, ScoreBlock::kQueries> users;
  for (std::size_t n = 0; n < queries.size(); ++n) {
    const float* column = decoded.col(static_cast<Eigen::Index>(n)).data();
    std::copy_n(column, options_.hidden, rows.row(n).begin());
    rows.row(n)[static_cast<std::size_t>(options_.hidden)] = 1;
    users[n] = rows.row(n);
  }
  output_.score({users.data(), queries.size()}, scores);
}

void MultVae::save(ModelWriter& out) const {
  histories_.save(out);
  out.number(state_.updates);
  for (const FactorMatrix* part : state_.weights.parts()) out.factors(*part);
}

void MultVae::load(ModelReader& in) {
  histories_ = Histories::load(in);
  state_ = {.weights = zero_weights(num_items(), options_), .updates = in.number()};
  for (FactorMatrix* part : state_.weights.parts()) {
    FactorMatrix loaded = in.factors();
    in.expect(loaded.rows() == part->rows() && loaded.factors() == part->factors(),
              "a layer has the wrong size");
    *part = std::move(loaded);
  }
  prepare_scoring();
}

}  // namespace throng

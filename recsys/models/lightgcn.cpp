#include "recsys/models/lightgcn.h"

#include <algorithm>
#include <cmath>

#include "engine/base/options_reader.h"
#include "engine/base/parallel.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/evaluate.h"

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

constexpr Purpose kLightGcnUsers{"lightgcn/init-users"};
constexpr Purpose kLightGcnItems{"lightgcn/init-items"};

UserItemFactors initial_vectors(const Interactions& train, const LightGcnOptions& options,
                                std::uint64_t seed) {
  const Draws draws(seed);
  const auto factors = static_cast<std::size_t>(options.factors);
  return {.users = normal_factors(train.num_users(), factors, options.init_deviation, draws, kLightGcnUsers),
          .items = normal_factors(train.num_items(), factors, options.init_deviation, draws, kLightGcnItems)};
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

Result<std::unique_ptr<Recommender>> LightGcn::make(const Json& json) {
  LightGcnOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
  reader.integer("factors", options.factors, {1, 4096});
  reader.integer("layers", options.layers, {1, 16});
  reader.number("learning_rate", options.learning_rate, {1e-6, 1});
  reader.number("l2", options.l2, {0, 1});
  reader.integer("batch_size", options.batch_size, {1, 1 << 20});
  reader.integer("max_epochs", options.max_epochs, {1, 65535});
  reader.integer("eval_every", options.eval_every, {1, 65535});
  reader.integer("patience", options.patience, {1, 65535});
  reader.number("init_deviation", options.init_deviation, {1e-6, 10});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<LightGcn>(options);
}

Json LightGcn::options() const {
  return {{"kind", "lightgcn"},
          {"factors", options_.factors},
          {"layers", options_.layers},
          {"learning_rate", options_.learning_rate},
          {"l2", options_.l2},
          {"batch_size", options_.batch_size},
          {"max_epochs", options_.max_epochs},
          {"eval_every", options_.eval_every},
          {"patience", options_.patience},
          {"init_deviation", options_.init_deviation}};
}

void LightGcn::fit(const FitInput& input, FitObserver& observer) {
  UserItemFactors initial = initial_vectors(input.train, options_, input.seed);
  if (input.start == FitStart::warm) take_over(vectors_, initial);
  vectors_ = std::move(initial);
  const InteractionGraph graph(input.train);
  const std::vector<UserId> users = users_with_items(input.train);
  const BprSampler sampler(input.train, input.seed);
  if (!sampler.users().empty()) {
    LightGcnTraining training(graph, sampler, input.train.size(), options_, vectors_);
    train_epochs(
        *this, {options_.max_epochs, options_.eval_every, options_.patience}, input, observer, vectors_,
        [&](int epoch) { return training.run_epoch(epoch); }, [&] { prepare_scoring(graph, users); });
  }
  prepare_scoring(graph, users);
  prepare_fold_in(graph, users);
}

void LightGcn::prepare_scoring(const InteractionGraph& graph, std::span<const UserId> users) {
  const float share = 1.0F / static_cast<float>(options_.layers + 1);
  propagated_ = LayerSum(graph, options_.layers, share).of(vectors_);
  scorer_ = UserScorer(propagated_, users);
}

void LightGcn::prepare_fold_in(const InteractionGraph& graph, std::span<const UserId> users) {
  mean_user_ = mean_of_rows(vectors_.users, users);
  messages_ = LayerSum(graph, options_.layers - 1, 1.0F).of(vectors_).items;
  for (std::size_t item = 0; item < messages_.rows(); ++item) {
    for (float& value : messages_.row(item)) value *= graph.item_weights()[item];
  }
}

void LightGcn::fold_in(std::span<const ItemId> history, std::span<float> row) const {
  const Lanes own_weight = broadcast(1.0F / std::sqrt(static_cast<float>(history.size())));
  const Lanes share = broadcast(1.0F / static_cast<float>(options_.layers + 1));
  for (std::size_t f = 0; f < row.size(); f += kLanes) {
    Lanes received = broadcast(0);
    for (const ItemId item : history) received += throng::load(&messages_.row(index(item))[f]);
    store(&row[f], share * (throng::load(&mean_user_.row(0)[f]) + own_weight * received));
  }
}

void LightGcn::score(std::span<const Query> queries, ScoreBlock& scores) const {
  scorer_.score(
      propagated_.users, queries,
      [&](std::span<const ItemId> history, std::span<float> row) { fold_in(history, row); }, scores);
}

void LightGcn::save(ModelWriter& out) const {
  save_factors(vectors_, out);
  save_factors(propagated_, out);
  scorer_.save(out);
  out.factors(mean_user_);
  out.factors(messages_);
}

void LightGcn::load(ModelReader& in) {
  vectors_ = load_factors(in);
  propagated_ = load_factors(in);
  scorer_ = UserScorer::load(in, propagated_);
  mean_user_ = in.factors();
  messages_ = in.factors();
  const auto fits = [&](const FactorMatrix& matrix, std::size_t rows) {
    return matrix.rows() == rows && matrix.factors() == vectors_.items.factors();
  };
  in.expect(fits(propagated_.users, vectors_.users.rows()) && fits(propagated_.items, num_items()) &&
                fits(mean_user_, 1) && fits(messages_, num_items()),
            "the propagated vectors do not fit the others");
}

}  // namespace throng

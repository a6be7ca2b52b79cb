#include "recsys/models/lightgcn.h"

#include <cmath>

#include "engine/base/options_reader.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/early_stopping.h"

namespace throng {
namespace {

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

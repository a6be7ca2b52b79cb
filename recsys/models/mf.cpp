#include "recsys/models/mf.h"

#include "engine/base/options_reader.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/early_stopping.h"
#include "recsys/models/fold_in.h"
#include "recsys/models/mf_hogwild.h"

namespace throng {
namespace {

constexpr double kHogwildRate = 0.05;

}  // namespace

Result<std::unique_ptr<Recommender>> MatrixFactorization::make(const Json& json) {
  MfOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
  reader.boolean("hogwild", options.hogwild);
  if (options.hogwild) options.learning_rate = kHogwildRate;
  reader.integer("factors", options.factors, {1, 4096});
  reader.number("learning_rate", options.learning_rate, {1e-6, 1});
  reader.number("l2", options.l2, {0, 1});
  reader.integer("batch_size", options.batch_size, {1, 1 << 20});
  reader.integer("max_epochs", options.max_epochs, {1, 65535});
  reader.integer("eval_every", options.eval_every, {1, 65535});
  reader.integer("patience", options.patience, {1, 65535});
  reader.number("init_deviation", options.init_deviation, {1e-6, 10});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<MatrixFactorization>(options);
}

Json MatrixFactorization::options() const {
  Json json{{"kind", "mf"},
            {"factors", options_.factors},
            {"learning_rate", options_.learning_rate},
            {"l2", options_.l2},
            {"batch_size", options_.batch_size},
            {"max_epochs", options_.max_epochs},
            {"eval_every", options_.eval_every},
            {"patience", options_.patience},
            {"init_deviation", options_.init_deviation}};
  if (options_.hogwild) json["hogwild"] = true;
  return json;
}

void MatrixFactorization::fit(const FitInput& input, FitObserver& observer) {
  seed_ = input.seed;
  UserItemFactors initial =
      initial_factors(input.train.num_users(), input.train.num_items(), options_, seed_);
  if (input.start == FitStart::warm) take_over(factors_, initial);
  factors_ = std::move(initial);
  const BprSampler sampler(input.train, seed_);
  const auto prepare_scoring = [&] { scorer_ = UserScorer(factors_, sampler.users()); };
  if (!sampler.users().empty()) {
    MfTraining training(sampler, input.train.size(), options_, factors_);
    train_epochs(
        *this, {options_.max_epochs, options_.eval_every, options_.patience}, input, observer, factors_,
        [&](int epoch) {
          if (!options_.hogwild) return training.run_epoch(epoch);
          return run_hogwild_epoch(sampler, epoch, input.train.size(), options_, factors_);
        },
        prepare_scoring);
  }
  prepare_scoring();
}

void MatrixFactorization::score(std::span<const Query> queries, ScoreBlock& scores) const {
  const auto l2 = static_cast<float>(options_.l2);
  scorer_.score(
      factors_.users, queries,
      [&](std::span<const ItemId> history, std::span<float> row) {
        fold_in(factors_.items, history, l2, seed_, row);
      },
      scores);
}

void MatrixFactorization::save(ModelWriter& out) const {
  out.number(seed_);
  save_factors(factors_, out);
  scorer_.save(out);
}

void MatrixFactorization::load(ModelReader& in) {
  seed_ = in.number();
  factors_ = load_factors(in);
  scorer_ = UserScorer::load(in, factors_);
}

}  // namespace throng

#include "recsys/models/mf.h"

#include <algorithm>
#include <numeric>

#include "engine/base/options_reader.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "recsys/linalg/adam.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/bpr.h"
#include "recsys/recommender/evaluate.h"

namespace throng {
namespace {

constexpr Purpose kNegative{"bpr/fold-in"};
constexpr std::uint16_t kSteps = 60;
constexpr AdamOptions kAdam{.learning_rate = 0.03F};

constexpr Purpose kMfUsers{"mf/init-users"};
constexpr Purpose kMfItems{"mf/init-items"};
// Sampled rows are in no order: asked for ahead of use, and on huge pages, an epoch takes two thirds of the time.
constexpr std::size_t kRowsAhead = 8;

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

constexpr std::size_t kSamplesPerTask = 1024;

/// Moves the three rows against the gradient of the loss of one comparison (bpr.h).
float descend(std::span<float> user, std::span<float> positive, std::span<float> negative, float rate,
              float l2) {
  const BprTerm term = bpr_term(dot(user, positive) - dot(user, negative));
  const Lanes step = broadcast(-rate * term.slope);
  const Lanes keep = broadcast(1 - rate * l2);
  for (std::size_t f = 0; f < user.size(); f += kLanes) {
    const Lanes u = load(&user[f]);
    const Lanes p = load(&positive[f]);
    const Lanes n = load(&negative[f]);
    store(&user[f], keep * u + step * (p - n));
    store(&positive[f], keep * p + step * u);
    store(&negative[f], keep * n - step * u);
  }
  return term.loss;
}

constexpr double kHogwildRate = 0.05;

}  // namespace

void fold_in(const FactorMatrix& items, std::span<const ItemId> history, float l2, std::uint64_t seed,
             std::span<float> user) {
  if (history.empty() || history.size() >= items.rows()) return;
  const Draws draws(seed);
  const Lanes count = broadcast(static_cast<float>(history.size()));
  RowAdam adam(1, user.size(), kAdam);
  FactorMatrix gradients(1, user.size());
  const std::span<float> gradient = gradients.row(0);
  for (std::uint16_t step = 0; step < kSteps; ++step) {
    for (std::size_t f = 0; f < user.size(); f += kLanes) store(&gradient[f], broadcast(l2) * load(&user[f]));
    for (std::uint32_t n = 0; n < history.size(); ++n) {
      const std::size_t drawn =
          draws.below(items.rows() - history.size(), kNegative, {.agent = n, .round = step});
      const std::span<const float> positive = items.row(index(history[n]));
      const std::span<const float> negative = items.row(index(nth_missing(history, drawn)));
      const Lanes slope = broadcast(bpr_term(dot(user, positive) - dot(user, negative)).slope) / count;
      for (std::size_t f = 0; f < user.size(); f += kLanes) {
        store(&gradient[f], load(&gradient[f]) + slope * (load(&positive[f]) - load(&negative[f])));
      }
    }
    adam.next_step();
    adam.update(0, gradient, user);
  }
}

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

double run_hogwild_epoch(const BprSampler& sampler, int epoch, std::size_t samples, const MfOptions& options,
                         UserItemFactors& factors) {
  const auto rate = static_cast<float>(options.learning_rate);
  const auto l2 = static_cast<float>(options.l2);
  std::vector<double> losses(num_chunks(samples, kSamplesPerTask));
  parallel_for(losses.size(), [&](std::size_t chunk) {
    const std::size_t first = chunk * kSamplesPerTask;
    std::vector<BprSample> drawn(std::min(samples - first, kSamplesPerTask));
    sampler.fill(static_cast<std::uint16_t>(epoch), first, drawn);
    for (const BprSample& sample : drawn) {
      losses[chunk] +=
          descend(factors.users.row(index(sample.user)), factors.items.row(index(sample.positive)),
                  factors.items.row(index(sample.negative)), rate, l2);
    }
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(samples);
}

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

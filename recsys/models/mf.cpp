#include "recsys/models/mf.h"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/base/options_reader.h"
#include "recsys/models/evaluate.h"
#include "recsys/models/fold_in.h"

namespace throng {
namespace {

constexpr std::size_t kValidationK = 20;

/// NDCG@20 on validation; the items of training and test are masked, as in Agent4Rec.
double validation_ndcg(const Recommender& recommender, const FitInput& input) {
  std::vector<const Interactions*> masked{&input.train};
  if (input.test != nullptr) masked.push_back(input.test);
  return evaluate(recommender, *input.validation, masked, kValidationK).metrics.ndcg;
}

void copy_rows(const FactorMatrix& from, FactorMatrix& to) {
  for (std::size_t row = 0; row < from.rows(); ++row) std::ranges::copy(from.row(row), to.row(row).begin());
}

/// Replaces initial factors by those of an earlier fit, if it was on the same catalogue.
void take_over(const MfFactors& earlier, MfFactors& initial) {
  if (earlier.items.rows() != initial.items.rows() || earlier.users.rows() > initial.users.rows()) return;
  copy_rows(earlier.items, initial.items);
  copy_rows(earlier.users, initial.users);
}

}  // namespace

Result<std::unique_ptr<Recommender>> MatrixFactorization::make(const Json& json) {
  MfOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
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
  return {{"kind", "mf"},
          {"factors", options_.factors},
          {"learning_rate", options_.learning_rate},
          {"l2", options_.l2},
          {"batch_size", options_.batch_size},
          {"max_epochs", options_.max_epochs},
          {"eval_every", options_.eval_every},
          {"patience", options_.patience},
          {"init_deviation", options_.init_deviation}};
}

void MatrixFactorization::fit(const FitInput& input, FitObserver& observer) {
  seed_ = input.seed;
  MfFactors initial = initial_factors(input.train.num_users(), input.train.num_items(), options_, seed_);
  if (input.start == FitStart::warm) take_over(factors_, initial);
  factors_ = std::move(initial);
  const BprSampler sampler(input.train, seed_);
  if (!sampler.users().empty()) train(input, sampler, observer);
  prepare_scoring(sampler);
}

void MatrixFactorization::train(const FitInput& input, const BprSampler& sampler, FitObserver& observer) {
  const bool validates = input.validation != nullptr && input.validation->size() > 0;
  MfTraining training(sampler, input.train.size(), options_, factors_);
  MfFactors best;
  double best_ndcg = -1;
  int without_gain = 0;
  for (int epoch = 1; epoch <= options_.max_epochs && without_gain < options_.patience; ++epoch) {
    const double loss = training.run_epoch(epoch);
    std::optional<double> ndcg;
    if (validates && (epoch % options_.eval_every == 0 || epoch == options_.max_epochs)) {
      prepare_scoring(sampler);
      ndcg = validation_ndcg(*this, input);
      const bool gain = *ndcg > best_ndcg;
      without_gain = gain ? 0 : without_gain + 1;
      if (gain) {
        best_ndcg = *ndcg;
        best = factors_;
      }
    }
    observer.on_progress({.model = name(), .epoch = epoch, .loss = loss, .validation_ndcg = ndcg});
  }
  if (validates) factors_ = std::move(best);
}

void MatrixFactorization::prepare_scoring(const BprSampler& sampler) {
  const std::span<const UserId> trained = sampler.users();
  std::vector<double> sums(factors_.users.stride(), 0);
  for (const UserId user : trained) {
    const std::span<const float> row = factors_.users.row(index(user));
    for (std::size_t f = 0; f < sums.size(); ++f) sums[f] += row[f];
  }
  mean_user_ = FactorMatrix(1, factors_.users.factors());
  const auto count = static_cast<double>(std::max<std::size_t>(1, trained.size()));
  std::ranges::transform(sums, mean_user_.row(0).begin(),
                         [&](double sum) { return static_cast<float>(sum / count); });
  for (std::size_t n = 0; n < factors_.users.rows(); ++n) {
    const bool is_trained = std::ranges::binary_search(trained, UserId(static_cast<std::uint32_t>(n)));
    if (!is_trained) std::ranges::copy(mean_user_.row(0), factors_.users.row(n).begin());
  }
  scorer_ = FactorScorer(factors_.items);
}

void MatrixFactorization::score(std::span<const Query> queries, ScoreBlock& scores) const {
  FactorMatrix folded_in(ScoreBlock::kQueries, factors_.users.factors());
  std::array<std::span<const float>, ScoreBlock::kQueries> users;
  for (std::size_t n = 0; n < queries.size(); ++n) {
    if (queries[n].user) {
      users[n] = factors_.users.row(index(*queries[n].user));
    } else {
      const std::span<float> row = folded_in.row(n);
      std::ranges::copy(mean_user_.row(0), row.begin());
      fold_in(factors_.items, queries[n].history, static_cast<float>(options_.l2), seed_, row);
      users[n] = row;
    }
  }
  scorer_.score({users.data(), queries.size()}, scores);
}

}  // namespace throng

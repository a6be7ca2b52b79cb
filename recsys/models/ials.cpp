#include "recsys/models/ials.h"

#include <algorithm>
#include <cmath>

#include "engine/base/options_reader.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/early_stopping.h"

namespace throng {
namespace {

constexpr Purpose kIalsUsers{"ials/init-users"};
constexpr Purpose kIalsItems{"ials/init-items"};

UserItemFactors initial_factors(const Interactions& train, const IalsOptions& options, std::uint64_t seed) {
  const Draws draws(seed);
  const auto factors = static_cast<std::size_t>(options.factors);
  const double deviation = options.init_deviation / std::sqrt(static_cast<double>(factors));
  return {.users = normal_factors(train.num_users(), factors, deviation, draws, kIalsUsers),
          .items = normal_factors(train.num_items(), factors, deviation, draws, kIalsItems)};
}

/// The options with the weight that suits the size of the catalogue.
IalsOptions for_catalogue(IalsOptions options, std::size_t items) {
  const double most = options.unobserved_most / static_cast<double>(std::max<std::size_t>(1, items));
  options.unobserved_weight = std::min(options.unobserved_weight, most);
  return options;
}

}  // namespace

Result<std::unique_ptr<Recommender>> Ials::make(const Json& json) {
  IalsOptions options;
  OptionsReader reader(json);
  reader.ignore("kind");
  reader.integer("factors", options.factors, {1, 4096});
  reader.number("unobserved_weight", options.unobserved_weight, {0, 1000});
  reader.number("unobserved_most", options.unobserved_most, {0, 1e9});
  reader.number("l2", options.l2, {1e-8, 1e6});
  reader.number("frequency_exponent", options.frequency_exponent, {0, 2});
  reader.integer("block", options.block, {8, 4096});
  reader.integer("max_epochs", options.max_epochs, {1, 65535});
  reader.integer("eval_every", options.eval_every, {1, 65535});
  reader.integer("patience", options.patience, {1, 65535});
  reader.number("init_deviation", options.init_deviation, {1e-6, 10});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<Ials>(options);
}

Json Ials::options() const {
  return {{"kind", "ials"},
          {"factors", options_.factors},
          {"unobserved_weight", options_.unobserved_weight},
          {"unobserved_most", options_.unobserved_most},
          {"l2", options_.l2},
          {"frequency_exponent", options_.frequency_exponent},
          {"block", options_.block},
          {"max_epochs", options_.max_epochs},
          {"eval_every", options_.eval_every},
          {"patience", options_.patience},
          {"init_deviation", options_.init_deviation}};
}

void Ials::fit(const FitInput& input, FitObserver& observer) {
  UserItemFactors initial = initial_factors(input.train, options_, input.seed);
  if (input.start == FitStart::warm) take_over(factors_, initial);
  factors_ = std::move(initial);
  const IalsOptions options = for_catalogue(options_, input.train.num_items());
  const BothWays train = both_ways(input.train);
  const std::vector<UserId> users = users_with_items(input.train);
  const auto prepare_scoring = [&] { scorer_ = UserScorer(factors_, users); };
  if (!users.empty()) {
    train_epochs(
        *this, {options_.max_epochs, options_.eval_every, options_.patience}, input, observer, factors_,
        [&](int) { return run_ials_epoch(train, options, factors_); }, prepare_scoring);
  }
  prepare_scoring();
  prepare_fold_in(IalsRegularization::of(train.by_user, num_items(), options), options);
}

void Ials::prepare_fold_in(const IalsRegularization& regularization, const IalsOptions& options) {
  regularization_scale_ = regularization.scale();
  fold_in_ = std::make_unique<IalsSolver>(factors_.items, options, regularization, options.factors);
}

void Ials::score(std::span<const Query> queries, ScoreBlock& scores) const {
  scorer_.score(
      factors_.users, queries,
      [&](std::span<const ItemId> history, std::span<float> row) { fold_in_->solve(history, row); }, scores);
}

void Ials::save(ModelWriter& out) const {
  save_factors(factors_, out);
  scorer_.save(out);
  out.array<double>({&regularization_scale_, 1});
}

void Ials::load(ModelReader& in) {
  factors_ = load_factors(in);
  scorer_ = UserScorer::load(in, factors_);
  const std::vector<double> scale = in.array<double>();
  in.expect(scale.size() == 1, "expected the scale of the regularisation");
  const IalsOptions options = for_catalogue(options_, num_items());
  prepare_fold_in({scale.front(), num_items(), options}, options);
}

}  // namespace throng

#include "recsys/models/ials.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "engine/base/options_reader.h"
#include "engine/base/parallel.h"
#include "recsys/linalg/dense.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/evaluate.h"
#include "recsys/recommender/over_ranks.h"

namespace throng {
namespace {

using Row = Eigen::Map<Eigen::VectorXf, Eigen::Aligned32>;

constexpr std::size_t kGramParts = 16;
constexpr std::size_t kRowsPerSolve = 16;

template <class Column>
std::vector<std::uint64_t> work_of_chunks(const IalsSolver& solver, const SparseRows<Column>& entries) {
  std::vector<std::uint64_t> work(num_chunks(entries.rows(), kRowsPerSolve));
  for (std::size_t n = 0; n < entries.rows(); ++n)
    work[n / kRowsPerSolve] += solver.work(entries.row(n).size());
  return work;
}

/// So many sums side by side keep the adders busy, where each waits for itself.
constexpr std::size_t kSums = 8;

/// Sets the lanes of `to` from f on to the sum over n of from[n] * rows.row(n), its terms added in this order.
template <std::size_t kCount>
void sum_rows(std::span<const float> from, const FactorMatrix& rows, std::size_t f, std::span<float> to) {
  Lanes sums[kCount] = {};
  for (std::size_t n = 0; n < rows.rows(); ++n) {
    const Lanes factor = broadcast(from[n]);
    const float* row = &rows.row(n)[f];
    for (std::size_t i = 0; i < kCount; ++i) sums[i] = multiply_add(factor, load(row + i * kLanes), sums[i]);
  }
  for (std::size_t i = 0; i < kCount; ++i) store(&to[f + i * kLanes], sums[i]);
}

/// Solves for all rows of one side; returns the sum of squared errors over the entries.
template <class Column>
double solve_all(const IalsSolver& solver, const SparseRows<Column>& entries, FactorMatrix& rows,
                 Ranks* ranks) {
  std::vector<double> losses(num_chunks(rows.rows(), kRowsPerSolve));
  const RankBlocks chunks(ranks, work_of_chunks(solver, entries));
  parallel_for(chunks.end() - chunks.begin(), [&](std::size_t place) {
    const std::size_t chunk = chunks.begin() + place;
    const std::size_t end = std::min(rows.rows(), (chunk + 1) * kRowsPerSolve);
    for (std::size_t n = chunk * kRowsPerSolve; n < end; ++n) {
      losses[chunk] += solver.solve(entries.row(n), rows.row(n));
    }
  });
  chunks.exchange(rows.values(), kRowsPerSolve * rows.stride());
  chunks.exchange(std::span(losses));
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

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

Eigen::MatrixXf gram(const FactorMatrix& factors, Ranks* ranks) {
  pin_eigen_blocking();
  const auto size = static_cast<Eigen::Index>(factors.stride());
  const std::size_t values = factors.stride() * factors.stride();
  const RankBlocks parts(ranks, kGramParts);
  std::vector<float> sums(kGramParts * values);
  parallel_for(parts.end() - parts.begin(), [&](std::size_t place) {
    const std::size_t part = parts.begin() + place;
    const std::size_t begin = factors.rows() * part / kGramParts;
    const std::size_t end = factors.rows() * (part + 1) / kGramParts;
    const Eigen::Map<const Eigen::MatrixXf> rows(factors.values().data() + begin * factors.stride(), size,
                                                 static_cast<Eigen::Index>(end - begin));
    Eigen::MatrixXf sum = Eigen::MatrixXf::Zero(size, size);
    add_outer_products(rows, sum);
    std::copy_n(sum.data(), values, sums.data() + part * values);
  });
  parts.exchange(std::span(sums), values);
  Eigen::MatrixXf sum = Eigen::Map<const Eigen::MatrixXf>(sums.data(), size, size);
  for (std::size_t part = 1; part < kGramParts; ++part)
    sum += Eigen::Map<const Eigen::MatrixXf>(sums.data() + part * values, size, size);
  return sum.selfadjointView<Eigen::Lower>();
}

IalsSolver::IalsSolver(const FactorMatrix& other, const IalsOptions& options,
                       const IalsRegularization& regularization, int block, Ranks* ranks)
    : other_(other),
      options_(options),
      regularization_(regularization),
      block_(static_cast<Eigen::Index>(
          FactorMatrix::padded(static_cast<std::size_t>(std::min(block, options.factors))))),
      gram_(gram(other, ranks)) {
  if (are_few(1)) rotate();
}

/// Most rows have few entries, and a system of their number instead of the factors' takes a third of the time on Amazon-Book, half
/// on MovieLens. Up to where it is the faster one; not with blocks of factors, whose solutions are steps on the way.
bool IalsSolver::are_few(std::size_t entries) const {
  return entries <= other_.factors() && block_ >= static_cast<Eigen::Index>(other_.factors());
}

/// Weights from measured times, 64 and 128 factors: within a third of them from 1 entry to 1000.
std::uint64_t IalsSolver::work(std::size_t entries) const {
  const std::uint64_t factors = other_.factors();
  const bool few = are_few(entries);
  const std::uint64_t size = few ? entries : factors;                              // of the system
  const std::uint64_t block = few ? entries : static_cast<std::uint64_t>(block_);  // solved for at a time
  const std::uint64_t terms = few ? factors : entries;                             // of each of its elements
  const std::uint64_t fetch = 16 * factors * entries;
  return size * block * (terms + block) / 2 + fetch + 3 * factors * factors;
}

void IalsSolver::rotate() {
  const auto factors = static_cast<Eigen::Index>(other_.factors());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      gram_.topLeftCorner(factors, factors).cast<double>());
  eigenvectors_ = solver.eigenvectors().cast<float>();
  eigenvalues_ = Eigen::ArrayXf::Zero(gram_.rows());
  eigenvalues_.head(factors) = solver.eigenvalues().cwiseMax(0).cast<float>();
  // Row n: the components of factor n.
  FactorMatrix directions(other_.factors(), other_.factors());
  for (std::size_t n = 0; n < directions.rows(); ++n) {
    const auto row = eigenvectors_.row(static_cast<Eigen::Index>(n));
    for (Eigen::Index f = 0; f < factors; ++f) directions.row(n)[static_cast<std::size_t>(f)] = row[f];
  }
  rotated_ = FactorMatrix(other_.rows(), other_.factors());
  parallel_for_chunks(rotated_.rows(), kRowsPerSolve, [&](std::size_t row) {
    const std::span<const float> from = other_.row(row);
    const std::span<float> to = rotated_.row(row);
    std::size_t f = 0;
    for (; f + kSums * kLanes <= to.size(); f += kSums * kLanes) sum_rows<kSums>(from, directions, f, to);
    for (; f < to.size(); f += kLanes) sum_rows<1>(from, directions, f, to);
  });
}

double IalsSolver::solve_for_errors(const Eigen::MatrixXf& met_rotated, std::span<float> row) const {
  Row w(row.data(), static_cast<Eigen::Index>(row.size()));
  w.setZero();
  const Eigen::Index entries = met_rotated.cols();
  if (entries == 0) return 0;
  const auto weight = static_cast<float>(options_.unobserved_weight);
  const auto l2 = static_cast<float>(regularization_.strength(static_cast<std::size_t>(entries)));
  const Eigen::ArrayXf inverse = 1 / (weight * eigenvalues_ + l2);
  const auto size = static_cast<Eigen::Index>(FactorMatrix::padded(static_cast<std::size_t>(entries)));
  Eigen::MatrixXf scaled = Eigen::MatrixXf::Zero(size, met_rotated.rows());
  scaled.topRows(entries) = (met_rotated.array().colwise() * inverse.sqrt()).matrix().transpose();
  Eigen::MatrixXf system = Eigen::MatrixXf::Identity(size, size);
  add_outer_products(scaled, system);
  Eigen::VectorXf errors = Eigen::VectorXf::Zero(size);
  errors.head(entries).setOnes();
  system.selfadjointView<Eigen::Lower>().llt().solveInPlace(errors);
  const Eigen::VectorXf rotated = inverse * (met_rotated * errors.head(entries)).array();
  const Eigen::Index factors = eigenvectors_.rows();
  w.head(factors).noalias() = eigenvectors_ * rotated.head(factors);
  return errors.cast<double>().squaredNorm();
}

double IalsSolver::solve_for_row(const Eigen::MatrixXf& met, std::span<float> row) const {
  Row w(row.data(), static_cast<Eigen::Index>(row.size()));
  if (met.cols() == 0) {
    w.setZero();
    return 0;
  }
  const auto weight = static_cast<float>(options_.unobserved_weight);
  const auto l2 = static_cast<float>(regularization_.strength(static_cast<std::size_t>(met.cols())));
  Eigen::VectorXf errors = met.transpose() * w;
  errors.array() -= 1;
  for (Eigen::Index begin = 0; begin < w.size(); begin += block_) {
    const Eigen::Index size = std::min(block_, w.size() - begin);
    const auto part = met.middleRows(begin, size);
    Eigen::MatrixXf hessian = weight * gram_.block(begin, begin, size, size);
    hessian.diagonal().array() += l2;
    add_outer_products(part, hessian);
    Eigen::VectorXf step = part * errors + l2 * w.segment(begin, size);
    step += weight * (gram_.middleCols(begin, size).transpose() * w);
    hessian.selfadjointView<Eigen::Lower>().llt().solveInPlace(step);
    w.segment(begin, size) -= step;
    errors -= part.transpose() * step;
  }
  return errors.cast<double>().squaredNorm();
}

double run_ials_epoch(const BothWays& train, const IalsOptions& options, UserItemFactors& factors,
                      Ranks* ranks) {
  const auto of_users = IalsRegularization::of(train.by_user, factors.items.rows(), options);
  solve_all(IalsSolver(factors.items, options, of_users, options.block, ranks), train.by_user, factors.users,
            ranks);
  const auto of_items = IalsRegularization::of(train.by_item, factors.users.rows(), options);
  const IalsSolver for_items(factors.users, options, of_items, options.block, ranks);
  const double observed = solve_all(for_items, train.by_item, factors.items, ranks);
  const double all = gram(factors.items, ranks).cwiseProduct(for_items.other_gram()).cast<double>().sum();
  return (observed + options.unobserved_weight * all) / static_cast<double>(train.by_user.columns().size());
}

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
        [&](int) { return run_ials_epoch(train, options, factors_, input.ranks); }, prepare_scoring);
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

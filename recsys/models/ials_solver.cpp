#include "recsys/models/ials_solver.h"

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "recsys/linalg/chunks.h"
#include "recsys/linalg/eigen_blocking.h"
#include "recsys/linalg/outer_products.h"

namespace throng {
namespace {

constexpr std::size_t kGramParts = 16;
constexpr std::size_t kRowsPerSolve = 16;

using Row = Eigen::Map<Eigen::VectorXf, Eigen::Aligned32>;

/// Solves for all rows of one side; returns the sum of squared errors over the entries.
template <class Column>
double solve_all(const IalsSolver& solver, const SparseRows<Column>& entries, FactorMatrix& rows) {
  std::vector<double> losses(num_chunks(rows.rows(), kRowsPerSolve));
  parallel_for(losses.size(), [&](std::size_t chunk) {
    const std::size_t end = std::min(rows.rows(), (chunk + 1) * kRowsPerSolve);
    for (std::size_t n = chunk * kRowsPerSolve; n < end; ++n) {
      losses[chunk] += solver.solve(entries.row(n), rows.row(n));
    }
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace

Eigen::MatrixXf gram(const FactorMatrix& factors) {
  pin_eigen_blocking();
  const auto size = static_cast<Eigen::Index>(factors.stride());
  std::array<Eigen::MatrixXf, kGramParts> parts;
  parallel_for(kGramParts, [&](std::size_t part) {
    const std::size_t begin = factors.rows() * part / kGramParts;
    const std::size_t end = factors.rows() * (part + 1) / kGramParts;
    const Eigen::Map<const Eigen::MatrixXf> rows(factors.values().data() + begin * factors.stride(), size,
                                                 static_cast<Eigen::Index>(end - begin));
    parts[part] = Eigen::MatrixXf::Zero(size, size);
    add_outer_products(rows, parts[part]);
  });
  for (std::size_t part = 1; part < kGramParts; ++part) parts[0] += parts[part];
  return parts[0].selfadjointView<Eigen::Lower>();
}

IalsSolver::IalsSolver(const FactorMatrix& other, const IalsOptions& options,
                       const IalsRegularization& regularization, int block)
    : other_(other),
      options_(options),
      regularization_(regularization),
      block_(static_cast<Eigen::Index>(
          FactorMatrix::padded(static_cast<std::size_t>(std::min(block, options.factors))))),
      gram_(gram(other)) {
  if (are_few(1)) rotate();
}

/// Up to where the smaller system is the faster one; not with blocks of factors, whose solutions are steps on the way.
bool IalsSolver::are_few(std::size_t entries) const {
  return entries <= other_.factors() && block_ >= static_cast<Eigen::Index>(other_.factors());
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
    for (std::size_t f = 0; f < rotated_.stride(); f += kLanes) {
      Lanes sum = broadcast(0);
      for (std::size_t n = 0; n < directions.rows(); ++n)
        sum = multiply_add(broadcast(from[n]), load(&directions.row(n)[f]), sum);
      store(&rotated_.row(row)[f], sum);
    }
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

double run_ials_epoch(const BothWays& train, const IalsOptions& options, UserItemFactors& factors) {
  const auto of_users = IalsRegularization::of(train.by_user, factors.items.rows(), options);
  solve_all(IalsSolver(factors.items, options, of_users, options.block), train.by_user, factors.users);
  const auto of_items = IalsRegularization::of(train.by_item, factors.users.rows(), options);
  const IalsSolver for_items(factors.users, options, of_items, options.block);
  const double observed = solve_all(for_items, train.by_item, factors.items);
  const double all = gram(factors.items).cwiseProduct(for_items.other_gram()).cast<double>().sum();
  return (observed + options.unobserved_weight * all) / static_cast<double>(train.by_user.columns().size());
}

}  // namespace throng

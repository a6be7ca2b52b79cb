#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>

#include <Eigen/Core>

#include "recsys/linalg/factor_matrix.h"
#include "recsys/linalg/sparse_rows.h"
#include "recsys/models/user_item_factors.h"
#include "recsys/recommender/recommender.h"

namespace throng {

struct IalsOptions {
  int factors = 128;               ///< length of the vector of each user and item
  double unobserved_weight = 0.1;  ///< of a pair that is not in training; one that is has 1 more
  double unobserved_most = 330;    ///< lowers that weight until those of all items sum to no more than this
  double l2 = 5.5;                 ///< mean regularisation of a row; see IalsSolver
  double frequency_exponent = 1;   ///< how the regularisation grows with what a row has to explain
  int block = 128;              ///< solve for so many factors at a time; at least `factors`: for all, exactly
  int max_epochs = 16;          ///< an epoch solves for all users, then for all items
  int eval_every = 1;           ///< epochs from one evaluation on validation to the next
  int patience = 4;             ///< evaluations in a row without a gain that end the fit
  double init_deviation = 0.1;  ///< standard deviation of the first factors times the root of their number
};

/// F^T F over all rows, padding included. Summed in a fixed number of parts, merged in order. `ranks`, if not nullptr, share the parts:
/// then it is collective, and `factors` are the same everywhere.
Eigen::MatrixXf gram(const FactorMatrix& factors, Ranks* ranks = nullptr);

/// How strongly a row is regularised: strength = entries + unobserved_weight * rows of the other side, to the
/// power of frequency_exponent, times a factor that makes the mean over the rows with entries l2. (Rendle et al.
/// regularise by the power itself; only the product of both sides' means matters, and with the means fixed one
/// l2 suits datasets of any size.)
class IalsRegularization {
 public:
  template <class Column>
  static IalsRegularization of(const SparseRows<Column>& entries, std::size_t other_rows,
                               const IalsOptions& options) {
    IalsRegularization regularization(1, other_rows, options);
    double sum = 0;
    double rows = 0;
    for (std::size_t n = 0; n < entries.rows(); ++n) {
      if (entries.row(n).empty()) continue;
      sum += regularization.strength(entries.row(n).size());
      ++rows;
    }
    if (rows > 0) regularization.scale_ = options.l2 * rows / sum;
    return regularization;
  }
  IalsRegularization(double scale, std::size_t other_rows, const IalsOptions& options)
      : scale_(scale),
        unobserved_(options.unobserved_weight * static_cast<double>(other_rows)),
        exponent_(options.frequency_exponent) {}

  double strength(std::size_t entries) const {
    return scale_ * std::pow(static_cast<double>(entries) + unobserved_, exponent_);
  }
  double scale() const { return scale_; }

 private:
  double scale_;
  double unobserved_;
  double exponent_;
};

/// Solves for a row w of one side while the rows v of the other side are fixed:
///   minimise sum over its entries (1 - w.v)^2 + unobserved_weight * sum over all v (w.v)^2 + strength |w|^2.
/// The normal equations need no pass over what is not observed: the second sum is w^T G w with the Gram matrix
/// G of the other side (Hu et al.).
///
/// Most rows of a sparse catalogue have far fewer entries than factors. With D = unobserved_weight G + strength I and the
/// entries' vectors as the rows of V, the solution is also
///   w = D^-1 V^T a,  (I + V D^-1 V^T) a = 1,  and a are the errors 1 - w.v,
/// a system of the size of the entries (the push-through identity). In the eigenvectors of G, D is diagonal.
class IalsSolver {
 public:
  /// `other` must outlive the solver. `block` factors are solved for at a time, each block against
  /// what the others leave ("iALS++", Rendle et al. 2021): one Newton step, which is exact if there is a single
  /// block. `ranks`: as in `gram`.
  IalsSolver(const FactorMatrix& other, const IalsOptions& options, const IalsRegularization& regularization,
             int block, Ranks* ranks = nullptr);

  /// Moves `row`, a padded row, to the solution for its `entries`, the rows of the other side that it met.
  /// Returns the sum over them of (1 - w.v)^2. A row without entries becomes zero. Safe to call from many
  /// threads.
  template <class Column>
  double solve(std::span<const Column> entries, std::span<float> row) const {
    const bool few = are_few(entries.size());
    const FactorMatrix& from = few ? rotated_ : other_;
    Eigen::MatrixXf met(from.stride(), entries.size());
    for (std::size_t n = 0; n < entries.size(); ++n) {
      std::ranges::copy(from.row(index(entries[n])), met.col(static_cast<Eigen::Index>(n)).data());
    }
    return few ? solve_for_errors(met, row) : solve_for_row(met, row);
  }

  /// About how long `solve` takes for a row, in any unit.
  std::uint64_t work(std::size_t entries) const;

  const Eigen::MatrixXf& other_gram() const { return gram_; }

 private:
  bool are_few(std::size_t entries) const;
  void rotate();
  double solve_for_row(const Eigen::MatrixXf& met, std::span<float> row) const;
  double solve_for_errors(const Eigen::MatrixXf& met_rotated, std::span<float> row) const;

  const FactorMatrix& other_;
  IalsOptions options_;
  IalsRegularization regularization_;
  Eigen::Index block_;
  Eigen::MatrixXf gram_;
  Eigen::MatrixXf eigenvectors_;  ///< of gram_, padding left out
  Eigen::ArrayXf eigenvalues_;    ///< with padding
  FactorMatrix rotated_;          ///< `other` in the eigenvectors; empty when solving in blocks
};

/// One epoch: all users against the items, then all items against the users. Returns the loss per training
/// interaction without the regularisation: the two sums of IalsSolver over all users.
///
/// `ranks`, if not nullptr, share the work: each solves for a block of the users and of the items and is sent what the others have
/// solved for, which is 4 (users + items) padded factors bytes but for its own, and the parts of three Gram matrices. Then
/// it is collective, with the same arguments everywhere; factors and loss have the bits of a single process.
double run_ials_epoch(const BothWays& train, const IalsOptions& options, UserItemFactors& factors,
                      Ranks* ranks = nullptr);

/// Implicit alternating least squares (Hu, Koren and Volinsky, ICDM 2008), in the form that Rendle et al.
/// found to be as good as anything newer when it is well regularised ("Revisiting the performance of iALS",
/// RecSys 2022); see IalsSolver for what is minimised. Given validation data, the factors with the best
/// NDCG@20 on it are kept.
///
/// A history is folded in by solving for its factors exactly, as in a fit. A user without items scores like the
/// mean of the others. A warm start goes on from the earlier factors.
class Ials final : public ScoringRecommender {
 public:
  /// From {"factors": 64, ...}, the fields of IalsOptions.
  static Result<std::unique_ptr<Recommender>> make(const Json& options);
  explicit Ials(const IalsOptions& options) : options_(options) {}

  std::string_view name() const override { return "ials"; }
  Json options() const override;
  FittedBy fitted_by() const override { return FittedBy::all_together; }
  void fit(const FitInput& input, FitObserver& observer) override;
  std::size_t num_items() const override { return factors_.items.rows(); }
  void score(std::span<const Query> queries, ScoreBlock& scores) const override;
  void save(ModelWriter& out) const override;
  void load(ModelReader& in) override;

 private:
  void prepare_fold_in(const IalsRegularization& regularization, const IalsOptions& options);

  IalsOptions options_;
  UserItemFactors factors_;
  UserScorer scorer_;
  double regularization_scale_ = 1;      ///< of users
  std::unique_ptr<IalsSolver> fold_in_;  ///< for users, against the fitted items
};

}  // namespace throng

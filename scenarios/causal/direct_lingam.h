#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include "engine/base/error.h"
#include "engine/base/random.h"

namespace throng {

/// Columns of a table, in groups: none is caused by one of a later group. Of columns in no group, and within a group, nothing is
/// known. At most one group names a column.
using KnownOrder = std::vector<std::vector<Eigen::Index>>;

/// A linear, acyclic model of variables x: x = weights x + noise of its own for each.
struct CausalModel {
  std::vector<Eigen::Index> order;  ///< causes before their effects
  Eigen::MatrixXd
      weights;  ///< (i, j): the direct effect of variable j on variable i, in units of i per unit of j

  /// (i, j): by how much i moves, over all paths, if j moves by 1; 0 for j itself.
  Eigen::MatrixXd total_effects() const;
};

/// DirectLiNGAM (Shimizu et al., JMLR 2011): finds the order of causes from what is not Gaussian in the data. Again and again the
/// variable that looks most like a cause of all others is taken, and its effect on them is taken out. Which looks so is told by the
/// likelihood ratios of pairs of variables, with entropies approximated by maximum entropy (Hyvärinen and Smith, JMLR 2013).
/// The weights given the order: `adaptive_lasso`.
///
/// `samples`: a row for each, a column for each variable. Fails (data) with fewer than columns + 1 rows, and if a column does not vary or
/// is a linear function of others. Equal to PyPI's lingam 1.13 (`measure="pwling"`). Thread-safe.
Result<CausalModel> direct_lingam(const Eigen::MatrixXd& samples, const KnownOrder& known = {});

/// How often edges are found again in samples like these.
struct EdgeProbabilities {
  std::size_t resamples = 0;  ///< that a model could be made of
  Eigen::MatrixXd of_edges;   ///< (i, j): in which share of them j acts directly on i; 0 if there is none
};

/// The bootstrap (Efron 1979): `direct_lingam` of as many rows drawn with replacement, `resamples` times, on all threads. Row r of
/// resample b is drawn at {.agent = b, .item = r}: the result depends on nothing but the arguments.
EdgeProbabilities bootstrap_edges(const Eigen::MatrixXd& samples, const KnownOrder& known,
                                  std::size_t resamples, const Draws& draws);

}  // namespace throng

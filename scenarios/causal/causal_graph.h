#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "scenarios/causal/direct_lingam.h"
#include "scenarios/causal/item_variables.h"

namespace throng {

struct CausalOptions {
  /// Of item_variables().
  std::vector<std::string> variables{"quality", "popularity", "exposure", "views", "rating"};
  /// What is known of their order (see KnownOrder): as things happen, the dataset first. Names that are none of `variables` are passed
  /// over.
  std::vector<std::vector<std::string>> order{
      {"quality", "popularity"}, {"exposure"}, {"views", "view_share"}, {"rating"}};
  std::size_t min_exposures = 10;  ///< items that were shown less often are left out
  std::size_t resamples = 1000;    ///< of the bootstrap; 0: none
};

/// A pair of variables. `cause` and `effect` are places among the graph's variables.
struct CausalEdge {
  std::size_t cause = 0;
  std::size_t effect = 0;
  double weight = 0;                  ///< direct effect; 0: there is no edge
  double total = 0;                   ///< effect over all paths
  std::optional<double> probability;  ///< share of resamples that have it; none: there are no resamples
};

/// What causes what among the variables of items. Effects are in standard deviations of the effect per standard deviation of the
/// cause.
struct CausalGraph {
  CausalOptions options;
  std::vector<std::string> items;  ///< ids of those it rests on
  Eigen::MatrixXd values;          ///< theirs: a row for each item, a column for each variable, as they were
  std::size_t rarely_shown = 0;    ///< items that were shown, but less often than options.min_exposures
  std::size_t incomplete = 0;  ///< often enough, but one of the variables has no value: nobody has rated them
  CausalModel model;           ///< of the z-scored values
  EdgeProbabilities probabilities;

  /// Every pair, by their places in the order, first that of the effect.
  std::vector<CausalEdge> pairs() const;
};

/// DirectLiNGAM and its bootstrap (whose draws have the seed 0) on z-scored variables. Throws Failure(usage) for options that are none, and
/// Failure(data) if there are too few items, if a variable is the same for all of them or a linear function of others.
CausalGraph causal_graph(std::span<const ObservedItem> items, CausalOptions options);

}  // namespace throng

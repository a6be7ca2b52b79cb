#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "recsys/recommender/evaluate.h"
#include "scenarios/report/bootstrap.h"

namespace throng {

/// A mean over users with its bootstrap interval.
struct Estimate {
  double mean = 0;
  Interval interval{};
};

/// How good a model's rankings are on one part of a split.
struct PartEvaluation {
  std::size_t users = 0;  ///< how many have held-out items
  Estimate recall;
  Estimate ndcg;
  Estimate hit_rate;
  Estimate precision;
  Estimate mrr;
  ListMetrics lists;
};

/// One model of `throng rec evaluate`.
struct EvaluatedModel {
  std::string model;
  double fit_seconds = 0;
  PartEvaluation validation;
  PartEvaluation test;
};

/// Ranks the best k for all users with held-out items in `part` and measures the rankings.
PartEvaluation evaluate_part(const Recommender& recommender, const Split& split, SplitPart part,
                             std::size_t k, const Catalogue& catalogue);

/// Two tables: accuracy at k with 95 % intervals of recall and NDCG, and what the rankings are like.
std::string accuracy_tables(std::span<const EvaluatedModel> models, std::size_t k);

/// An array with an object for each model and part: "model", "split", "recall_at_20", "recall_at_20_interval"
/// ([low, high]), ..., "fit_seconds".
Json accuracy_json(std::span<const EvaluatedModel> models, std::size_t k);

}  // namespace throng

#pragma once

#include <span>
#include <string>

#include "recsys/models/evaluate.h"

namespace throng {

/// One row of `throng rec evaluate`.
struct EvaluatedModel {
  std::string model;
  double fit_seconds = 0;
  Accuracy validation;
  Accuracy test;
};

/// Recall, NDCG, hit rate and precision at k, on validation and test.
std::string accuracy_table(std::span<const EvaluatedModel> models, std::size_t k);

}  // namespace throng

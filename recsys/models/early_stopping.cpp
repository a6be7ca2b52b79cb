#include "recsys/models/early_stopping.h"

#include <vector>

#include "recsys/models/evaluate.h"

namespace throng {

double validation_ndcg(const Recommender& model, const FitInput& input) {
  constexpr std::size_t k = 20;
  std::vector<const Interactions*> masked{&input.train};
  if (input.test != nullptr) masked.push_back(input.test);
  return evaluate(model, *input.validation, masked, k).metrics.ndcg;
}

}  // namespace throng

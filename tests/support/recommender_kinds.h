#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recsys/models/registry.h"

namespace throng::testing {

/// The kinds that score by what they have learned themselves; the others need a file or a server.
inline std::vector<std::string> scoring_kinds() {
  std::vector<std::string> kinds = recommender_kinds();
  std::erase_if(kinds, [](const std::string& kind) { return kind == "rankings" || kind == "remote"; });
  return kinds;
}

inline const ScoringRecommender& scoring(const Recommender& recommender) {
  return dynamic_cast<const ScoringRecommender&>(recommender);
}

}  // namespace throng::testing

#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "recsys/models/registry.h"
#include "recsys/recommender/model_file.h"

namespace throng::testing {

/// The kinds that score by what they have learned themselves; the others need a file or a server.
inline std::vector<std::string> scoring_kinds() {
  std::vector<std::string> kinds = recommender_kinds();
  std::erase_if(kinds, [](const std::string& kind) { return kind == "rankings" || kind == "remote"; });
  return kinds;
}

/// What a fit has left behind, bit by bit.
inline std::string learned_by(const Recommender& recommender) {
  std::ostringstream out;
  ModelWriter writer(out);
  recommender.save(writer);
  return out.str();
}

inline const ScoringRecommender& scoring(const Recommender& recommender) {
  return dynamic_cast<const ScoringRecommender&>(recommender);
}

}  // namespace throng::testing

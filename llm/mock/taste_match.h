#pragma once

#include <cstdint>
#include <vector>

#include "llm/mock/agent_prompt.h"

namespace throng::llm::mock {

/// How well items match a persona, by the words that they share: compared by their first five letters, without case,
/// and without words that say nothing of a taste.
class TasteMatch {
 public:
  explicit TasteMatch(const Persona& persona);

  /// About -1.5 (what the persona rates low) to 2; 0 if nothing is shared. A shared word counts 1 in the genres, 0.5 in
  /// the title and the summary, and half of that if it is one of what the persona rates high; at most 2 in all. Each that
  /// is one of what the persona rates low takes 0.75 off, at most 1.5.
  double of(const ListedItem& item) const;

 private:
  using Stems = std::vector<std::uint64_t>;

  Stems tastes_;
  Stems high_;
  Stems low_;
};

}  // namespace throng::llm::mock

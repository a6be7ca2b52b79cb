#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "agents/memory/memory.h"

namespace throng {

/// A page or a reflection of a Memory.
struct MemoryRef {
  enum class Kind : std::uint8_t { page, reflection };

  Kind kind = Kind::page;
  std::uint16_t index = 0;  ///< in `Memory::pages` or `Memory::reflections`

  bool operator==(const MemoryRef&) const = default;
};

/// All of them in the order of time; a reflection follows the page after which it was made.
std::vector<MemoryRef> memories_of(const Memory& memory);

/// How much each part counts for what comes to mind. All weigh the same in "Generative Agents" (Park et al., UIST 2023), whose
/// retrieval this is; in Agent4Rec's code relevance alone decides.
struct RetrievalWeights {
  double relevance = 1;
  double recency = 1;
  double importance = 1;
};

/// How much each memory claims to come to mind: the weighted sum of three numbers, each brought to [0, 1] over all
/// memories (least 0, greatest 1; 0 where all are equal). Relevance: `relevances`, parallel to `memories`, or empty where nothing is
/// asked. Recency: 0.995 to the power of the hours of virtual time since then. Importance: of a page importance_of, of
/// a reflection that of the most important page it concludes.
std::vector<double> claims(const Memory& memory, std::span<const MemoryRef> memories, VirtualTime now,
                           std::span<const double> relevances, const RetrievalWeights& weights);

/// The youngest page of `memories`; none: there is no page.
std::optional<MemoryRef> youngest_page(std::span<const MemoryRef> memories);

/// Which of `memories` come to mind, in their order: those with the greatest claims, younger ones first among equals, while the
/// sum of their costs (tokens, `cost(memory)`) stays within `budget`; what is too long is left out. `cost` is asked for the 64
/// with the greatest claims at most. `always`, one of them, comes whatever it claims, and before all others: even where it costs
/// more than the budget, unless that is 0.
std::vector<MemoryRef> retrieve(std::span<const MemoryRef> memories, std::span<const double> claims,
                                std::int64_t budget,
                                const std::function<std::int64_t(const MemoryRef&)>& cost,
                                const std::optional<MemoryRef>& always = {});

/// Forgets pages and reflections, those first that claim the least to come to mind when nothing is asked, until the memory takes
/// no more than `most_bytes`. The youngest page stays.
void forget(Memory& memory, VirtualTime now, std::size_t most_bytes);

}  // namespace throng

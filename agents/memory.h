#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "agents/session_record.h"
#include "recsys/data/dataset.h"

namespace throng {

/// An item that was shown, and what was done with it.
struct RememberedItem {
  ItemId item{};
  ActionValues done{};

  std::uint8_t value(ActionKind kind) const { return value_in(done, kind); }
};

/// What happened: one page as the agent remembers it.
struct FactualMemory {
  std::uint16_t round = 0;
  std::uint16_t page = 0;
  std::vector<RememberedItem> items;  ///< in the order of the page
};

/// The sum of |rating - 3| of what was rated; 1 if nothing was.
double importance_of(const FactualMemory& page);

/// How it felt: the satisfaction with one page, or a reflection on all before it.
struct EmotionalMemory {
  std::uint16_t round = 0;
  std::uint16_t page = 0;
  double satisfaction = 0;  ///< in [0, 1]
  bool is_reflection = false;
};

/// An agent's memory: structured records, from which prose is made only inside a prompt.
class Memory {
 public:
  /// Importance that calls for a reflection.
  static constexpr double kReflectionThreshold = 6;

  /// Remembers a page and the satisfaction with it; its importance gathers.
  void remember(FactualMemory page, double satisfaction);
  /// Remembers a reflection and lets importance gather anew.
  void remember(const Reflection& reflection, std::uint16_t round, std::uint16_t page);

  /// Oldest first.
  const std::vector<FactualMemory>& factual() const { return factual_; }
  const std::vector<EmotionalMemory>& emotional() const { return emotional_; }
  bool calls_for_reflection() const { return importance_ >= kReflectionThreshold; }

 private:
  std::vector<FactualMemory> factual_;
  std::vector<EmotionalMemory> emotional_;
  double importance_ = 0;  ///< gathered since the last reflection
};

/// Which remembered pages come to mind, as ascending indices into `memory.factual()`. A page's claim is the sum of
/// three numbers in [0, 1], as in "Generative Agents" (Park et al., UIST 2023): recency, 0.9 to the power of how many
/// pages are younger; importance, relative to the most important page; relevance, the share of `cue`'s items that have a
/// genre with something viewed on it in common. Pages are taken by claim, younger ones first among equals, while the sum of
/// their costs (tokens, `cost(index)`) stays within `budget`. `cost` is asked for the 64 youngest pages at most.
std::vector<std::size_t> recall(const Memory& memory, const Catalogue& catalogue, std::span<const ItemId> cue,
                                std::int64_t budget, const std::function<std::int64_t(std::size_t)>& cost);

}  // namespace throng

#pragma once

#include <cstdint>
#include <vector>

#include "agents/session_record.h"

namespace throng {

/// What happened: one page as the agent remembers it.
struct FactualMemory {
  std::uint16_t round = 0;
  std::uint16_t page = 0;
  std::vector<Impression> impressions;
};

/// The sum of |rating - 3| of what was viewed; 1 if nothing was.
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

}  // namespace throng

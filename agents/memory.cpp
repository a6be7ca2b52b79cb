#include "agents/memory.h"

#include <cmath>

namespace throng {
double importance_of(const FactualMemory& page) {
  double sum = 0;
  bool viewed_any = false;
  for (const Impression& impression : page.impressions) {
    if (!impression.viewed) continue;
    viewed_any = true;
    sum += std::abs(impression.rating - 3.0);
  }
  return viewed_any ? sum : 1;
}

void Memory::remember(FactualMemory page, double satisfaction) {
  importance_ += importance_of(page);
  emotional_.push_back({.round = page.round, .page = page.page, .satisfaction = satisfaction});
  factual_.push_back(std::move(page));
}

void Memory::remember(const Reflection& reflection, std::uint16_t round, std::uint16_t page) {
  importance_ = 0;
  emotional_.push_back(
      {.round = round, .page = page, .satisfaction = reflection.satisfaction, .is_reflection = true});
}

}  // namespace throng

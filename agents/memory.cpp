#include "agents/memory.h"

#include <cmath>

namespace throng {
namespace {

double importance(const std::vector<Impression>& impressions) {
  double sum = 0;
  bool viewed_any = false;
  for (const Impression& impression : impressions) {
    if (!impression.viewed) continue;
    viewed_any = true;
    sum += std::abs(impression.rating - 3.0);
  }
  return viewed_any ? sum : 1;
}

}  // namespace

void Memory::remember(FactualMemory page, double satisfaction) {
  importance_ += importance(page.impressions);
  emotional_.push_back({.round = page.round, .page = page.page, .satisfaction = satisfaction});
  factual_.push_back(std::move(page));
}

void Memory::remember(const Reflection& reflection, std::uint16_t round, std::uint16_t page) {
  importance_ = 0;
  emotional_.push_back(
      {.round = round, .page = page, .satisfaction = reflection.satisfaction, .is_reflection = true});
}

}  // namespace throng

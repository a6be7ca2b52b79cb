#include "agents/memory.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace throng {
double importance_of(const FactualMemory& page) {
  double sum = 0;
  bool rated_any = false;
  for (const RememberedItem& item : page.items) {
    const std::uint8_t rating = item.value(ActionKind::rate);
    if (rating == 0) continue;
    rated_any = true;
    sum += std::abs(rating - 3.0);
  }
  return rated_any ? sum : 1;
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

namespace {

constexpr std::size_t kMostPages = 64;
constexpr double kFading = 0.9;

std::set<GenreId> genres_viewed(const FactualMemory& page, const Catalogue& catalogue) {
  std::set<GenreId> genres;
  for (const RememberedItem& item : page.items) {
    if (item.value(ActionKind::view) == 0) continue;
    const std::vector<GenreId>& of_item = catalogue[item.item].genres;
    genres.insert(of_item.begin(), of_item.end());
  }
  return genres;
}

double relevance(const FactualMemory& page, const Catalogue& catalogue, std::span<const ItemId> cue) {
  if (cue.empty()) return 0;
  const std::set<GenreId> genres = genres_viewed(page, catalogue);
  const auto related = std::ranges::count_if(cue, [&](ItemId item) {
    return std::ranges::any_of(catalogue[item].genres, [&](GenreId genre) { return genres.contains(genre); });
  });
  return static_cast<double>(related) / static_cast<double>(cue.size());
}

}  // namespace

std::vector<std::size_t> recall(const Memory& memory, const Catalogue& catalogue, std::span<const ItemId> cue,
                                std::int64_t budget, const std::function<std::int64_t(std::size_t)>& cost) {
  const std::vector<FactualMemory>& pages = memory.factual();
  const std::size_t oldest = pages.size() - std::min(pages.size(), kMostPages);
  double most_important = 1;
  for (std::size_t i = oldest; i < pages.size(); ++i) {
    most_important = std::max(most_important, importance_of(pages[i]));
  }
  struct Claim {
    std::size_t page;
    double weight;
  };
  std::vector<Claim> claims;  // youngest first
  for (std::size_t i = pages.size(); i-- > oldest;) {
    const double recency = std::pow(kFading, static_cast<double>(pages.size() - 1 - i));
    claims.push_back(
        {i, recency + importance_of(pages[i]) / most_important + relevance(pages[i], catalogue, cue)});
  }
  std::ranges::stable_sort(claims, std::ranges::greater(), &Claim::weight);

  std::vector<std::size_t> recalled;
  for (const Claim& claim : claims) {
    const std::int64_t tokens = cost(claim.page);
    if (tokens > budget) continue;
    budget -= tokens;
    recalled.push_back(claim.page);
  }
  std::ranges::sort(recalled);
  return recalled;
}

}  // namespace throng

#include "agents/pages/rerank.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "agents/memory/memory.h"
#include "engine/base/options_reader.h"

namespace throng {
namespace {

constexpr Range<int> kCandidates{1, 1000};

double relevance(std::size_t place, std::size_t candidates) {
  return 1 - static_cast<double>(place) / static_cast<double>(candidates);
}

/// Fills the request's places one after the other with the candidate of the greatest `value(n, item)`, the first among equals;
/// `placed(item)` hears of each. What has no place follows as it was.
template <class Value, class Placed>
void place_greedily(const PageRequest& request, std::vector<ShownItem>& items, Value value, Placed placed) {
  std::vector<std::size_t> left(items.size());
  for (std::size_t n = 0; n < left.size(); ++n) left[n] = n;
  std::vector<ShownItem> order;
  order.reserve(items.size());
  while (order.size() < request.places && !left.empty()) {
    auto best = left.begin();
    double most = -std::numeric_limits<double>::infinity();
    for (auto candidate = left.begin(); candidate != left.end(); ++candidate) {
      if (const double worth = value(*candidate, items[*candidate].item); worth > most) {
        most = worth;
        best = candidate;
      }
    }
    order.push_back(items[*best]);
    placed(items[*best].item);
    left.erase(best);
  }
  for (const std::size_t n : left) order.push_back(items[n]);
  items = std::move(order);
}

/// Of two ascending lists: what both have over what one of them has; 0 if both are empty.
double jaccard(std::span<const GenreId> a, std::span<const GenreId> b) {
  const auto both = static_cast<double>(
      std::ranges::count_if(a, [&](GenreId genre) { return std::ranges::find(b, genre) != b.end(); }));
  const double either = static_cast<double>(a.size() + b.size()) - both;
  return either > 0 ? both / either : 0;
}

/// How much of what an item list is made of each genre has.
class GenreShares {
 public:
  explicit GenreShares(const Catalogue& catalogue)
      : catalogue_(catalogue), sums_(catalogue.genre_names.size(), 0) {}

  void add(ItemId item) {
    const auto& genres = catalogue_[item].genres;
    if (genres.empty()) return;
    ++items_;
    for (const GenreId genre : genres) sums_[index(genre)] += 1 / static_cast<double>(genres.size());
  }
  bool empty() const { return items_ == 0; }
  /// KL(p, 0.99 q + 0.01 p), this being p and `other` with one more item q.
  double divergence(const GenreShares& other, ItemId more) const {
    constexpr double mixed = 0.01;
    const auto& genres = catalogue_[more].genres;
    const double all = static_cast<double>(other.items_) + (genres.empty() ? 0 : 1);
    double sum = 0;
    for (std::size_t genre = 0; genre < sums_.size(); ++genre) {
      const double p = sums_[genre] / static_cast<double>(items_);
      if (p == 0) continue;
      double q = other.sums_[genre];
      if (std::ranges::find(genres, GenreId(genre)) != genres.end())
        q += 1 / static_cast<double>(genres.size());
      if (all > 0) q /= all;
      sum += p * std::log(p / ((1 - mixed) * q + mixed * p));
    }
    return sum;
  }

 private:
  const Catalogue& catalogue_;
  std::vector<double> sums_;
  std::size_t items_ = 0;
};

}  // namespace

// --- Maximal marginal relevance ----------------------------------------------------------------------------

Result<std::unique_ptr<PagePolicy>> MmrPolicy::make(const Json& options, const SessionOptions& /*session*/) {
  auto policy = std::make_unique<MmrPolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.number("lambda", policy->lambda_, {0, 1});
  reader.integer("candidates", policy->candidates_, kCandidates);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return policy;
}

Json MmrPolicy::options() const {
  return {{"kind", "mmr"}, {"lambda", lambda_}, {"candidates", candidates_}};
}

void MmrPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  std::vector<double> nearest(items.size(), 0);  // to anything that is placed
  const std::vector<ShownItem> candidates = items;
  place_greedily(
      request, items,
      [&](std::size_t n, ItemId /*item*/) {
        return lambda_ * relevance(n, candidates.size()) - (1 - lambda_) * nearest[n];
      },
      [&](ItemId placed) {
        for (std::size_t n = 0; n < candidates.size(); ++n) {
          nearest[n] = std::max(
              nearest[n], jaccard((*catalogue_)[candidates[n].item].genres, (*catalogue_)[placed].genres));
        }
      });
}

// --- Popularity discount -----------------------------------------------------------------------------------

Result<std::unique_ptr<PagePolicy>> PopularityDiscountPolicy::make(const Json& options,
                                                                   const SessionOptions& /*session*/) {
  auto policy = std::make_unique<PopularityDiscountPolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.number("strength", policy->strength_, {0, 1});
  reader.integer("candidates", policy->candidates_, kCandidates);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return policy;
}

Json PopularityDiscountPolicy::options() const {
  return {{"kind", "popularity_discount"}, {"strength", strength_}, {"candidates", candidates_}};
}

void PopularityDiscountPolicy::prepare(const PageWorld& world) {
  const std::vector<std::uint32_t> counts = world.train.item_counts();
  std::vector<std::uint32_t> ascending = counts;
  std::ranges::sort(ascending);
  popularity_.resize(counts.size());
  for (std::size_t item = 0; item < counts.size(); ++item) {
    const auto fewer = std::ranges::lower_bound(ascending, counts[item]) - ascending.begin();
    popularity_[item] = static_cast<float>(fewer) / static_cast<float>(counts.size());
  }
}

void PopularityDiscountPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  const std::size_t candidates = items.size();
  place_greedily(
      request, items,
      [&](std::size_t n, ItemId item) {
        return (1 - strength_) * relevance(n, candidates) - strength_ * popularity_[index(item)];
      },
      [](ItemId /*placed*/) {});
}

// --- Calibration -------------------------------------------------------------------------------------------

Result<std::unique_ptr<PagePolicy>> CalibrationPolicy::make(const Json& options,
                                                            const SessionOptions& /*session*/) {
  auto policy = std::make_unique<CalibrationPolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.number("lambda", policy->lambda_, {0, 1});
  reader.integer("candidates", policy->candidates_, kCandidates);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return policy;
}

Json CalibrationPolicy::options() const {
  return {{"kind", "calibration"}, {"lambda", lambda_}, {"candidates", candidates_}};
}

void CalibrationPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  GenreShares wanted(*catalogue_);
  for (const ItemId item : request.history) wanted.add(item);
  if (wanted.empty()) return;
  GenreShares shown(*catalogue_);
  const std::size_t candidates = items.size();
  place_greedily(
      request, items,
      [&](std::size_t n, ItemId item) {  // what is placed already adds the same to all
        return (1 - lambda_) * relevance(n, candidates) - lambda_ * wanted.divergence(shown, item);
      },
      [&](ItemId placed) { shown.add(placed); });
}

// --- A cap on repeats --------------------------------------------------------------------------------------

Result<std::unique_ptr<PagePolicy>> RepeatCapPolicy::make(const Json& options,
                                                          const SessionOptions& /*session*/) {
  auto policy = std::make_unique<RepeatCapPolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.integer("times", policy->times_, {1, 1000});
  reader.integer("candidates", policy->candidates_, kCandidates);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return policy;
}

Json RepeatCapPolicy::options() const {
  return {{"kind", "repeat_cap"}, {"times", times_}, {"candidates", candidates_}};
}

void RepeatCapPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  if (request.memory == nullptr) return;
  std::map<ItemId, int> shown;
  for (std::size_t page = 0; page < request.memory->pages().size(); ++page) {
    for (const RememberedItem& item : request.memory->items_of(page)) ++shown[item.item];
  }
  std::stable_partition(items.begin(), items.end(), [&](const ShownItem& item) {
    const auto found = shown.find(item.item);
    return found == shown.end() || found->second < times_;
  });
}

}  // namespace throng

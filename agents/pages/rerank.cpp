#include "agents/pages/rerank.h"

#include <algorithm>
#include <limits>
#include <map>

#include "agents/memory/memory.h"
#include "recsys/data/genres.h"

namespace throng {
namespace {

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

}  // namespace

Json RerankPolicy::options() const {
  return {{"kind", kind_}, {option_, own()}, {"candidates", candidates_}};
}

Result<void> RerankPolicy::read(const Json& options) {
  OptionsReader reader(options);
  reader.ignore("kind");
  read_own(reader, option_);
  reader.integer("candidates", candidates_, {1, 1000});
  return reader.finish();
}

// --- Maximal marginal relevance ----------------------------------------------------------------------------

void MmrPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  std::vector<double> nearest(items.size(), 0);  // to anything that is placed
  const std::vector<ShownItem> candidates = items;
  place_greedily(
      request, items,
      [&](std::size_t n, ItemId /*item*/) {
        return weight() * relevance(n, candidates.size()) - (1 - weight()) * nearest[n];
      },
      [&](ItemId placed) {
        for (std::size_t n = 0; n < candidates.size(); ++n) {
          nearest[n] = std::max(nearest[n], genre_similarity((*catalogue_)[candidates[n].item].genres,
                                                             (*catalogue_)[placed].genres));
        }
      });
}

// --- Popularity discount -----------------------------------------------------------------------------------

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
        return (1 - weight()) * relevance(n, candidates) - weight() * popularity_[index(item)];
      },
      [](ItemId /*placed*/) {});
}

// --- Calibration -------------------------------------------------------------------------------------------

void CalibrationPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  const std::vector<double> wanted = genre_shares(request.history, *catalogue_);
  if (std::ranges::none_of(wanted, [](double share) { return share > 0; })) return;
  std::vector<ItemId> shown;
  const std::size_t candidates = items.size();
  place_greedily(
      request, items,
      [&](std::size_t n, ItemId item) {  // what is placed already adds the same to all
        shown.push_back(item);
        const double error = calibration_error(wanted, genre_shares(shown, *catalogue_));
        shown.pop_back();
        return (1 - weight()) * relevance(n, candidates) - weight() * error;
      },
      [&](ItemId placed) { shown.push_back(placed); });
}

// --- A cap on repeats --------------------------------------------------------------------------------------

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

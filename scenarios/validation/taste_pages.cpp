#include "scenarios/validation/taste_pages.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace throng {
namespace {

constexpr std::size_t kPageItems = 20;
constexpr std::size_t kNearest = 10;
constexpr Purpose kHeldOut{"validate/held-out"};
constexpr Purpose kNegative{"validate/negative"};
constexpr Purpose kEqual{"validate/equal-popularity"};
constexpr Purpose kOrder{"validate/order"};

/// The items by popularity, and where each stands.
struct PopularityOrder {
  explicit PopularityOrder(const TrainingWorld& world)
      : items(world.catalogue().size()), places(world.catalogue().size()) {
    const std::vector<std::uint32_t> counts = world.split().train.item_counts();
    std::vector<double> chance(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[i] = ItemId(i);
      chance[i] = world.draws().uniform(kEqual, {.item = static_cast<std::uint32_t>(i)});
    }
    std::ranges::sort(
        items, {}, [&](ItemId item) { return std::tuple(counts[index(item)], chance[index(item)], item); });
    for (std::size_t place = 0; place < items.size(); ++place) places[index(items[place])] = place;
  }

  std::vector<ItemId> items;  ///< the least popular first
  std::vector<std::size_t> places;
};

/// Makes the page of one agent.
class PageDraw {
 public:
  PageDraw(const TrainingWorld& world, const TasteSetting& setting, SplitPart part, AgentId agent)
      : world_(world),
        setting_(setting),
        user_(world.population().user_of(agent)),
        at_{.agent = static_cast<std::uint32_t>(agent),
            .round = static_cast<std::uint16_t>(setting.ratio),
            .page = static_cast<std::uint16_t>(2 * static_cast<int>(part) +
                                               (setting.negatives == Negatives::popular ? 1 : 0))} {
    page_.agent = agent;
  }

  /// False if there are not enough items.
  bool draw(SplitPart part, const PopularityOrder& order) {
    const std::span<const ItemId> own = world_.part(part).items_of(user_);
    const std::size_t unmet = world_.catalogue().size() - world_.all().items_of(user_).size();
    if (own.size() < setting_.held_out() || unmet < setting_.held_out() * setting_.ratio) return false;
    for (const std::uint32_t n : permutation(own.size(), kHeldOut)) {
      if (page_.items.size() == setting_.held_out()) break;
      page_.items.push_back(own[n]);
    }
    const std::vector<ItemId> held_out = page_.items;
    for (const ItemId item : held_out) {
      for (std::size_t n = 0; n < setting_.ratio; ++n) add_negative(item, order);
    }
    return true;
  }

  TastePage shuffled() const {
    TastePage page{.agent = page_.agent};
    for (const std::uint32_t n : permutation(page_.items.size(), kOrder)) {
      page.items.push_back(page_.items[n]);
      page.held_out.push_back(n < setting_.held_out());
    }
    return page;
  }

 private:
  std::vector<std::uint32_t> permutation(std::size_t size, Purpose purpose) const {
    std::vector<std::uint32_t> order(size);
    world_.draws().permutation(order, purpose, at_);
    return order;
  }

  std::size_t next_below(std::size_t bound) {
    DrawAddress at = at_;
    at.item = draws_++;
    return world_.draws().below(bound, kNegative, at);
  }

  bool may_be_negative(ItemId item) const {
    return !world_.all().contains(user_, item) && std::ranges::find(page_.items, item) == page_.items.end();
  }

  void add_negative(ItemId held_out, const PopularityOrder& order) {
    page_.items.push_back(setting_.negatives == Negatives::uniform ? anywhere() : nearby(held_out, order));
  }

  ItemId anywhere() {
    for (;;) {
      const auto item = ItemId(next_below(world_.catalogue().size()));
      if (may_be_negative(item)) return item;
    }
  }

  ItemId nearby(ItemId held_out, const PopularityOrder& order) {
    const std::size_t place = order.places[index(held_out)];
    std::vector<ItemId> nearest;
    const auto consider = [&](std::size_t other) {
      if (nearest.size() < kNearest && may_be_negative(order.items[other]))
        nearest.push_back(order.items[other]);
    };
    for (std::size_t away = 1; away < order.items.size() && nearest.size() < kNearest; ++away) {
      if (place + away < order.items.size()) consider(place + away);
      if (away <= place) consider(place - away);
    }
    return nearest[next_below(nearest.size())];
  }

  const TrainingWorld& world_;
  const TasteSetting& setting_;
  UserId user_;
  DrawAddress at_;  ///< of the page; the item field counts draws
  std::uint32_t draws_ = 0;
  TastePage page_;  ///< the held-out items first
};

}  // namespace

std::size_t TasteSetting::held_out() const { return kPageItems / (1 + ratio); }

std::string TasteSetting::name() const {
  return fmt::format("1:{} {}", ratio, negatives == Negatives::uniform ? "uniform" : "popular");
}

std::vector<TastePage> taste_pages(const TrainingWorld& world, const TasteSetting& setting, SplitPart part) {
  const PopularityOrder order(world);
  std::vector<TastePage> pages;
  for (const AgentId agent : world.population().everyone()) {
    PageDraw draw(world, setting, part, agent);
    if (draw.draw(part, order)) pages.push_back(draw.shuffled());
  }
  return pages;
}

}  // namespace throng

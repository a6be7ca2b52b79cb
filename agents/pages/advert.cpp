#include "agents/pages/advert.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "agents/session_record.h"
#include "engine/base/options_reader.h"

namespace throng {
namespace {

constexpr Purpose kAdvertised{"pages/advertised"};

using Third = ItemClass::Third;
constexpr std::array<std::pair<const char*, Third>, 3> kThirds{
    {{"any", Third::any}, {"low", Third::low}, {"high", Third::high}}};

const char* to_string(Third third) {
  return std::ranges::find(kThirds, third, &std::pair<const char*, Third>::second)->first;
}

Result<ItemClass> read_class(const Json& options) {
  ItemClass wanted;
  OptionsReader reader(options, "/item");
  reader.choice("popularity", wanted.popularity, kThirds);
  reader.choice("rating", wanted.rating, kThirds);
  reader.integer("at_least", wanted.at_least, {1, 1'000'000});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return wanted;
}

Json to_json(const ItemClass& wanted) {
  return {{"popularity", to_string(wanted.popularity)},
          {"rating", to_string(wanted.rating)},
          {"at_least", wanted.at_least}};
}

/// One number, or a list of them if there are more.
Json to_json(const std::vector<int>& places) {
  return places.size() == 1 ? Json(places.front()) : Json(places);
}

/// The third of `items` by `figure(item)`.
template <class Figure>
std::vector<ItemId> third_of(std::vector<ItemId> items, Third third, Figure figure) {
  if (third == Third::any) return items;
  std::ranges::sort(items, {}, [&](ItemId item) { return std::tuple(figure(item), item); });
  const auto count = static_cast<std::ptrdiff_t>(items.size() / 3);
  std::vector<ItemId> chosen(third == Third::low ? items.begin() : items.end() - count,
                             third == Third::low ? items.begin() + count : items.end());
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace

std::vector<ItemId> items_of(const ItemClass& wanted, const PageWorld& world) {
  const std::vector<std::uint32_t> counts = world.train.item_counts();
  std::vector<ItemId> known;
  for (std::size_t i = 0; i < world.catalogue.size(); ++i) {
    if (is_rated(world.mean_ratings[i]) && counts[i] >= static_cast<std::uint32_t>(wanted.at_least))
      known.push_back(ItemId(i));
  }
  const std::vector<ItemId> by_popularity =
      third_of(known, wanted.popularity, [&](ItemId item) { return counts[index(item)]; });
  const std::vector<ItemId> by_rating =
      third_of(known, wanted.rating, [&](ItemId item) { return world.mean_ratings[index(item)]; });
  std::vector<ItemId> both;
  std::ranges::set_intersection(by_popularity, by_rating, std::back_inserter(both));
  return both;
}

Result<std::unique_ptr<PagePolicy>> AdvertPolicy::make(const Json& options, const SessionOptions& session) {
  auto policy = std::make_unique<AdvertPolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  if (options.contains("item") && options["item"].is_object()) {
    reader.ignore("item");
    const Result<ItemClass> wanted = read_class(options["item"]);
    if (!wanted) return wanted.error();
    policy->class_ = *wanted;
  } else {
    reader.text("item", policy->external_id_);
    if (options.contains("item") && policy->external_id_.empty())
      return Error{ErrorKind::usage,
                   fmt::format("/item: got {}, expected an item's id, or a class of items such as "
                               "{{\"popularity\": \"high\", \"rating\": \"low\"}}",
                               options["item"].dump())};
  }
  reader.text("words", policy->words_);
  reader.integers("page", policy->pages_, {1, session.max_pages});
  reader.integers("position", policy->positions_, {1, session.items_per_page});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  if (!policy->external_id_.empty() && policy->pages_.size() * policy->positions_.size() > 1)
    return Error{ErrorKind::usage,
                 "/item: one item stands at one place; expected a class of items for several"};
  policy->items_per_page_ = session.items_per_page;
  return policy;
}

Json AdvertPolicy::options() const {
  Json options{{"kind", "advert"}};
  if (!external_id_.empty()) options["item"] = external_id_;
  if (class_) options["item"] = to_json(*class_);
  if (!words_.empty()) options["words"] = words_;
  options["page"] = to_json(pages_);
  options["position"] = to_json(positions_);
  return options;
}

void AdvertPolicy::prepare(const PageWorld& world) {
  if (class_) {
    pool_ = items_of(*class_, world);
    if (pool_.empty())
      throw Failure(ErrorKind::usage,
                    fmt::format("/item: no item of the dataset is of the class {}", to_json(*class_).dump()));
  } else if (!external_id_.empty()) {
    const std::vector<Item>& items = world.catalogue.items;
    const auto found = std::ranges::find(items, external_id_, &Item::external_id);
    if (found == items.end())
      throw Failure(ErrorKind::usage, fmt::format("/item: the dataset has no item {}", external_id_));
    pool_ = {ItemId(found - items.begin())};
  }
}

std::optional<ItemId> AdvertPolicy::item_for(const PageRequest& request, std::size_t place,
                                             std::span<const ShownItem> items,
                                             std::span<const ShownItem> adverts) const {
  if (pool_.empty()) return items[place].item;
  return request.draw_from(pool_, kAdvertised, place, adverts);
}

void AdvertPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  std::vector<ShownItem> adverts;
  std::vector<std::ptrdiff_t> places;  // of the adverts, ascending
  for (const int page : pages_) {
    for (const int position : positions_) {
      const std::ptrdiff_t place = (page - 1) * items_per_page_ + position - 1;
      if (place >= std::ssize(items)) continue;
      const auto item = item_for(request, static_cast<std::size_t>(place), items, adverts);
      if (!item) continue;
      adverts.push_back(plain_item(*item, request.mean_ratings));
      adverts.back().advert = &words_;
      places.push_back(place);
    }
  }
  std::erase_if(items, [&](const ShownItem& shown) { return stands_among(adverts, shown.item); });
  for (std::size_t i = 0; i < adverts.size(); ++i)
    items.insert(items.begin() + std::min(places[i], std::ssize(items)), adverts[i]);
}

}  // namespace throng

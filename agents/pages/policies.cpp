#include "agents/pages/policies.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/options_reader.h"

namespace throng {
namespace {

constexpr Purpose kExplores{"pages/explores"};
constexpr Purpose kExplored{"pages/explored"};

bool stands_among(std::span<const ShownItem> items, ItemId item) {
  return std::ranges::find(items, item, &ShownItem::item) != items.end();
}

/// A catalogue of which all but a few items have been seen is not searched to the end.
std::optional<ItemId> unseen_item(const PageRequest& request, std::uint32_t place,
                                  std::span<const ShownItem> placed) {
  constexpr std::uint32_t most_tries = 64;
  for (std::uint32_t attempt = 0; attempt < most_tries; ++attempt) {
    const ItemId item{
        static_cast<std::uint32_t>(request.draws.below(request.mean_ratings.size(), kExplored,
                                                       {.agent = static_cast<std::uint32_t>(request.agent),
                                                        .round = request.round,
                                                        .page = static_cast<std::uint16_t>(attempt),
                                                        .item = place}))};
    if (request.may_be_shown(item) && !stands_among(placed, item)) return item;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<PagePolicy>> AdvertPolicy::make(const Json& options, const SessionOptions& session) {
  auto policy = std::make_unique<AdvertPolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.text("item", policy->external_id_);
  reader.text("words", policy->words_);
  reader.integer("page", policy->page_, {1, session.max_pages});
  reader.integer("position", policy->position_, {1, session.items_per_page});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  for (const auto& [path, text] : {std::pair{"/item", &policy->external_id_}, {"/words", &policy->words_}}) {
    if (text->empty()) return Error{ErrorKind::usage, fmt::format("{}: missing, expected a text", path)};
  }
  policy->items_per_page_ = session.items_per_page;
  return policy;
}

Json AdvertPolicy::options() const {
  return {{"kind", "advert"},
          {"item", external_id_},
          {"words", words_},
          {"page", page_},
          {"position", position_}};
}

void AdvertPolicy::prepare(const PageWorld& world) {
  const std::vector<Item>& items = world.catalogue.items;
  const auto found = std::ranges::find(items, external_id_, &Item::external_id);
  if (found == items.end())
    throw Failure(ErrorKind::usage, fmt::format("/item: the dataset has no item {}", external_id_));
  item_ = ItemId(found - items.begin());
}

void AdvertPolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  const std::ptrdiff_t place = (page_ - 1) * items_per_page_ + position_ - 1;
  if (place >= std::ssize(items) || !request.may_be_shown(*item_)) return;
  std::erase_if(items, [&](const ShownItem& shown) { return shown.item == *item_; });
  ShownItem advertised = plain_item(*item_, request.mean_ratings);
  advertised.words = words_;
  items.insert(items.begin() + place, advertised);
}

Result<std::unique_ptr<PagePolicy>> ExplorePolicy::make(const Json& options,
                                                        const SessionOptions& /*session*/) {
  auto policy = std::make_unique<ExplorePolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.number("share", policy->share_, {0, 1});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return policy;
}

void ExplorePolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  std::vector<ShownItem> placed;
  placed.reserve(items.size());
  auto next = items.begin();
  while (placed.size() < items.size()) {
    const auto place = static_cast<std::uint32_t>(placed.size());
    const DrawAddress at{
        .agent = static_cast<std::uint32_t>(request.agent), .round = request.round, .item = place};
    if (request.draws.uniform(kExplores, at) < share_) {
      if (const auto item = unseen_item(request, place, placed)) {
        placed.push_back(plain_item(*item, request.mean_ratings));
        continue;
      }
    }
    while (next != items.end() && stands_among(placed, next->item)) ++next;
    if (next == items.end()) break;
    placed.push_back(*next++);
  }
  items = std::move(placed);
}

}  // namespace throng

#include "agents/pages/policies.h"

#include <algorithm>

#include "engine/base/options_reader.h"

namespace throng {
namespace {

constexpr Purpose kExplores{"pages/explores"};
constexpr Purpose kExplored{"pages/explored"};
constexpr Purpose kShuffled{"pages/shuffled"};

}  // namespace

Result<std::unique_ptr<PagePolicy>> ExplorePolicy::make(const Json& options,
                                                        const SessionOptions& /*session*/) {
  auto policy = std::make_unique<ExplorePolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.number("share", policy->share_, {0, 1});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return policy;
}

void ExplorePolicy::prepare(const PageWorld& world) {
  for (std::size_t item = 0; item < world.catalogue.size(); ++item) catalogue_.push_back(ItemId(item));
}

void ExplorePolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  std::vector<ShownItem> placed;
  placed.reserve(items.size());
  auto next = items.begin();
  while (placed.size() < items.size()) {
    const std::size_t place = placed.size();
    const DrawAddress at{.agent = static_cast<std::uint32_t>(request.agent),
                         .round = request.round,
                         .item = static_cast<std::uint32_t>(place)};
    if (request.draws.uniform(kExplores, at) < share_) {
      if (const auto item = request.draw_from(catalogue_, kExplored, place, placed)) {
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

Result<std::unique_ptr<PagePolicy>> ShufflePolicy::make(const Json& options, const SessionOptions& session) {
  auto policy = std::make_unique<ShufflePolicy>();
  OptionsReader reader(options);
  reader.ignore("kind");
  if (const Result<void> read = reader.finish(); !read) return read.error();
  policy->items_per_page_ = session.items_per_page;
  return policy;
}

void ShufflePolicy::arrange(const PageRequest& request, std::vector<ShownItem>& items) const {
  std::vector<ShownItem> shuffled;
  shuffled.reserve(items.size());
  std::vector<std::uint32_t> order;
  for (std::size_t first = 0; first < items.size(); first += items_per_page_) {
    order.resize(std::min(items_per_page_, items.size() - first));
    request.draws.permutation(order, kShuffled,
                              {.agent = static_cast<std::uint32_t>(request.agent),
                               .round = request.round,
                               .page = static_cast<std::uint16_t>(1 + first / items_per_page_)});
    for (const std::uint32_t place : order) shuffled.push_back(items[first + place]);
  }
  items = std::move(shuffled);
}

}  // namespace throng

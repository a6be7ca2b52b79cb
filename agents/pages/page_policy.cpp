#include "agents/pages/page_policy.h"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "agents/pages/advert.h"
#include "agents/pages/policies.h"
#include "agents/pages/rerank.h"
#include "engine/base/options_reader.h"

namespace throng {
namespace {

struct Kind {
  const char* name;
  Result<std::unique_ptr<PagePolicy>> (*make)(const Json& options, const SessionOptions& session);
};

constexpr std::array kKinds{Kind{"advert", AdvertPolicy::make},
                            Kind{"explore", ExplorePolicy::make},
                            Kind{"shuffle", ShufflePolicy::make},
                            Kind{"mmr", RerankPolicy::make<MmrPolicy>},
                            Kind{"popularity_discount", RerankPolicy::make<PopularityDiscountPolicy>},
                            Kind{"calibration", RerankPolicy::make<CalibrationPolicy>},
                            Kind{"repeat_cap", RerankPolicy::make<RepeatCapPolicy>}};

Result<std::unique_ptr<PagePolicy>> make_page_policy(const Json& options, const SessionOptions& session) {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  const Result<std::string> kind = read_kind(options, names);
  if (!kind) return kind.error();
  return std::ranges::find(kKinds, *kind, &Kind::name)->make(options, session);
}

}  // namespace

bool PageRequest::may_be_shown(ItemId item) const {
  return std::ranges::none_of(ranked.excluded, [&](std::span<const ItemId> excluded) {
    return std::binary_search(excluded.begin(), excluded.end(), item);
  });
}

std::optional<ItemId> PageRequest::draw_from(std::span<const ItemId> pool, Purpose purpose, std::size_t place,
                                             std::span<const ShownItem> placed) const {
  constexpr std::uint16_t most_tries = 64;
  for (std::uint16_t attempt = 0; !pool.empty() && attempt < most_tries; ++attempt) {
    const ItemId item = pool[draws.below(pool.size(), purpose,
                                         {.agent = static_cast<std::uint32_t>(agent),
                                          .round = round,
                                          .page = attempt,
                                          .item = static_cast<std::uint32_t>(place)})];
    if (may_be_shown(item) && !stands_among(placed, item)) return item;
  }
  return std::nullopt;
}

Result<PagePolicies> make_page_policies(const Json& list, const SessionOptions& session) {
  PagePolicies policies;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Result<std::unique_ptr<PagePolicy>> policy = make_page_policy(list[i], session);
    if (!policy) return Error{policy.error().kind, fmt::format("/{}{}", i, policy.error().message)};
    policies.push_back(*std::move(policy));
  }
  return policies;
}

std::vector<ShownItem> as_ranked(std::span<const ItemId> ranking, std::span<const float> mean_ratings) {
  std::vector<ShownItem> items;
  items.reserve(ranking.size());
  for (const ItemId item : ranking) items.push_back(plain_item(item, mean_ratings));
  return items;
}

std::size_t ranked_for(std::size_t places, std::span<const std::unique_ptr<PagePolicy>> policies) {
  for (const auto& policy : policies) places = std::max(places, policy->candidates());
  return places;
}

std::vector<ShownItem> arranged(std::span<const ItemId> ranking, const PageRequest& request,
                                std::span<const std::unique_ptr<PagePolicy>> policies) {
  std::vector<ShownItem> items = as_ranked(ranking, request.mean_ratings);
  for (const auto& policy : policies) {
    // What it does not choose from waits behind for those after it.
    const std::size_t seen = std::min(items.size(), std::max(request.places, policy->candidates()));
    const std::vector<ShownItem> behind(items.begin() + static_cast<std::ptrdiff_t>(seen), items.end());
    items.resize(seen);
    policy->arrange(request, items);
    const std::size_t arranged_items = items.size();
    for (const ShownItem& item : behind) {
      const auto end = items.begin() + static_cast<std::ptrdiff_t>(arranged_items);
      if (!stands_among({items.begin(), end}, item.item)) items.push_back(item);
    }
  }
  items.resize(std::min(items.size(), request.places));
  return items;
}

}  // namespace throng

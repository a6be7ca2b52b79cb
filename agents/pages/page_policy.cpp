#include "agents/pages/page_policy.h"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "agents/pages/policies.h"
#include "engine/base/options_reader.h"

namespace throng {
namespace {

struct Kind {
  const char* name;
  Result<std::unique_ptr<PagePolicy>> (*make)(const Json& options, const SessionOptions& session);
};

constexpr std::array kKinds{Kind{"advert", AdvertPolicy::make}, Kind{"explore", ExplorePolicy::make}};

Result<std::unique_ptr<PagePolicy>> make_page_policy(const Json& options, const SessionOptions& session) {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  std::string name;
  OptionsReader reader(options);
  reader.choice("kind", name, names);
  for (const auto& [key, value] : options.items()) reader.ignore(key);  // the policy's own
  if (const Result<void> read = reader.finish(); !read) return read.error();
  const auto kind = std::ranges::find(kKinds, name, &Kind::name);
  if (kind == kKinds.end())
    return Error{ErrorKind::usage, fmt::format("/kind: missing, expected one of {}", fmt::join(names, ", "))};
  return kind->make(options, session);
}

}  // namespace

bool PageRequest::may_be_shown(ItemId item) const {
  return std::ranges::none_of(ranked.excluded, [&](std::span<const ItemId> excluded) {
    return std::binary_search(excluded.begin(), excluded.end(), item);
  });
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
  for (const ItemId item : ranking) items.push_back({.item = item, .mean_rating = mean_ratings[index(item)]});
  return items;
}

std::vector<ShownItem> arranged(std::span<const ItemId> ranking, const PageRequest& request,
                                std::span<const std::unique_ptr<PagePolicy>> policies) {
  std::vector<ShownItem> items = as_ranked(ranking, request.mean_ratings);
  for (const auto& policy : policies) {
    policy->arrange(request, items);
    items.resize(std::min(items.size(), ranking.size()));
  }
  return items;
}

}  // namespace throng

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/population.h"
#include "engine/base/json.h"
#include "engine/base/random.h"
#include "recsys/recommender/recommender.h"

namespace throng {

struct SessionOptions {
  std::uint16_t items_per_page = 4;
  std::uint16_t max_pages = 5;
  std::uint32_t memory_bytes = 32768;  ///< that an agent's memory may take
};

/// An item as it stands on a page, and what stands beside it.
struct ShownItem {
  ItemId item{};
  float mean_rating = 0;     ///< the historical rating displayed, 1 .. 5, or 0: nobody has rated it
  std::string_view words{};  ///< of a policy, in its keeping; empty: none. Untrusted.
};

/// Without anything beside it.
inline ShownItem plain_item(ItemId item, std::span<const float> mean_ratings) {
  return {.item = item, .mean_rating = mean_ratings[index(item)]};
}

/// Whose pages they are.
struct PageRequest {
  AgentId agent{};
  std::uint16_t round = 0;
  std::span<const float> mean_ratings;  ///< displayed, per item of the catalogue
  const RankingRequest& ranked;  ///< what the recommender was asked for; its exclusions hold for pages too
  const Draws& draws;

  bool may_be_shown(ItemId item) const;
};

/// Stands between recommender and pages: which of the ranked items, or others, stand where, with which words beside them. A
/// scenario names policies in `session.page_policies`; each goes on from what the one before it made. Knows nothing of what
/// agents do. Safe to use from any thread once it is prepared.
class PagePolicy {
 public:
  virtual ~PagePolicy() = default;

  /// Every option with its value, "kind" among them: makes the same policy.
  virtual Json options() const = 0;
  /// Before it arranges. Throws Failure(usage) that begins with the path of an option that does not fit the catalogue ("/item").
  virtual void prepare(const Catalogue& /*catalogue*/) {}
  /// `items`: all that the pages of a session will show, in the order of the pages. There may be fewer afterwards; if there are
  /// more, the last ones are not shown.
  virtual void arrange(const PageRequest& request, std::vector<ShownItem>& items) const = 0;
};

using PagePolicies = std::vector<std::unique_ptr<PagePolicy>>;

/// Makes the policies of a scenario's list: [{"kind": "explore", "share": 0.1}, ...]. The Error (usage) begins with the JSON path
/// below the list ("/0/share"). `session`: whose pages they are for.
Result<PagePolicies> make_page_policies(const Json& list, const SessionOptions& session);

/// What the pages of a session show: the ranking as it is.
std::vector<ShownItem> as_ranked(std::span<const ItemId> ranking, std::span<const float> mean_ratings);
/// The ranking after all policies.
std::vector<ShownItem> arranged(std::span<const ItemId> ranking, const PageRequest& request,
                                std::span<const std::unique_ptr<PagePolicy>> policies);

}  // namespace throng

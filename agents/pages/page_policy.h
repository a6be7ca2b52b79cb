#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/action.h"
#include "agents/interview/question.h"
#include "agents/population.h"
#include "engine/base/json.h"
#include "engine/base/random.h"
#include "recsys/data/interactions.h"
#include "recsys/recommender/recommender.h"

namespace throng {

struct SessionOptions {
  std::uint16_t items_per_page = 4;
  std::uint16_t max_pages = 5;
  std::uint32_t memory_bytes = 32768;  ///< that an agent's memory may take
  AllowedActions actions{};
  std::vector<InterviewQuestion> questions{};
};

/// An item as it stands on a page, and what stands beside it.
struct ShownItem {
  ItemId item{};
  float mean_rating = 0;  ///< the historical rating displayed, 1 .. 5, or 0: nobody has rated it
  /// Of an advert, the words beside it, in the policy's keeping; empty words: it stands there without. Null: it is no advert.
  /// Untrusted.
  const std::string* advert = nullptr;
};

/// Without anything beside it.
inline ShownItem plain_item(ItemId item, std::span<const float> mean_ratings) {
  return {.item = item, .mean_rating = mean_ratings[index(item)]};
}

class Memory;

/// What all pages are made from. Outlives the policies.
struct PageWorld {
  const Catalogue& catalogue;
  const Interactions& train;              ///< of the dataset's users
  std::span<const float> mean_ratings{};  ///< displayed, per item of the catalogue
};

/// Whose pages they are.
struct PageRequest {
  AgentId agent{};
  std::uint16_t round = 0;
  std::span<const float> mean_ratings;  ///< displayed, per item of the catalogue
  const RankingRequest& ranked;  ///< what the recommender was asked for; its exclusions hold for pages too
  const Draws& draws;
  std::size_t places = 0;             ///< on all pages of the session
  std::span<const ItemId> history{};  ///< what the agent has interacted with; see World::history_of
  const Memory* memory = nullptr;     ///< what it brings along; nullptr: nothing

  bool may_be_shown(ItemId item) const;
  /// An item drawn uniformly from those of `pool` that may be shown and are not among `placed`; the numbers are addressed by the
  /// agent, the round and `place`. Empty if there is none, or if none is found: a pool of which all but a few items have been seen
  /// is not searched to the end.
  std::optional<ItemId> draw_from(std::span<const ItemId> pool, Purpose purpose, std::size_t place,
                                  std::span<const ShownItem> placed) const;
};

inline bool stands_among(std::span<const ShownItem> items, ItemId item) {
  return std::ranges::find(items, item, &ShownItem::item) != items.end();
}

/// Stands between recommender and pages: which of the ranked items, or others, stand where, with which words beside them. A
/// scenario names policies in `session.page_policies`; each goes on from what the one before it made. Knows nothing of what
/// agents do. Safe to use from any thread once it is prepared.
class PagePolicy {
 public:
  virtual ~PagePolicy() = default;

  /// Every option with its value, "kind" among them: makes the same policy.
  virtual Json options() const = 0;
  /// Before it arranges. Throws Failure(usage) that begins with the path of an option that does not fit the catalogue ("/item").
  virtual void prepare(const PageWorld& /*world*/) {}
  /// From how many ranked items it chooses; 0: it takes what would be shown without it.
  virtual std::size_t candidates() const { return 0; }
  /// `items`: what was ranked, in the order of the pages, at most as many as it wants to choose from and at least those that will
  /// be shown, if there are so many. There may be fewer afterwards; if there are more than places, the last ones are not shown.
  virtual void arrange(const PageRequest& request, std::vector<ShownItem>& items) const = 0;
};

using PagePolicies = std::vector<std::unique_ptr<PagePolicy>>;

/// Makes the policies of a scenario's list: [{"kind": "explore", "share": 0.1}, ...]. The Error (usage) begins with the JSON path
/// below the list ("/0/share"). `session`: whose pages they are for.
Result<PagePolicies> make_page_policies(const Json& list, const SessionOptions& session);

/// What the pages of a session show: the ranking as it is.
std::vector<ShownItem> as_ranked(std::span<const ItemId> ranking, std::span<const float> mean_ratings);
/// How many items have to be ranked for so many places.
std::size_t ranked_for(std::size_t places, std::span<const std::unique_ptr<PagePolicy>> policies);
/// The ranking after all policies, cut to the request's places.
std::vector<ShownItem> arranged(std::span<const ItemId> ranking, const PageRequest& request,
                                std::span<const std::unique_ptr<PagePolicy>> policies);

}  // namespace throng

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/pages/page_policy.h"

namespace throng {

/// Items by how popular they are and how well they are rated, as Agent4Rec's adverts are. Of the items that have a displayed mean
/// rating and at least `at_least` training interactions, n of them, the floor(n / 3) with the fewest interactions are of `low`
/// popularity and the floor(n / 3) with the most of `high`; likewise of their mean ratings. Ties break by id. An item is of the class
/// if it is in both thirds; `any` asks for none.
struct ItemClass {
  enum class Third : std::uint8_t { any, low, high };

  Third popularity = Third::any;
  Third rating = Third::any;
  int at_least = 5;
};

/// Ascending; empty if no item is of the class.
std::vector<ItemId> items_of(const ItemClass& wanted, const PageWorld& world);

/// Puts an item at each of some places: one of the catalogue; one of a class, drawn for each agent, round and place; or, named neither
/// way, what stands there anyway. It moves there from where else it stands, and what stood there follows it. A line of words beside
/// it is for language models: the statistical mind cannot read. Without words it is the control of an advert: the same item at
/// the same place. Nobody is shown what is excluded from his rankings: his places without such an item stay as they are.
class AdvertPolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override;
  void prepare(const PageWorld& world) override;
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  std::optional<ItemId> item_for(const PageRequest& request, std::size_t place,
                                 std::span<const ShownItem> items, std::span<const ShownItem> adverts) const;

  std::string external_id_;         ///< of the one item, or empty
  std::optional<ItemClass> class_;  ///< at most one of the two
  std::string words_;
  std::vector<int> pages_{1};      ///< from 1, ascending
  std::vector<int> positions_{1};  ///< on the page, likewise
  int items_per_page_ = 1;
  std::vector<ItemId> pool_;  ///< what may be advertised; empty without an item and a class
};

}  // namespace throng

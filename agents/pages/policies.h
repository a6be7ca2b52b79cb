#pragma once

#include <vector>

#include "agents/pages/page_policy.h"

namespace throng {

/// Epsilon exploration: each place goes, with probability `share`, to an item drawn uniformly from those of the catalogue that
/// may be shown and have no place yet; else to the next of the ranking.
class ExplorePolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override { return {{"kind", "explore"}, {"share", share_}}; }
  void prepare(const PageWorld& world) override;
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  double share_ = 0.1;
  std::vector<ItemId> catalogue_;  ///< all of it
};

/// Puts each page's items in a random order: which items a page has stays as it was, and their places on it mean nothing.
class ShufflePolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override { return {{"kind", "shuffle"}}; }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  std::size_t items_per_page_ = 1;
};

}  // namespace throng

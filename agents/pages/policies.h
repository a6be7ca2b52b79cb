#pragma once

#include <optional>
#include <string>

#include "agents/pages/page_policy.h"

namespace throng {

/// Shows an item with an advertising line, at one place of one page, to everybody to whom it may be shown; it moves there from
/// where else it stands, and what stood there follows it. Language models read the line; the statistical mind cannot read.
class AdvertPolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override;
  void prepare(const PageWorld& world) override;
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  std::string external_id_;
  std::string words_;
  int page_ = 1;      ///< from 1
  int position_ = 1;  ///< on the page, from 1
  int items_per_page_ = 1;
  std::optional<ItemId> item_;
};

/// Epsilon exploration: each place goes, with probability `share`, to an item drawn uniformly from those of the catalogue that
/// may be shown and have no place yet; else to the next of the ranking.
class ExplorePolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override { return {{"kind", "explore"}, {"share", share_}}; }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  double share_ = 0.1;
};

}  // namespace throng

#pragma once

#include <vector>

#include "agents/pages/page_policy.h"

namespace throng {

// Re-ranking: policies that choose what is shown from more ranked items (`candidates`, 100) than there are places, whoever ranked
// them. Of a ranking there are places, not scores: rel(i) = 1 - n / candidates for the n-th candidate, from 0.

/// Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): place after place the candidate with the greatest
/// lambda * rel(i) - (1 - lambda) * max over placed j of sim(i, j), sim being the Jaccard index of the items' genres.
class MmrPolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override;
  void prepare(const PageWorld& world) override { catalogue_ = &world.catalogue; }
  std::size_t candidates() const override { return static_cast<std::size_t>(candidates_); }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  double lambda_ = 0.7;
  int candidates_ = 100;
  const Catalogue* catalogue_ = nullptr;
};

/// By (1 - strength) * rel(i) - strength * pop(i), pop being the share of the catalogue with fewer training interactions.
class PopularityDiscountPolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override;
  void prepare(const PageWorld& world) override;
  std::size_t candidates() const override { return static_cast<std::size_t>(candidates_); }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  double strength_ = 0.5;
  int candidates_ = 100;
  std::vector<float> popularity_;  ///< per item, in [0, 1)
};

/// Calibrated recommendations (Steck, RecSys 2018): place after place the candidate that makes (1 - lambda) * sum of rel - lambda *
/// KL(p, 0.99 q + 0.01 p) greatest, p being the genre shares of the agent's history and q those of what is placed, an item's share
/// divided evenly among its genres. Without a history, or genres in it, the ranking stays.
class CalibrationPolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override;
  void prepare(const PageWorld& world) override { catalogue_ = &world.catalogue; }
  std::size_t candidates() const override { return static_cast<std::size_t>(candidates_); }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  double lambda_ = 0.5;
  int candidates_ = 100;
  const Catalogue* catalogue_ = nullptr;
};

/// Leaves out what the agent remembers having been shown `times` times; if too few are left, these come last.
class RepeatCapPolicy final : public PagePolicy {
 public:
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& session);

  Json options() const override;
  std::size_t candidates() const override { return static_cast<std::size_t>(candidates_); }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  int times_ = 1;
  int candidates_ = 100;
};

}  // namespace throng

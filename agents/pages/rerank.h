#pragma once

#include <memory>
#include <vector>

#include "agents/pages/page_policy.h"
#include "engine/base/options_reader.h"

namespace throng {

/// Chooses what is shown from more ranked items (`candidates`, 100) than there are places, whoever ranked them. Of a ranking
/// there are places, not scores: rel(i) = 1 - n / candidates for the n-th candidate, from 0.
class RerankPolicy : public PagePolicy {
 public:
  /// For the table of kinds.
  template <class Policy>
  static Result<std::unique_ptr<PagePolicy>> make(const Json& options, const SessionOptions& /*session*/) {
    auto policy = std::make_unique<Policy>();
    if (const Result<void> read = policy->read(options); !read) return read.error();
    return policy;
  }

  Json options() const final;
  std::size_t candidates() const final { return static_cast<std::size_t>(candidates_); }

 protected:
  /// Its name, and the one option that it has beside `candidates`.
  RerankPolicy(const char* kind, const char* option) : kind_(kind), option_(option) {}

 private:
  Result<void> read(const Json& options);
  virtual void read_own(OptionsReader& reader, const char* option) = 0;
  virtual Json own() const = 0;

  const char* kind_;
  const char* option_;
  int candidates_ = 100;
};

/// One whose option is a weight in [0, 1].
class WeightedRerankPolicy : public RerankPolicy {
 protected:
  WeightedRerankPolicy(const char* kind, const char* option, double weight)
      : RerankPolicy(kind, option), weight_(weight) {}
  double weight() const { return weight_; }

 private:
  void read_own(OptionsReader& reader, const char* option) final { reader.number(option, weight_, {0, 1}); }
  Json own() const final { return weight_; }

  double weight_;
};

/// Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): place after place the candidate with the greatest
/// lambda * rel(i) - (1 - lambda) * max over placed j of genre_similarity(i, j).
class MmrPolicy final : public WeightedRerankPolicy {
 public:
  MmrPolicy() : WeightedRerankPolicy("mmr", "lambda", 0.7) {}
  void prepare(const PageWorld& world) override { catalogue_ = &world.catalogue; }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  const Catalogue* catalogue_ = nullptr;
};

/// By (1 - strength) * rel(i) - strength * pop(i), pop being the share of the catalogue with fewer training interactions.
class PopularityDiscountPolicy final : public WeightedRerankPolicy {
 public:
  PopularityDiscountPolicy() : WeightedRerankPolicy("popularity_discount", "strength", 0.5) {}
  void prepare(const PageWorld& world) override;
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  std::vector<float> popularity_;  ///< per item, in [0, 1)
};

/// Calibrated recommendations (Steck, RecSys 2018): place after place the candidate that makes (1 - lambda) * sum of rel - lambda *
/// calibration_error(p, q) greatest, p being the genre shares of the agent's history and q those of what is placed. Without a
/// history, or genres in it, the ranking stays.
class CalibrationPolicy final : public WeightedRerankPolicy {
 public:
  CalibrationPolicy() : WeightedRerankPolicy("calibration", "lambda", 0.5) {}
  void prepare(const PageWorld& world) override { catalogue_ = &world.catalogue; }
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  const Catalogue* catalogue_ = nullptr;
};

/// Leaves out what the agent remembers having been shown `times` times; if too few are left, these come last.
class RepeatCapPolicy final : public RerankPolicy {
 public:
  RepeatCapPolicy() : RerankPolicy("repeat_cap", "times") {}
  void arrange(const PageRequest& request, std::vector<ShownItem>& items) const override;

 private:
  void read_own(OptionsReader& reader, const char* option) override {
    reader.integer(option, times_, {1, 1000});
  }
  Json own() const override { return times_; }

  int times_ = 1;
};

}  // namespace throng

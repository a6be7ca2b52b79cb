#pragma once

#include <array>

#include "agents/minds/mind.h"
#include "agents/taste.h"
#include "engine/base/random.h"

namespace throng {

/// One number per trait group 1, 2, 3.
using PerGroup = std::array<double, 3>;

/// The parameters of StatisticalMind; the formulas are in statistical_mind.h. The defaults are chosen so that
/// the first 100 users of Agent4Rec's MovieLens-1M bundle, in front of `mf`, come near what GPT-3.5 did as
/// the same 100 users (tests/agents/minds/calibration_test.cpp).
struct StatisticalParameters {
  // Alignment: logit = base + affinity * a + quality * q + openness[diversity]
  double align_base = -0.70;
  double align_affinity = 0.50;
  double align_quality = 0.15;
  PerGroup align_openness{-0.10, -0.05, 0.48};
  /// In place of `quality`, times popularity, where there are no ratings: with it agents of Amazon-Book do not like random
  /// books better than popular ones, under its own split neither (only 0 and 0.30 were measured). On MovieLens 100K, its
  /// ratings hidden, `popularity` is then viewed 0.08 more than `random` (0.04 with ratings, 0.02 with 0 here).
  double align_popularity = 0.30;

  // Views: at most page size * (share + share_activity[activity] + share_diversity[diversity] + noise *
  // normal)
  double view_share = 0.53;
  PerGroup view_activity{-0.04, 0.01, 0.50};
  PerGroup view_diversity{-0.015, 0.0, 0.015};
  double view_noise = 0.09;

  // Rating: w * historical + (1 - w) * own + noise[conformity] * normal; own = base + affinity * a
  double own_base = 4.07;
  double own_affinity = 0.10;
  PerGroup conformity_weight{0.65, 0.30, 0.05};
  PerGroup rating_noise{0.30, 0.30, 0.52};

  // Satisfaction with a page: views * (share viewed) + (1 - views) * (mean rating - 1) / 4
  double satisfaction_views = 0.53;
  /// Weight of what came after the last reflection.
  double satisfaction_recent = 0.85;

  // Exit: logit = base[activity] + fatigue * f - satisfaction * (s - 0.6), f = min(1, page / tired_after)
  PerGroup exit_base{-3.05, -5.25, -6.0};
  double exit_fatigue = 6.85;
  double exit_satisfaction = 2.1;
  double tired_after = 5;

  // Interview: round(base[activity] + satisfaction * (s - 0.6) + noise * normal), 1 .. 10
  PerGroup interview_base{3.3, 3.9, 5.2};
  double interview_satisfaction = 5.6;
  double interview_noise = 1.25;
};

/// A mind that computes. With u a uniform and n a normal random number of the purpose named, addressed by (agent,
/// round, page, item), sigma(x) = 1 / (1 + e^-x), and the parameters of StatisticalParameters:
///
///   a            the affinity of the agent's taste to the item (TasteSpace): mean 0, deviation 1
///   q            the item's historical rating, standardised over the catalogue; where all ratings are the same, as in
///                a dataset without any, its popularity: else nothing would tell what many like. align_popularity then
///                stands for align_quality
///   aligned      u("mind/align") < sigma(align_base + align_affinity a + align_quality q
///                                        + align_openness[diversity])
///   capacity     round(items on the page (view_share + view_activity[activity] + view_diversity[diversity]
///                                         + view_noise n("mind/capacity"))), at least 1
///   viewed       the `capacity` aligned items with the greatest a + q, ties by position
///   rating       round(w h + (1 - w) (own_base + own_affinity a) + rating_noise[conformity] n("mind/rating")),
///                within 1 .. 5; h the historical rating displayed, w = conformity_weight[conformity]
///   feeling      by rating: 1 upset, 2 disappointed, 3 indifferent, 4 pleased, 5 delighted
///   page's s     satisfaction_views (viewed / shown) + (1 - satisfaction_views) (mean rating - 1) / 4;
///                0 if nothing was viewed
///   s            the mean of the page satisfactions remembered since the last reflection; if there was one,
///                satisfaction_recent times that mean + (1 - satisfaction_recent) times the reflection, or the
///                reflection alone if no page came after it; 0 without any page
///   f            min(1, page / tired_after)
///   exit         u("mind/exit") < sigma(exit_base[activity] + exit_fatigue f - exit_satisfaction (s - 0.6))
///   reflection   s
///   interview    round(interview_base[activity] + interview_satisfaction (s - 0.6)
///                      + interview_noise n("mind/interview")), within 1 .. 10
class StatisticalMind : public Mind {
 public:
  /// `mean_ratings`: one per item, as the dataset states them; `popularity`: likewise (see popularity_of), empty: unknown,
  /// which counts only where ratings are all the same. `space` must outlive the mind.
  StatisticalMind(const StatisticalParameters& parameters, const TasteSpace& space,
                  std::span<const float> mean_ratings, const Draws& draws,
                  std::vector<double> popularity = {});

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override;
  Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) override;
  Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) override;
  Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) override;

 private:
  double quality(const ShownItem& item) const;
  std::size_t capacity(const Situation& situation, std::size_t shown) const;
  std::uint8_t rate(const Situation& situation, const ShownItem& item, double affinity) const;
  double remembered_satisfaction(const Memory& memory) const;

  StatisticalParameters parameters_;
  const TasteSpace& space_;
  Draws draws_;
  double rating_mean_ = 0;       ///< over the catalogue
  double rating_deviation_ = 1;  ///< over the catalogue
  double quality_weight_;
  std::vector<double> popularity_;  ///< per item; empty if ratings tell the items' quality, or nothing does
};

/// How popular each item is: the share of items with fewer interactions, those with as many counting half, standardised
/// over the catalogue (mean 0, deviation 1); all 0 if every item is as popular.
std::vector<double> popularity_of(const Interactions& train);

}  // namespace throng

#pragma once

#include "agents/minds/affinity.h"
#include "agents/minds/mind.h"
#include "agents/minds/statistical_parameters.h"
#include "engine/base/random.h"

namespace throng {

/// A mind that computes. With u a uniform and n a normal random number of the purpose named, addressed by (agent,
/// round, page, item), sigma(x) = 1 / (1 + e^-x), and the parameters of StatisticalParameters:
///
///   a            the affinity of the agent to the item (Affinity): mean 0, deviation 1
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
  /// which counts only where ratings are all the same. `affinity` must outlive the mind.
  StatisticalMind(const StatisticalParameters& parameters, const Affinity& affinity,
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
  const Affinity& affinity_;
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

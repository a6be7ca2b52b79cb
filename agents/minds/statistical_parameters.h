#pragma once

#include <array>

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

}  // namespace throng

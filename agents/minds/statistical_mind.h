#pragma once

#include "agents/minds/affinity.h"
#include "agents/minds/mind.h"
#include "agents/minds/statistical_formulas.h"
#include "agents/minds/statistical_parameters.h"
#include "engine/base/random.h"

namespace throng {

/// A mind that computes. With u a uniform and n a normal random number of the purpose named, addressed by (agent,
/// round, page, item), sigma(x) = 1 / (1 + e^-x), and the parameters of StatisticalParameters:
///
///   a            the affinity of the agent to the item (Affinity): mean 0, deviation 1
///   q            the item's historical rating, standardised over the rated items of the catalogue, 0 if it has none; where
///                ratings do not differ, as in a dataset without any, its popularity: else nothing would tell what many
///                like. align_popularity then stands for align_quality
///   p            the item's popularity, standardised (popularity_of)
///   k            the item's place on the page, from 1
///   aligned      u("mind/align") < sigma((align_base + align_affinity a + align_quality q + align_openness[diversity]
///                                         + align_activity[activity] + align_familiarity p + align_position[k])
///                                        / align_temperature);
///                at a temperature of 0 what is above 0 aligns
///   capacity     round(items on the page (view_share + view_activity[activity] + view_diversity[diversity]
///                                         + view_noise n("mind/capacity"))), at least 1
///   examined     an aligned item: u("mind/examine") < view_examination[k]; all of them if capacity is the whole page
///   viewed       the `capacity` examined items with the greatest view_appeal (a + q) - view_position (k - 1)
///                + view_chance g("mind/view"), ties by position; g = -ln(-ln u) has Gumbel's distribution
///   rating       round(w h + (1 - w) (own_base + own_affinity a) + own_habit b + rating_noise[conformity]
///                n("mind/rating")), within 1 .. 5; h the historical rating displayed, w = conformity_weight[conformity],
///                0 if there is none; b how the user rates beside others (RatingHabits)
///   feeling      by rating: 1 upset, 2 disappointed, 3 indifferent, 4 pleased, 5 delighted
///   saved        an aligned item that is not viewed: u("mind/save") < save_share; where a scenario allows it
///   shared       a viewed item: u("mind/share") < share_liked (rating - 3) / 2; likewise
///   page's s     satisfaction_views (viewed / shown) + (1 - satisfaction_views) (mean rating - 1) / 4;
///                0 if nothing was viewed
///   s            the mean of the page satisfactions remembered since the last reflection; if there was one,
///                satisfaction_recent times that mean + (1 - satisfaction_recent) times the reflection, or the
///                reflection alone if no page came after it; 0 without any page
///   f            min(1, page / tired_after)
///   exit         u("mind/exit") < sigma(exit_base[activity] + (exit_fatigue + exit_tiring[activity]) f
///                                       - exit_satisfaction (s - 0.6))
///   search       who stays: u("mind/search") < search_dissatisfied (1 - page's s), where a scenario allows it and the taste
///                seeks out a genre (genre_to_search): for the one that it seeks out most, after that for the next
///   reflection   s, after a page with which the importance (importance_of) gathered since the last one reaches 6
///   interview    with z = interview_base[activity] + interview_satisfaction (s - 0.6): without cut points
///                round(z + interview_noise n("mind/interview")), within 1 .. 10; with them an ordered logit: the
///                least score m with u("mind/interview") < sigma(interview_cuts[m] - z), else 10
///   question     of the kind score: m drawn anew, of the purpose "mind/question" and addressed by the question too, then
///                round(least + (most - least) (m - 1) / 9), whatever is asked; to others no answer
///
/// How position counts for views: by two models of Craswell et al. ("An Experimental Comparison of Click Position-Bias Models", WSDM
/// 2008). The position-based one: every place is examined with a probability of its own. The cascade, with more than one click: a
/// page is read from the top until `capacity` items are viewed; that is what a great view_position comes to. With chance the choice
/// is that of Plackett and Luce (Plackett, "The Analysis of Permutations", 1975), whose utilities fall by view_position a place.
/// The defaults know no position.
class StatisticalMind : public Mind {
 public:
  /// `mean_ratings` and `popularity`: see ItemMerits. `affinity` must outlive the mind. `habits`: of the population's users.
  /// `genre_names`: of the catalogue; without them nobody searches.
  StatisticalMind(const StatisticalParameters& parameters, const Affinity& affinity,
                  std::span<const float> mean_ratings, const Draws& draws,
                  std::vector<double> popularity = {}, RatingHabits habits = {},
                  std::vector<std::string> genre_names = {});

  /// Plays by other parameters from now on. Not while it plays.
  void adopt(const StatisticalParameters& parameters) { parameters_ = parameters; }
  const Affinity& affinity() const { return affinity_; }
  const ItemMerits& merits() const { return merits_; }
  const RatingHabits& habits() const { return habits_; }

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override;
  Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) override;
  Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) override;
  Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) override;
  Task<std::optional<Answer>> answer(Actor& self, const Situation& situation,
                                     const InterviewQuestion& question) override;

 private:
  std::size_t capacity(const Situation& situation, std::size_t shown) const;
  std::uint8_t rate(const Situation& situation, const ShownItem& item, double affinity) const;
  bool saves(const Situation& situation, ItemId item) const;
  bool shares(const Situation& situation, ItemId item, std::uint8_t rating) const;
  /// Empty: nothing.
  std::string searches_for(const Situation& situation) const;
  /// Satisfaction with all so far, from 1 to 10.
  std::uint8_t score(const Situation& situation, Purpose purpose, const DrawAddress& at) const;

  StatisticalParameters parameters_;
  const Affinity& affinity_;
  Draws draws_;
  ItemMerits merits_;
  RatingHabits habits_;
  std::vector<std::string> genre_names_;
};

}  // namespace throng

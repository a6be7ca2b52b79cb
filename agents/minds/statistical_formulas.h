#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agents/memory/memory.h"
#include "agents/minds/statistical_parameters.h"
#include "recsys/data/interactions.h"

namespace throng {

// The parts of StatisticalMind's formulas that hold no chance: the mind plays by them, and calibration (agents/calibration)
// fits by the very same.

/// 1 / (1 + e^-x)
double sigma(double x);

inline double of_group(const PerGroup& values, std::uint8_t group) { return values[group - 1U]; }

/// What the formulas know of items beside tastes: how good and how familiar they are.
class ItemMerits {
 public:
  /// `mean_ratings`: one per item, as the dataset states them; `popularity`: likewise (see popularity_of), empty: unknown, all
  /// items are equally familiar.
  ItemMerits(std::span<const float> mean_ratings, std::vector<double> popularity);

  /// Whether popularity stands for quality: it is known, and ratings do not tell items apart.
  bool quality_is_popularity() const { return quality_is_popularity_; }
  /// q: the rating displayed, standardised over the rated items of the catalogue, 0 if there is none; or the familiarity.
  double quality(ItemId item, float mean_rating) const;
  /// p: the standardised popularity; 0 if it is unknown.
  double familiarity(ItemId item) const { return popularity_.empty() ? 0 : popularity_[index(item)]; }

 private:
  double mean_ = 0;       ///< of the ratings, over the catalogue
  double deviation_ = 1;  ///< likewise
  bool quality_is_popularity_ = false;
  std::vector<double> popularity_;
};

/// How popular each item is: the share of items with fewer interactions, those with as many counting half, standardised
/// over the catalogue (mean 0, deviation 1); all 0 if every item is as popular.
std::vector<double> popularity_of(const Interactions& train);

/// How users rate beside others: the sum of their training ratings less those displayed of the same items, divided by their number
/// + 5, so that few ratings say little (Koren, "Factor in the Neighbors", TKDD 2010, has it so for its user biases).
class RatingHabits {
 public:
  RatingHabits() = default;  ///< nothing is known: all 0
  /// `mean_ratings`: one per item, as displayed.
  RatingHabits(const Interactions& train, std::span<const float> mean_ratings);

  double of(UserId user) const { return habits_.empty() ? 0 : habits_[index(user)]; }

 private:
  std::vector<double> habits_;
};

/// What alignment is decided by, before the temperature: of an item at `position` (from 1) for an agent of these
/// groups.
struct AlignmentCase {
  double affinity = 0;
  double quality = 0;
  double familiarity = 0;
  bool quality_is_popularity = false;  ///< see ItemMerits
  std::size_t position = 1;
  std::uint8_t diversity = 1;
  std::uint8_t activity = 1;
};
double alignment_logit(const StatisticalParameters& parameters, const AlignmentCase& at);

/// The mean of capacity / items on the page, before rounding.
double mean_view_share(const StatisticalParameters& parameters, const TraitGroups& traits);

/// The probability that an aligned item at `position` (from 1) is considered, unless all items of the page may be viewed.
double examination(const StatisticalParameters& parameters, std::size_t position);

/// What the choice among the aligned items goes by, before chance: of an item at `position` (from 1).
double view_utility(const StatisticalParameters& parameters, double affinity, double quality,
                    std::size_t position);

/// What a rating goes by.
struct RatingCase {
  double affinity = 0;
  double historical_rating = 0;  ///< as displayed; 0: none is (`is_rated`)
  double habit = 0;              ///< see RatingHabits
  std::uint8_t conformity = 1;
};
/// The mean of a rating before rounding; an agent's own where nobody has rated the item.
double mean_of_rating(const StatisticalParameters& parameters, const RatingCase& at);

/// The probability that a viewed item with this rating is shared.
double share_chance(const StatisticalParameters& parameters, std::uint8_t rating);

/// The probability that an agent who stays searches after a page that it was so satisfied with.
double search_chance(const StatisticalParameters& parameters, double page_satisfaction);

/// What a taste searches for after so many searches of the session: the genre that it seeks out most, then the next, and from
/// the first again; ties by id. None: it seeks out none. `lift`: Taste::genre_lift.
std::optional<GenreId> genre_to_search(std::span<const float> lift, std::size_t searches_before);

/// Of a page with `shown` items; `rating_sum` of those viewed.
double page_satisfaction(const StatisticalParameters& parameters, std::size_t viewed, std::size_t shown,
                         double rating_sum);

/// With all so far, as far as it is remembered.
double remembered_satisfaction(const StatisticalParameters& parameters, const Memory& memory);

/// What is concluded after the youngest page, if it is time to.
std::optional<Reflection> reflection_after(const StatisticalParameters& parameters, const Memory& memory);

/// f: 0 .. 1.
double fatigue_after(const StatisticalParameters& parameters, std::uint16_t page);

/// Leaving after a page.
double exit_logit(const StatisticalParameters& parameters, double satisfaction, std::uint16_t page,
                  std::uint8_t activity);

/// What the interview's score goes by, before chance.
double interview_line(const StatisticalParameters& parameters, double satisfaction, std::uint8_t activity);

}  // namespace throng

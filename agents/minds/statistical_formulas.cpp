#include "agents/minds/statistical_formulas.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace throng {
namespace {

constexpr double kMiddlingSatisfaction = 0.6;

/// The last value of the list holds further.
double at_position(const std::vector<double>& values, std::size_t position, double if_empty) {
  return values.empty() ? if_empty : values[std::min(position, values.size()) - 1];
}

}  // namespace

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

ItemMerits::ItemMerits(std::span<const float> mean_ratings, std::vector<double> popularity)
    : popularity_(std::move(popularity)) {
  const auto count =
      static_cast<double>(std::ranges::count_if(mean_ratings, [](float mean) { return is_rated(mean); }));
  double squares = 0;
  for (const float rating : mean_ratings) {
    if (!is_rated(rating)) continue;
    mean_ += static_cast<double>(rating) / count;
    squares += static_cast<double>(rating) * static_cast<double>(rating) / count;
  }
  const double variance = squares - mean_ * mean_;
  const bool has_ratings = variance > 1e-6;
  if (has_ratings) deviation_ = std::sqrt(variance);
  quality_is_popularity_ = !has_ratings && !popularity_.empty();
}

double ItemMerits::quality(ItemId item, float mean_rating) const {
  if (quality_is_popularity_) return popularity_[index(item)];
  if (!is_rated(mean_rating)) return 0;
  return (static_cast<double>(mean_rating) - mean_) / deviation_;
}

std::vector<double> popularity_of(const Interactions& train) {
  const std::vector<std::uint32_t> counts = train.item_counts();
  std::vector<std::uint32_t> sorted = counts;
  std::ranges::sort(sorted);
  const auto items = static_cast<double>(counts.size());
  std::vector<double> popularity(counts.size());
  double squares = 0;
  for (std::size_t item = 0; item < counts.size(); ++item) {
    const auto [first, last] =
        std::equal_range(sorted.begin(), sorted.end(), counts[item]);  // clang 14 has no other
    const auto below = static_cast<double>(first - sorted.begin());
    const auto equal = static_cast<double>(last - first);
    popularity[item] = (below + equal / 2) / items - 0.5;  // the mean of the shares is 1/2, whatever the ties
    squares += popularity[item] * popularity[item];
  }
  const double deviation = std::sqrt(squares / std::max(1.0, items));
  for (double& of_item : popularity) of_item = deviation > 0 ? of_item / deviation : 0;
  return popularity;
}

RatingHabits::RatingHabits(const Interactions& train, std::span<const float> mean_ratings) {
  constexpr double kShrinkage = 5;
  if (!train.columns().ratings) return;
  for (std::size_t user = 0; user < train.num_users(); ++user) {
    const std::span<const ItemId> items = train.items_of(UserId(user));
    const std::span<const float> ratings = train.ratings_of(UserId(user));
    double sum = 0;
    for (std::size_t n = 0; n < items.size(); ++n)
      sum += static_cast<double>(ratings[n]) - static_cast<double>(mean_ratings[index(items[n])]);
    habits_.push_back(sum / (static_cast<double>(items.size()) + kShrinkage));
  }
}

double alignment_logit(const StatisticalParameters& parameters, const AlignmentCase& at) {
  const double quality_weight =
      at.quality_is_popularity ? parameters.align_popularity : parameters.align_quality;
  return parameters.align_base + parameters.align_affinity * at.affinity + quality_weight * at.quality +
         of_group(parameters.align_openness, at.diversity) +
         of_group(parameters.align_activity, at.activity) + parameters.align_familiarity * at.familiarity +
         at_position(parameters.align_position, at.position, 0);
}

double mean_view_share(const StatisticalParameters& parameters, const TraitGroups& traits) {
  return parameters.view_share + of_group(parameters.view_activity, traits.activity) +
         of_group(parameters.view_diversity, traits.diversity);
}

double examination(const StatisticalParameters& parameters, std::size_t position) {
  return at_position(parameters.view_examination, position, 1);
}

double view_utility(const StatisticalParameters& parameters, double affinity, double quality,
                    std::size_t position) {
  return parameters.view_appeal * (affinity + quality) -
         parameters.view_position * static_cast<double>(position - 1);
}

double mean_of_rating(const StatisticalParameters& parameters, const RatingCase& at) {
  // Nobody can conform to what nobody said.
  const double weight =
      is_rated(at.historical_rating) ? of_group(parameters.conformity_weight, at.conformity) : 0;
  const double own = parameters.own_base + parameters.own_affinity * at.affinity;
  return weight * at.historical_rating + (1 - weight) * own + parameters.own_habit * at.habit;
}

double share_chance(const StatisticalParameters& parameters, std::uint8_t rating) {
  return rating > 3 ? parameters.share_liked * (rating - 3) / 2.0 : 0;
}

double search_chance(const StatisticalParameters& parameters, double page_satisfaction) {
  return parameters.search_dissatisfied * (1 - page_satisfaction);
}

std::optional<GenreId> genre_to_search(std::span<const float> lift, std::size_t searches_before) {
  std::vector<GenreId> sought;
  for (std::size_t genre = 0; genre < lift.size(); ++genre) {
    if (lift[genre] > 0) sought.push_back(GenreId(genre));
  }
  if (sought.empty()) return std::nullopt;
  std::ranges::stable_sort(sought, std::ranges::greater{}, [&](GenreId genre) { return lift[index(genre)]; });
  return sought[searches_before % sought.size()];
}

double page_satisfaction(const StatisticalParameters& parameters, std::size_t viewed, std::size_t shown,
                         double rating_sum) {
  if (viewed == 0) return 0;
  const auto views = static_cast<double>(viewed);
  return parameters.satisfaction_views * views / static_cast<double>(shown) +
         (1 - parameters.satisfaction_views) * (rating_sum / views - 1) / 4;
}

double remembered_satisfaction(const StatisticalParameters& parameters, const Memory& memory) {
  const RememberedReflection* last = memory.reflections().empty() ? nullptr : &memory.reflections().back();
  double sum = 0;
  double pages = 0;
  for (auto page = memory.pages().rbegin(); page != memory.pages().rend(); ++page) {
    if (last != nullptr && std::pair(page->round, page->page) <= std::pair(last->round, last->page)) break;
    if (page->satisfaction == kUnsaid) continue;  // of a mind that says none
    sum += page->satisfaction;
    ++pages;
  }
  if (pages == 0) return last == nullptr ? 0 : last->satisfaction;
  if (last == nullptr) return sum / pages;
  return parameters.satisfaction_recent * sum / pages +
         (1 - parameters.satisfaction_recent) * last->satisfaction;
}

std::optional<Reflection> reflection_after(const StatisticalParameters& parameters, const Memory& memory) {
  constexpr ReflectionRule rule{.importance = 6};
  if (!memory.calls_for_reflection(rule)) return std::nullopt;
  return Reflection{.satisfaction = remembered_satisfaction(parameters, memory)};
}

double fatigue_after(const StatisticalParameters& parameters, std::uint16_t page) {
  return std::min(1.0, page / parameters.tired_after);
}

double exit_logit(const StatisticalParameters& parameters, double satisfaction, std::uint16_t page,
                  std::uint8_t activity) {
  const double slope = parameters.exit_fatigue + of_group(parameters.exit_tiring, activity);
  return of_group(parameters.exit_base, activity) + slope * fatigue_after(parameters, page) -
         parameters.exit_satisfaction * (satisfaction - kMiddlingSatisfaction);
}

double interview_line(const StatisticalParameters& parameters, double satisfaction, std::uint8_t activity) {
  return of_group(parameters.interview_base, activity) +
         parameters.interview_satisfaction * (satisfaction - kMiddlingSatisfaction);
}

}  // namespace throng

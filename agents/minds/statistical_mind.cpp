#include "agents/minds/statistical_mind.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/container/small_vector.hpp>

namespace throng {
namespace {

constexpr Purpose kAlign{"mind/align"};
constexpr Purpose kCapacity{"mind/capacity"};
constexpr Purpose kRating{"mind/rating"};
constexpr Purpose kExit{"mind/exit"};
constexpr Purpose kInterview{"mind/interview"};
constexpr double kMiddlingSatisfaction = 0.6;

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

double of_group(const PerGroup& values, std::uint8_t group) { return values[group - 1U]; }

DrawAddress address(const Situation& situation, ItemId item = {}) {
  return {.agent = static_cast<std::uint32_t>(situation.agent),
          .round = situation.round,
          .page = situation.page,
          .item = static_cast<std::uint32_t>(item)};
}

std::uint8_t round_within(double value, double low, double high) {
  return static_cast<std::uint8_t>(std::clamp(std::round(value), low, high));
}

/// A task that is done as soon as it is awaited: this mind never waits.
template <class T>
Task<std::optional<T>> ready(T value) {
  co_return value;
}

}  // namespace

StatisticalMind::StatisticalMind(const StatisticalParameters& parameters, const Affinity& affinity,
                                 std::span<const float> mean_ratings, const Draws& draws,
                                 std::vector<double> popularity)
    : parameters_(parameters), affinity_(affinity), draws_(draws), quality_weight_(parameters.align_quality) {
  if (mean_ratings.empty()) return;
  const double count = static_cast<double>(mean_ratings.size());
  double squares = 0;
  for (const float rating : mean_ratings) {
    rating_mean_ += static_cast<double>(rating) / count;
    squares += static_cast<double>(rating) * static_cast<double>(rating) / count;
  }
  const double variance = squares - rating_mean_ * rating_mean_;
  if (variance > 1e-6) {
    rating_deviation_ = std::sqrt(variance);
  } else if (!popularity.empty()) {
    quality_weight_ = parameters.align_popularity;
    popularity_ = std::move(popularity);
  }
}

double StatisticalMind::quality(const ShownItem& item) const {
  if (!popularity_.empty()) return popularity_[index(item.item)];
  return (static_cast<double>(item.mean_rating) - rating_mean_) / rating_deviation_;
}

std::size_t StatisticalMind::capacity(const Situation& situation, std::size_t shown) const {
  const TraitGroups& traits = situation.profile.traits;
  const double share = parameters_.view_share + of_group(parameters_.view_activity, traits.activity) +
                       of_group(parameters_.view_diversity, traits.diversity) +
                       parameters_.view_noise * draws_.normal(kCapacity, address(situation));
  const double items = static_cast<double>(shown);
  return static_cast<std::size_t>(std::clamp(std::round(items * share), std::min(1.0, items), items));
}

std::uint8_t StatisticalMind::rate(const Situation& situation, const ShownItem& item, double affinity) const {
  const std::uint8_t conformity = situation.profile.traits.conformity;
  const double weight = of_group(parameters_.conformity_weight, conformity);
  const double own = parameters_.own_base + parameters_.own_affinity * affinity;
  const double noise = draws_.normal(kRating, address(situation, item.item));
  return round_within(weight * static_cast<double>(item.mean_rating) + (1 - weight) * own +
                          of_group(parameters_.rating_noise, conformity) * noise,
                      1, 5);
}

Task<std::optional<Reaction>> StatisticalMind::react(Actor& /*self*/, const Situation& situation,
                                                     std::span<const ShownItem> page) {
  struct Appeal {
    double affinity = 0;
    double total = 0;
  };
  Reaction reaction;
  std::vector<Appeal> appeals(page.size());
  std::vector<std::size_t> aligned;
  boost::container::small_vector<ItemId, 16> items(page.size());
  boost::container::small_vector<double, 16> affinities(page.size());
  std::ranges::transform(page, items.begin(), &ShownItem::item);
  affinity_.of(situation.agent, situation.profile, items, affinities);
  const double openness = of_group(parameters_.align_openness, situation.profile.traits.diversity);
  for (std::size_t i = 0; i < page.size(); ++i) {
    appeals[i] = {.affinity = affinities[i], .total = affinities[i] + quality(page[i])};
    const double logit = parameters_.align_base + parameters_.align_affinity * affinities[i] +
                         quality_weight_ * quality(page[i]) + openness;
    reaction.aligned.push_back(draws_.uniform(kAlign, address(situation, page[i].item)) < sigma(logit));
    if (reaction.aligned.back()) aligned.push_back(i);
  }
  std::stable_sort(aligned.begin(), aligned.end(),
                   [&](std::size_t a, std::size_t b) { return appeals[a].total > appeals[b].total; });
  aligned.resize(std::min(aligned.size(), capacity(situation, page.size())));

  std::ranges::sort(aligned);
  reaction.actions.reserve(kActionKinds * aligned.size());

  double rating_sum = 0;
  for (const std::size_t i : aligned) {
    const std::uint8_t rating = rate(situation, page[i], appeals[i].affinity);
    add_view(reaction.actions, i + 1, rating, static_cast<Feeling>(rating));
    rating_sum += rating;
  }
  if (!aligned.empty()) {
    const double viewed = static_cast<double>(aligned.size());
    reaction.satisfaction = parameters_.satisfaction_views * viewed / static_cast<double>(page.size()) +
                            (1 - parameters_.satisfaction_views) * (rating_sum / viewed - 1) / 4;
  }
  return ready(std::move(reaction));
}

double StatisticalMind::remembered_satisfaction(const Memory& memory) const {
  double sum = 0;
  double pages = 0;
  const auto& memorised = memory.emotional();
  for (auto latest = memorised.rbegin(); latest != memorised.rend(); ++latest) {
    if (latest->is_reflection) {
      if (pages == 0) return latest->satisfaction;
      return parameters_.satisfaction_recent * sum / pages +
             (1 - parameters_.satisfaction_recent) * latest->satisfaction;
    }
    sum += latest->satisfaction;
    ++pages;
  }
  return pages == 0 ? 0 : sum / pages;
}

Task<std::optional<Decision>> StatisticalMind::decide(Actor& /*self*/, const Situation& situation) {
  const double satisfaction = remembered_satisfaction(situation.memory);
  const double fatigue = std::min(1.0, situation.page / parameters_.tired_after);
  const double logit = of_group(parameters_.exit_base, situation.profile.traits.activity) +
                       parameters_.exit_fatigue * fatigue -
                       parameters_.exit_satisfaction * (satisfaction - kMiddlingSatisfaction);
  return ready(Decision{.satisfaction = satisfaction,
                        .fatigue = fatigue,
                        .exits = draws_.uniform(kExit, address(situation)) < sigma(logit)});
}

Task<std::optional<Reflection>> StatisticalMind::reflect(Actor& /*self*/, const Situation& situation) {
  return ready(Reflection{.satisfaction = remembered_satisfaction(situation.memory)});
}

Task<std::optional<Interview>> StatisticalMind::interview(Actor& /*self*/, const Situation& situation) {
  const double satisfaction = remembered_satisfaction(situation.memory);
  const double score = of_group(parameters_.interview_base, situation.profile.traits.activity) +
                       parameters_.interview_satisfaction * (satisfaction - kMiddlingSatisfaction) +
                       parameters_.interview_noise * draws_.normal(kInterview, address(situation));
  return ready(Interview{.score = round_within(score, 1, 10)});
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

}  // namespace throng

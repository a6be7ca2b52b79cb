#include "agents/profile/personas.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/base/text.h"

namespace throng {
namespace {

constexpr Purpose kAppeal{"persona/appeal"};
constexpr Purpose kDislike{"persona/dislike"};
constexpr Purpose kStatementOrder{"persona/order"};
constexpr Purpose kStatement{"persona/statement"};

constexpr std::size_t kLikedGenres = 4;
constexpr std::size_t kLowGenres = 2;
constexpr std::size_t kGenreExamples = 2;
constexpr std::size_t kExamples = 5;
constexpr std::size_t kExtremes = 3;
constexpr std::size_t kLately = 3;
constexpr std::size_t kItemsPerSupport = 30;
constexpr double kShrinkOthers = 5;
constexpr double kShrinkGenre = 3;
constexpr double kClearlyLower = 0.3;  ///< stars below the user's mean, shrunk, that make a genre disliked
constexpr double kLowRating = 0.5;     ///< stars below the user's mean that make an item disliked
constexpr double kRatesHigh = 4;       ///< nobody would call less a high rating
constexpr double kRatesLow = 3;        ///< nor more a low one
constexpr double kNoise = 5;           ///< deviation of appeals per unit of perturbation
constexpr std::size_t kTellingRatings = 5;  ///< fewer say nothing of a tendency
constexpr std::int64_t kSitting =
    std::int64_t{30} * 86400;  ///< who rated everything within a month has no lately

std::uint32_t number(AgentId agent) { return static_cast<std::uint32_t>(agent); }

std::optional<double> mean_rating(std::span<const float> ratings) {
  if (ratings.empty()) return std::nullopt;
  return std::accumulate(ratings.begin(), ratings.end(), 0.0) / static_cast<double>(ratings.size());
}

/// At most `count` of those for which `wanted` holds, the greatest `by` first, ties by item.
template <class Met, class Wanted>
std::vector<const Met*> best(std::span<const Met> met, std::size_t count, double Met::*by,
                             const Wanted& wanted) {
  std::vector<const Met*> found;
  for (const Met& each : met) {
    if (wanted(each)) found.push_back(&each);
  }
  const auto before = [by](const Met* a, const Met* b) {
    return a->*by != b->*by ? a->*by > b->*by : a->item < b->item;
  };
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(count, found.size()));
  std::partial_sort(found.begin(), end, found.end(), before);
  found.erase(end, found.end());
  return found;
}

/// What stands between the bars, empty parts included.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find('|');
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool has_genre(const Item& item, GenreId genre) {
  return std::ranges::find(item.genres, genre) != item.genres.end();
}

}  // namespace

std::vector<TasteStatement> statements(const Persona& written) {
  const std::vector<std::string_view> tastes = parts_of(written.taste);
  const std::vector<std::string_view> reasons = parts_of(written.reason);
  std::vector<TasteStatement> found;
  for (std::size_t i = 0; i < tastes.size(); ++i) {
    if (tastes[i].empty()) continue;
    found.push_back({.taste = std::string(tastes[i]),
                     .reason = std::string(reasons.size() == tastes.size() ? reasons[i] : "")});
  }
  return found;
}

Personas::Personas(const Dataset& dataset, const TasteSpace& space, const Interactions& train,
                   std::vector<std::string> attribute_names, const Draws& draws)
    : dataset_(dataset),
      space_(space),
      train_(train),
      attribute_names_(std::move(attribute_names)),
      tells_ratings_(train.columns().ratings && dataset.ratings_are.empty()),
      draws_(draws),
      rating_sums_(train.num_items(), 0),
      rating_counts_(train.num_items(), 0) {
  if (!train.columns().ratings || train.size() == 0) return;
  for (const Interaction& row : train.rows()) {
    rating_sums_[index(row.item)] += static_cast<double>(row.rating);
    ++rating_counts_[index(row.item)];
  }
  mean_rating_ =
      std::accumulate(rating_sums_.begin(), rating_sums_.end(), 0.0) / static_cast<double>(train.size());
}

double Personas::others_mean(ItemId item, float own) const {
  const double sum = rating_sums_[index(item)] - static_cast<double>(own);
  const double count = rating_counts_[index(item)] - 1.0;
  return (sum + kShrinkOthers * mean_rating_) / (count + kShrinkOthers);
}

std::vector<Personas::Met> Personas::history(const Profile& profile) const {
  const auto items = train_.items_of(profile.user);
  const auto ratings = train_.ratings_of(profile.user);
  std::vector<Met> met;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Met& each = met.emplace_back(Met{.item = items[i]});
    const double affinity = space_.affinity(profile.taste, items[i]);
    each.appeal = affinity;
    each.dislike = -affinity;
    if (!ratings.empty()) {
      each.rating = ratings[i];
      each.others = others_mean(items[i], ratings[i]);
      const auto own = static_cast<double>(ratings[i]);
      const double pull = own + (own - each.others) / 2;
      each.appeal = pull + affinity / 4;
      each.dislike = -pull - affinity / 4;
    }
    if (profile.perturbation > 0) {
      const DrawAddress at{.agent = number(profile.agent), .item = static_cast<std::uint32_t>(items[i])};
      each.appeal += kNoise * profile.perturbation * draws_.normal(kAppeal, at);
      each.dislike += kNoise * profile.perturbation * draws_.normal(kDislike, at);
    }
  }
  return met;
}

/// Every genre with enough items; `mean` is there if there are ratings.
std::vector<GenreTaste> Personas::genre_tastes(const Profile& profile, std::span<const Met> met) const {
  const std::size_t genres = profile.taste.genre_lift.size();
  std::vector<std::size_t> counts(genres, 0);
  std::vector<double> sums(genres, 0);
  for (const Met& each : met) {
    for (const GenreId genre : dataset_.catalogue[each.item].genres) {
      ++counts[index(genre)];
      sums[index(genre)] += each.rating ? static_cast<double>(*each.rating) : 0;
    }
  }
  const std::size_t support = std::max<std::size_t>(1, met.size() / kItemsPerSupport);
  std::vector<GenreTaste> tastes;
  for (std::size_t g = 0; g < genres; ++g) {
    if (counts[g] < support) continue;
    GenreTaste& taste = tastes.emplace_back(
        GenreTaste{.genre = GenreId(g), .times = std::exp(static_cast<double>(profile.taste.genre_lift[g]))});
    if (train_.columns().ratings) taste.mean = sums[g] / static_cast<double>(counts[g]);
  }
  return tastes;
}

void Personas::add_genres(const Profile& profile, std::span<const Met> met, SelfPortrait& portrait) const {
  const std::optional<double> own_mean = mean_rating(train_.ratings_of(profile.user));
  struct Scored {
    GenreTaste taste;
    double score = 0;
    double deviation = 0;  ///< of the ratings from the user's mean, shrunk
  };
  std::vector<Scored> scored;
  for (GenreTaste& taste : genre_tastes(profile, met)) {
    Scored& each = scored.emplace_back(Scored{.taste = std::move(taste)});
    if (each.taste.mean) {
      const auto count = static_cast<double>(std::ranges::count_if(
          met, [&](const Met& one) { return has_genre(dataset_.catalogue[one.item], each.taste.genre); }));
      each.deviation = (*each.taste.mean - *own_mean) * count / (count + kShrinkGenre);
    }
    each.score = std::log(each.taste.times) + each.deviation;
  }
  std::ranges::stable_sort(scored, std::ranges::greater{}, &Scored::score);
  for (Scored& each : scored) {
    if (portrait.genres.size() == kLikedGenres || each.score <= 0) break;
    portrait.genres.push_back(std::move(each.taste));
  }
  if (portrait.genres.empty() && !scored.empty()) portrait.genres.push_back(std::move(scored[0].taste));
  std::ranges::stable_sort(scored, {}, &Scored::deviation);
  for (Scored& each : scored) {
    if (portrait.low_genres.size() == kLowGenres || each.deviation > -kClearlyLower) break;
    if (*each.taste.mean > kRatesLow) continue;
    const bool is_liked =
        std::ranges::find(portrait.genres, each.taste.genre, &GenreTaste::genre) != portrait.genres.end();
    if (!is_liked) portrait.low_genres.push_back(std::move(each.taste));
  }
  std::vector<ItemId> named;
  for (GenreTaste& taste : portrait.genres) {
    for (const Met* one : best(met, kGenreExamples, &Met::appeal, [&](const Met& each) {
           return has_genre(dataset_.catalogue[each.item], taste.genre) &&
                  std::ranges::find(named, each.item) == named.end() &&
                  (!each.rating || static_cast<double>(*each.rating) >= *own_mean);
         })) {
      taste.examples.push_back(one->item);
      named.push_back(one->item);
    }
  }
  if (tells_ratings_) return;
  portrait.low_genres.clear();
  for (GenreTaste& taste : portrait.genres) taste.mean.reset();
}

void Personas::add_extremes(std::span<const Met> met, SelfPortrait& portrait) const {
  if (met.empty() || !tells_ratings_) return;
  double sum = 0;
  double others = 0;
  double fives = 0;
  double lows = 0;
  for (const Met& each : met) {
    const auto own = static_cast<double>(*each.rating);
    sum += own;
    others += each.others;
    fives += own >= 4.5 ? 1 : 0;
    lows += own <= 2 ? 1 : 0;
  }
  const auto count = static_cast<double>(met.size());
  const double mean = sum / count;
  if (met.size() >= kTellingRatings) {
    portrait.tendency =
        RatingTendency{.mean = mean, .others = others / count, .fives = fives / count, .lows = lows / count};
  }
  const auto is_named = [&](ItemId item) {
    const auto names = [&](const std::vector<ItemId>& items) {
      return std::ranges::find(items, item) != items.end();
    };
    return names(portrait.examples) || std::ranges::any_of(portrait.genres, names, &GenreTaste::examples);
  };
  if (portrait.written_high.empty()) {
    for (const Met* one : best(met, kExtremes, &Met::appeal, [&](const Met& each) {
           return static_cast<double>(*each.rating) >= std::max(mean, kRatesHigh) && !is_named(each.item);
         }))
      portrait.high.push_back({.item = one->item, .rating = one->rating});
  }
  if (portrait.written_low.empty()) {
    for (const Met* one : best(met, kExtremes, &Met::dislike, [&](const Met& each) {
           return static_cast<double>(*each.rating) <= std::min(mean - kLowRating, kRatesLow);
         }))
      portrait.low.push_back({.item = one->item, .rating = one->rating});
  } else {
    portrait.low_genres.clear();
  }
}

void Personas::add_lately(const Profile& profile, SelfPortrait& portrait) const {
  const auto items = train_.items_of(profile.user);
  const auto times = train_.times_of(profile.user);
  const auto ratings = train_.ratings_of(profile.user);
  if (times.empty()) return;
  const auto [first, last] = std::ranges::minmax(times);
  if (last - first < kSitting) return;
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return times[i]; });
  order.resize(std::min(order.size(), kLately));
  for (const std::size_t i : order) {
    portrait.lately.push_back(
        {.item = items[i], .rating = tells_ratings_ ? std::optional(ratings[i]) : std::nullopt});
  }
}

std::vector<TasteStatement> Personas::written_tastes(const Profile& profile) const {
  if (profile.written == nullptr) return {};
  std::vector<TasteStatement> all = statements(*profile.written);
  if (profile.perturbation == 0 || all.size() < 2) return all;
  const std::uint32_t agent = number(profile.agent);
  std::vector<std::uint32_t> order(all.size());
  draws_.permutation(order, kStatementOrder, {.agent = agent});
  const double left_out = std::min(profile.perturbation, 1.0);
  const std::size_t least = (all.size() + 1) / 2;
  std::vector<TasteStatement> own;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool is_needed = own.size() + (order.size() - i) <= least;
    if (is_needed || draws_.uniform(kStatement, {.agent = agent, .item = order[i]}) >= left_out)
      own.push_back(std::move(all[order[i]]));
  }
  return own;
}

SelfPortrait Personas::of(const Profile& profile) const {
  const std::vector<Met> met = history(profile);
  SelfPortrait portrait{.tastes = written_tastes(profile)};
  if (profile.written != nullptr) {
    portrait.written_high = trimmed(profile.written->high_rating);
    portrait.written_low = trimmed(profile.written->low_rating);
  }
  add_genres(profile, met, portrait);
  if (!portrait.tastes.empty()) portrait.genres.clear();
  const bool names_some =
      std::ranges::any_of(portrait.genres, [](const GenreTaste& taste) { return !taste.examples.empty(); });
  const bool is_told_as_written = !portrait.tastes.empty() && profile.perturbation == 0;
  if (!names_some && !is_told_as_written) {
    const std::optional<double> own_mean = mean_rating(train_.ratings_of(profile.user));
    for (const Met* one : best(std::span<const Met>(met), kExamples, &Met::appeal, [&](const Met& each) {
           return !each.rating || static_cast<double>(*each.rating) >= *own_mean;
         }))
      portrait.examples.push_back(one->item);
  }
  add_extremes(met, portrait);
  add_lately(profile, portrait);
  return portrait;
}

}  // namespace throng

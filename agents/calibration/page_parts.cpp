// What happens on a page: which items align, how many and which of them are viewed, how they are rated.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "agents/calibration/likelihoods.h"
#include "agents/calibration/part.h"

namespace throng {
namespace {

using Scale = Unknown::Scale;
using Prior = Unknown::Prior;

/// Recommenders show popular items only: what recordings say about unfamiliar ones is extrapolated from differences among the
/// familiar, and with a flat prior it made GPT-3.5's agents leave a random recommender after a tenth of its items (published: a
/// third).
constexpr double kFamiliarity = 0.1;

/// Activity tells how many items are viewed; whether more of them align as well is said by few agents: of a hundred users ten are
/// devoted.
constexpr double kActivity = 0.3;

/// Trait groups are told apart by their difference from the first one.
void add_groups(std::vector<Unknown>& unknowns, std::string_view parameter, double deviation) {
  for (std::size_t group = 1; group < 3; ++group)
    unknowns.push_back({.parameter = parameter, .index = group, .prior = Prior{0, deviation}});
}

template <class OfPage>
double sum_over_pages(const RecordedSession& session, OfPage of_page) {
  double sum = 0;
  for (const RecordedPage& page : session.pages) sum += of_page(page);
  return sum;
}

template <class OfPage>
std::size_t count_over_pages(const RecordedSession& session, OfPage of_page) {
  std::size_t sum = 0;
  for (const RecordedPage& page : session.pages) sum += of_page(page);
  return sum;
}

/// Whether views say something about the formulas, and few enough of them to sum over what may have been examined.
bool has_views_to_fit(const RecordedPage& page) {
  return page.fits_formulas() && page.aligned() > 0 && page.aligned() <= kMostChosen;
}

/// Of a page's aligned items, those viewed and the others.
struct AlignedItem {
  double utility = 0;
  double examined = 1;  ///< with this probability
};

/// ln of the probability that of these aligned items the first ones are viewed: the sum over all capacities, and over all sets of
/// the others that may have been examined beside the viewed ones.
double log_views(const StatisticalParameters& parameters, const TraitGroups& traits, std::size_t shown,
                 const std::vector<AlignedItem>& viewed, const std::vector<AlignedItem>& others) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto items = static_cast<double>(shown);
  const double mean = items * mean_view_share(parameters, traits);
  const double deviation = items * parameters.view_noise;
  const auto views = static_cast<double>(viewed.size());
  // That the capacity is from `least` to `most`; it is 1 at least and all items at most.
  const auto capacity_within = [&](double least, double most) {
    if (most < least) return 0.0;
    return std::exp(log_normal_between(least <= 1 ? -infinity : least - 0.5,
                                       most >= items ? infinity : most + 0.5, mean, deviation));
  };
  const double whole_page = others.empty() ? capacity_within(items, items) : 0;
  const double just_so_many = views >= 1 && views < items ? capacity_within(views, views) : 0;
  const double as_many_or_more = capacity_within(std::max(views, 1.0), items - 1);

  std::vector<double> chosen;
  double all_viewed_examined = 1;
  for (const AlignedItem& item : viewed) {
    chosen.push_back(item.utility);
    all_viewed_examined *= item.examined;
  }
  double sum = 0;  // over what else was examined
  for (std::size_t set = 0; set < std::size_t{1} << others.size(); ++set) {
    double probability = all_viewed_examined;
    std::vector<double> passed_over;
    for (std::size_t i = 0; i < others.size(); ++i) {
      const bool examined = (set >> i & 1U) != 0;
      probability *= examined ? others[i].examined : 1 - others[i].examined;
      if (examined) passed_over.push_back(others[i].utility);
    }
    if (passed_over.empty()) {
      sum += probability * as_many_or_more;
    } else if (probability * just_so_many > 0) {
      sum += probability * just_so_many * std::exp(log_plackett_luce(chosen, passed_over));
    }
  }
  return std::log(std::max(whole_page + sum, 1e-300));
}

}  // namespace

Part alignment_part(const RecordedShape& shape) {
  Part part{.name = "alignment",
            .likelihood = "Bernoulli, logit: affinity, rating, familiarity, diversity, activity, place",
            .unknowns = {{.parameter = "align_base"},
                         {.parameter = "align_affinity", .prior = Prior{0, 2}},
                         {.parameter = shape.quality_is_popularity ? "align_popularity" : "align_quality",
                          .prior = Prior{0, 2}}},
            .intercepts = {{.parameter = "align_base"}}};
  if (!shape.quality_is_popularity)
    part.unknowns.push_back({.parameter = "align_familiarity", .prior = Prior{0, kFamiliarity}});
  add_groups(part.unknowns, "align_openness", 2);
  add_groups(part.unknowns, "align_activity", kActivity);
  for (std::size_t place = 0; place + 1 < shape.places; ++place)
    part.unknowns.push_back({.parameter = "align_position", .index = place, .prior = Prior{0, 2}});
  part.neutral = [places = shape.places,
                  popularity = shape.quality_is_popularity](StatisticalParameters& parameters) {
    parameters.align_base = parameters.align_affinity = parameters.align_familiarity = 0;
    (popularity ? parameters.align_popularity : parameters.align_quality) =
        0;  // the other one keeps its default
    parameters.align_openness = parameters.align_activity = {};
    parameters.align_position.assign(places, 0);  // the last place is what the others are compared with
    parameters.align_temperature = 1;
  };
  part.log_likelihood = [popularity = shape.quality_is_popularity](const StatisticalParameters& parameters,
                                                                   const RecordedSession& session) {
    return sum_over_pages(session, [&](const RecordedPage& page) {
      double sum = 0;
      for (std::size_t i = 0; i < page.items.size(); ++i) {
        const RecordedItem& item = page.items[i];
        const double logit = alignment_logit(parameters, {.affinity = item.affinity,
                                                          .quality = item.quality,
                                                          .familiarity = item.familiarity,
                                                          .quality_is_popularity = popularity,
                                                          .position = i + 1,
                                                          .diversity = session.traits.diversity,
                                                          .activity = session.traits.activity});
        sum += log_sigma(item.aligned ? logit : -logit);
      }
      return sum;
    });
  };
  part.observations = [](const RecordedSession& session) {
    return count_over_pages(session, [](const RecordedPage& page) { return page.items.size(); });
  };
  return part;
}

Part view_part(const RecordedShape& shape) {
  Part part{.name = "views",
            .likelihood =
                "how many: normal in intervals, by activity and diversity; which: places examined, then "
                "Plackett-Luce by affinity and rating, place",
            .unknowns = {{.parameter = "view_share"},
                         {.parameter = "view_noise", .scale = Scale::positive, .prior = Prior{-2, 1}}},
            .intercepts = {{.parameter = "view_share"},
                           {.parameter = "view_noise", .scale = Scale::positive, .prior = Prior{-2, 1}}}};
  add_groups(part.unknowns, "view_activity", 0.5);
  add_groups(part.unknowns, "view_diversity", 0.5);
  for (std::size_t place = 0; place < shape.places; ++place) {
    part.unknowns.push_back(
        {.parameter = "view_examination", .index = place, .scale = Scale::share, .prior = Prior{2, 1.5}});
  }
  part.unknowns.push_back({.parameter = "view_appeal", .prior = Prior{0, 2}});
  part.unknowns.push_back({.parameter = "view_position", .prior = Prior{0, 5}});
  part.neutral = [places = shape.places](StatisticalParameters& parameters) {
    parameters.view_share = 0.5;
    parameters.view_noise = 0.15;
    parameters.view_activity = parameters.view_diversity = {};
    parameters.view_examination.assign(places, 0.99);  // 1 would make nothing of agents that view nothing
    parameters.view_appeal = parameters.view_position = 0;
    parameters.view_chance = 1;  // utilities have no other unit
  };
  part.start = [](StatisticalParameters& parameters) { std::ranges::fill(parameters.view_examination, 0.9); };
  part.log_likelihood = [](const StatisticalParameters& parameters, const RecordedSession& session) {
    return sum_over_pages(session, [&](const RecordedPage& page) {
      if (!has_views_to_fit(page)) return 0.0;
      std::vector<AlignedItem> viewed;
      std::vector<AlignedItem> others;
      for (std::size_t i = 0; i < page.items.size(); ++i) {
        const RecordedItem& item = page.items[i];
        if (!item.aligned) continue;
        const double utility = view_utility(parameters, item.affinity, item.quality, i + 1);
        (item.viewed() ? viewed : others)
            .push_back(
                {.utility = utility / parameters.view_chance, .examined = examination(parameters, i + 1)});
      }
      return log_views(parameters, session.traits, page.items.size(), viewed, others);
    });
  };
  part.observations = [](const RecordedSession& session) {
    return count_over_pages(session, has_views_to_fit);
  };
  return part;
}

Part rating_part(const RecordedShape& shape) {
  Part part{.name = "ratings",
            .likelihood = "normal in intervals of one star: displayed rating by conformity, affinity, habit",
            .unknowns = {{.parameter = "own_base", .prior = Prior{4, 1}},
                         {.parameter = "own_affinity", .prior = Prior{0, 1}}},
            .intercepts = {{.parameter = "own_base", .prior = Prior{4, 1}},
                           {.parameter = "rating_noise",
                            .index = Unknown::kEveryGroup,
                            .scale = Scale::positive,
                            .prior = Prior{-1, 1}}}};
  if (shape.has_habits) part.unknowns.push_back({.parameter = "own_habit", .prior = Prior{0, 1}});
  for (std::size_t group = 0; group < 3; ++group) {
    part.unknowns.push_back(
        {.parameter = "conformity_weight", .index = group, .scale = Scale::share, .prior = Prior{-1, 1.5}});
  }
  for (std::size_t group = 0; group < 3; ++group) {
    part.unknowns.push_back(
        {.parameter = "rating_noise", .index = group, .scale = Scale::positive, .prior = Prior{-1, 1}});
  }
  part.neutral = [](StatisticalParameters& parameters) {
    parameters.own_base = 4;
    parameters.own_affinity = parameters.own_habit = 0;
    parameters.conformity_weight = {};
    parameters.rating_noise.fill(0.4);
  };
  part.start = [](StatisticalParameters& parameters) { parameters.conformity_weight.fill(0.25); };
  part.log_likelihood = [](const StatisticalParameters& parameters, const RecordedSession& session) {
    const std::uint8_t group = session.traits.conformity;
    return sum_over_pages(session, [&](const RecordedPage& page) {
      double sum = 0;
      for (const RecordedItem& item : page.items) {
        if (!item.viewed()) continue;
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const double low = item.rating == 1 ? -infinity : item.rating - 0.5;
        const double high = item.rating == 5 ? infinity : item.rating + 0.5;
        const double mean = mean_of_rating(parameters, {.affinity = item.affinity,
                                                        .historical_rating = item.historical_rating,
                                                        .habit = session.habit,
                                                        .conformity = group});
        sum += log_normal_between(low, high, mean, of_group(parameters.rating_noise, group));
      }
      return sum;
    });
  };
  part.observations = [](const RecordedSession& session) {
    return count_over_pages(session, [](const RecordedPage& page) { return page.viewed(); });
  };
  return part;
}

}  // namespace throng

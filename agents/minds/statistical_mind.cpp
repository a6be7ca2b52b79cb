#include "agents/minds/statistical_mind.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/container/small_vector.hpp>

namespace throng {
namespace {

constexpr Purpose kAlign{"mind/align"};
constexpr Purpose kCapacity{"mind/capacity"};
constexpr Purpose kExamine{"mind/examine"};
constexpr Purpose kView{"mind/view"};
constexpr Purpose kRating{"mind/rating"};
constexpr Purpose kSave{"mind/save"};
constexpr Purpose kShare{"mind/share"};
constexpr Purpose kExit{"mind/exit"};
constexpr Purpose kSearch{"mind/search"};
constexpr Purpose kInterview{"mind/interview"};
constexpr Purpose kQuestion{"mind/question"};

DrawAddress address(const Situation& situation, ItemId item = {}) {
  return {.agent = static_cast<std::uint32_t>(situation.agent),
          .round = situation.round,
          .page = situation.page,
          .item = static_cast<std::uint32_t>(item)};
}

std::uint8_t round_within(double value, double low, double high) {
  return static_cast<std::uint8_t>(std::clamp(std::round(value), low, high));
}

bool aligns(double logit, double temperature, double uniform) {
  return temperature > 0 ? uniform < sigma(logit / temperature) : logit > 0;
}

double gumbel(double uniform) { return -std::log(-std::log(uniform)); }

/// A task that is done as soon as it is awaited: this mind never waits.
template <class T>
Task<std::optional<T>> ready(std::optional<T> value) {
  co_return value;
}

}  // namespace

StatisticalMind::StatisticalMind(const StatisticalParameters& parameters, const Affinity& affinity,
                                 std::span<const float> mean_ratings, const Draws& draws,
                                 std::vector<double> popularity, RatingHabits habits,
                                 std::vector<std::string> genre_names)
    : parameters_(parameters),
      affinity_(affinity),
      draws_(draws),
      merits_(mean_ratings, std::move(popularity)),
      habits_(std::move(habits)),
      genre_names_(std::move(genre_names)) {}

std::size_t StatisticalMind::capacity(const Situation& situation, std::size_t shown) const {
  const double share = mean_view_share(parameters_, situation.profile.traits) +
                       parameters_.view_noise * draws_.normal(kCapacity, address(situation));
  const double items = static_cast<double>(shown);
  return static_cast<std::size_t>(std::clamp(std::round(items * share), std::min(1.0, items), items));
}

std::uint8_t StatisticalMind::rate(const Situation& situation, const ShownItem& item, double affinity) const {
  const std::uint8_t conformity = situation.profile.traits.conformity;
  const double noise = draws_.normal(kRating, address(situation, item.item));
  const double mean = mean_of_rating(parameters_, {.affinity = affinity,
                                                   .historical_rating = static_cast<double>(item.mean_rating),
                                                   .habit = habits_.of(situation.profile.user),
                                                   .conformity = conformity});
  return round_within(mean + of_group(parameters_.rating_noise, conformity) * noise, 1, 5);
}

bool StatisticalMind::saves(const Situation& situation, ItemId item) const {
  return situation.allowed.save && draws_.uniform(kSave, address(situation, item)) < parameters_.save_share;
}

bool StatisticalMind::shares(const Situation& situation, ItemId item, std::uint8_t rating) const {
  return situation.allowed.share &&
         draws_.uniform(kShare, address(situation, item)) < share_chance(parameters_, rating);
}

std::string StatisticalMind::searches_for(const Situation& situation) const {
  if (!situation.allowed.search || genre_names_.empty()) return "";
  const std::vector<RememberedPage>& pages = situation.memory.pages();
  if (draws_.uniform(kSearch, address(situation)) >= search_chance(parameters_, pages.back().satisfaction))
    return "";
  const auto before = std::ranges::count_if(pages, [&](const RememberedPage& page) {
    return page.round == situation.round && page.then == RememberedPage::Then::search;
  });
  const auto genre = genre_to_search(situation.profile.taste.genre_lift, static_cast<std::size_t>(before));
  return genre ? genre_names_[index(*genre)] : "";
}

Task<std::optional<Reaction>> StatisticalMind::react(Actor& /*self*/, const Situation& situation,
                                                     std::span<const ShownItem> page) {
  struct Appeal {
    double affinity = 0;
    double total = 0;
  };
  Reaction reaction;
  std::vector<Appeal> appeals(page.size());
  std::vector<std::size_t> aligned;  // of them those that may be viewed
  const std::size_t capacity = this->capacity(situation, page.size());
  const bool examines_all = parameters_.view_examination.empty() || capacity == page.size();
  boost::container::small_vector<ItemId, 16> items(page.size());
  boost::container::small_vector<double, 16> affinities(page.size());
  std::ranges::transform(page, items.begin(), &ShownItem::item);
  affinity_.of(situation.agent, situation.profile, items, affinities);
  for (std::size_t i = 0; i < page.size(); ++i) {
    const ItemId item = page[i].item;
    const double affinity = affinities[i];
    const double quality = merits_.quality(item, page[i].mean_rating);
    const double logit =
        alignment_logit(parameters_, {.affinity = affinity,
                                      .quality = quality,
                                      .familiarity = merits_.familiarity(item),
                                      .quality_is_popularity = merits_.quality_is_popularity(),
                                      .position = i + 1,
                                      .diversity = situation.profile.traits.diversity,
                                      .activity = situation.profile.traits.activity});
    reaction.aligned.push_back(
        aligns(logit, parameters_.align_temperature, draws_.uniform(kAlign, address(situation, item))));
    appeals[i] = {.affinity = affinity, .total = view_utility(parameters_, affinity, quality, i + 1)};
    if (!reaction.aligned.back()) continue;
    if (!examines_all &&
        draws_.uniform(kExamine, address(situation, item)) >= examination(parameters_, i + 1))
      continue;
    aligned.push_back(i);
    if (parameters_.view_chance > 0)
      appeals[i].total += parameters_.view_chance * gumbel(draws_.uniform(kView, address(situation, item)));
  }
  std::stable_sort(aligned.begin(), aligned.end(),
                   [&](std::size_t a, std::size_t b) { return appeals[a].total > appeals[b].total; });
  aligned.resize(std::min(aligned.size(), capacity));

  std::ranges::sort(aligned);
  constexpr std::size_t of_view = 3;
  reaction.actions.reserve(of_view * aligned.size());

  double rating_sum = 0;
  auto viewed = aligned.begin();
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto act = [&](ActionKind kind) {
      reaction.actions.push_back({.position = static_cast<std::uint16_t>(i + 1), .kind = kind});
    };
    if (viewed == aligned.end() || *viewed != i) {
      if (reaction.aligned[i] && saves(situation, page[i].item)) act(ActionKind::save);
      continue;
    }
    ++viewed;
    const std::uint8_t rating = rate(situation, page[i], appeals[i].affinity);
    add_view(reaction.actions, i + 1, rating, static_cast<Feeling>(rating));
    if (shares(situation, page[i].item, rating)) act(ActionKind::share);
    rating_sum += rating;
  }
  reaction.satisfaction = page_satisfaction(parameters_, aligned.size(), page.size(), rating_sum);
  return ready<Reaction>(std::move(reaction));
}

Task<std::optional<Decision>> StatisticalMind::decide(Actor& /*self*/, const Situation& situation) {
  const double satisfaction = remembered_satisfaction(parameters_, situation.memory);
  const double logit =
      exit_logit(parameters_, satisfaction, situation.page, situation.profile.traits.activity);
  Decision decision{.satisfaction = satisfaction,
                    .fatigue = fatigue_after(parameters_, situation.page),
                    .exits = draws_.uniform(kExit, address(situation)) < sigma(logit)};
  if (!decision.exits) decision.search = searches_for(situation);
  return ready<Decision>(std::move(decision));
}

Task<std::optional<Reflection>> StatisticalMind::reflect(Actor& /*self*/, const Situation& situation) {
  return ready(reflection_after(parameters_, situation.memory));
}

std::uint8_t StatisticalMind::score(const Situation& situation, Purpose purpose,
                                    const DrawAddress& at) const {
  const double line = interview_line(parameters_, remembered_satisfaction(parameters_, situation.memory),
                                     situation.profile.traits.activity);
  const std::vector<double>& cuts = parameters_.interview_cuts;
  if (cuts.empty())
    return round_within(line + parameters_.interview_noise * draws_.normal(purpose, at), 1, 10);
  const double uniform = draws_.uniform(purpose, at);
  const auto passed = std::ranges::find_if(cuts, [&](double cut) { return uniform < sigma(cut - line); });
  return static_cast<std::uint8_t>(passed - cuts.begin() + 1);
}

Task<std::optional<Interview>> StatisticalMind::interview(Actor& /*self*/, const Situation& situation) {
  return ready<Interview>(Interview{.score = score(situation, kInterview, address(situation))});
}

Task<std::optional<Answer>> StatisticalMind::answer(Actor& /*self*/, const Situation& situation,
                                                    const InterviewQuestion& question) {
  if (question.kind != InterviewQuestion::Kind::score) return ready(std::optional<Answer>());
  const int satisfied = score(situation, kQuestion, address(situation, ItemId(number_of(question))));
  const double scaled = question.least + (question.most - question.least) * satisfaction_of(satisfied);
  return ready<Answer>(Answer{.question = question.name, .score = static_cast<int>(std::lround(scaled))});
}

}  // namespace throng

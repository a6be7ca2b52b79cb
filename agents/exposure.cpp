#include "agents/exposure.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "agents/metrics.h"
#include "engine/base/statistics.h"
#include "recsys/data/genres.h"

namespace throng {
namespace {

/// In bits.
double entropy_of(std::span<const double> shares) {
  double entropy = 0;
  for (const double share : shares) entropy -= share > 0 ? share * std::log2(share) : 0;
  return entropy;
}

/// genre_similarity of sets of bits.
double genre_similarity(std::uint64_t a, std::uint64_t b) {
  return (a | b) == 0 ? 0 : static_cast<double>(std::popcount(a & b)) / std::popcount(a | b);
}

/// The mean over pairs; empty for fewer than two items.
template <class Distance>
std::optional<double> mean_distance(std::span<const ItemId> items, Distance distance) {
  if (items.size() < 2) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 1; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) sum += distance(items[i], items[j]);
  }
  return 2 * sum / static_cast<double>(items.size() * (items.size() - 1));
}

/// Of how many items each genre is.
std::vector<std::uint32_t> genre_counts(std::span<const ItemId> items, const Catalogue& catalogue) {
  std::vector<std::uint32_t> counts(catalogue.genre_names.size(), 0);
  for (const ItemId item : items) {
    for (const GenreId genre : catalogue[item].genres) ++counts[index(genre)];
  }
  return counts;
}

std::array<std::size_t, 3> groups_of(const TraitGroups& traits) {
  return {traits.activity - 1U, 3U + traits.conformity - 1U, 6U + traits.diversity - 1U};
}

}  // namespace

std::string trait_group_name(std::size_t group) {
  static constexpr std::array traits{"activity", "conformity", "diversity"};
  return fmt::format("{}_{}", traits[group / 3], group % 3 + 1);
}

ExposureWorld::ExposureWorld(const Catalogue& catalogue, const Interactions& train, const TasteSpace& space,
                             const Population& population)
    : catalogue_(catalogue), space_(space), population_(population) {
  for (std::size_t user = 0; user < train.num_users(); ++user) {
    const std::vector<double> shares = genre_shares(train.items_of(UserId(user)), catalogue);
    history_genres_.insert(history_genres_.end(), shares.begin(), shares.end());
  }
  for (std::size_t item = 0; item < catalogue.size(); ++item) {
    double squares = 0;
    for (const float x : space.embedding(ItemId(item))) squares += static_cast<double>(x) * x;
    inverse_lengths_.push_back(squares > 0 ? 1 / std::sqrt(squares) : 0);
  }
  const double users = static_cast<double>(train.num_users()) + 1;
  for (const std::uint32_t count : train.item_counts())
    self_information_.push_back(std::log2(users / (count + 1)));
  if (catalogue.genre_names.size() > 64) return;
  for (const Item& item : catalogue.items) {
    std::uint64_t& bits = genres_.emplace_back(0);
    for (const GenreId genre : item.genres) bits |= std::uint64_t{1} << index(genre);
  }
}

std::optional<double> ExposureWorld::genre_distance(std::span<const ItemId> items) const {
  return mean_distance(items, [&](ItemId a, ItemId b) {
    return 1 - (genres_.empty() ? throng::genre_similarity(catalogue_[a].genres, catalogue_[b].genres)
                                : genre_similarity(genres_[index(a)], genres_[index(b)]));
  });
}

// The squared length of a sum of unit vectors is their number, and twice the cosine of each pair.
std::optional<double> ExposureWorld::factor_distance(std::span<const ItemId> items) const {
  if (items.size() < 2) return std::nullopt;
  std::array<double, Taste::kDimensions> sum{};
  double lengths = 0;
  for (const ItemId item : items) {
    const double scale = inverse_lengths_[index(item)];
    if (scale == 0) continue;
    ++lengths;
    const auto& embedding = space_.embedding(item);
    for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += embedding[d] * scale;
  }
  double cosines = -lengths;
  for (const double x : sum) cosines += x * x;
  return 1 - cosines / static_cast<double>(items.size() * (items.size() - 1));
}

std::span<const double> ExposureWorld::history_genres(AgentId agent) const {
  const std::size_t genres = catalogue_.genre_names.size();
  return std::span(history_genres_).subspan(index(population_.user_of(agent)) * genres, genres);
}

ItemsFigures figures_of(std::span<const ItemId> items, std::span<const double> history,
                        const ExposureWorld& world) {
  ItemsFigures figures{};
  const auto set = [&](ItemsFigure figure, std::optional<double> value) {
    figures[static_cast<std::size_t>(figure)] = value;
  };
  if (items.empty()) return figures;
  const Catalogue& catalogue = world.catalogue();
  const std::vector<std::uint32_t> counts = genre_counts(items, catalogue);
  if (!counts.empty()) {
    set(ItemsFigure::top_genre_share,
        static_cast<double>(std::ranges::max(counts)) / static_cast<double>(items.size()));
    set(ItemsFigure::distinct_genres,
        static_cast<double>(std::ranges::count_if(counts, [](std::uint32_t count) { return count > 0; })));
    const std::vector<double> shares = genre_shares(items, catalogue);
    set(ItemsFigure::genre_entropy, entropy_of(shares));
    if (std::ranges::any_of(history, [](double share) { return share > 0; }))
      set(ItemsFigure::calibration_error, calibration_error(history, shares));
    set(ItemsFigure::genre_distance, world.genre_distance(items));
  }
  set(ItemsFigure::factor_distance, world.factor_distance(items));
  double information = 0;
  for (const ItemId item : items) information += world.self_information(item);
  set(ItemsFigure::novelty, information / static_cast<double>(items.size()));
  return figures;
}

void Exposure::Sums::add(const ItemsFigures& figures) {
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (!figures[i]) continue;
    sum[i].add(*figures[i]);
    ++agents[i];
  }
}

void Exposure::Sums::merge(const Sums& other) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i].merge(other.sum[i]);
  std::ranges::transform(agents, other.agents, agents.begin(), std::plus<>());
}

std::optional<double> Exposure::Sums::mean(ItemsFigure figure) const {
  const auto i = static_cast<std::size_t>(figure);
  if (agents[i] == 0) return std::nullopt;
  return sum[i].value() / agents[i];
}

void Exposure::add(AgentId agent, std::span<const ItemId> items, std::span<const double> history,
                   const ExposureWorld& world) {
  if (items.empty()) return;
  ++agents_;
  double squares = 0;  // of how often each item came
  for (const ItemId item : items) squares += static_cast<double>(std::ranges::count(items, item));
  const double share = 1 / std::sqrt(squares);
  for (const ItemId item : items) {
    ++impressions_[index(item)];
    directions_[index(item)].add(share);
  }
  const ItemsFigures figures = figures_of(items, history, world);
  of_all_.add(figures);
  for (const std::size_t group : groups_of(world.population().traits_of(agent)))
    of_groups_[group].add(figures);
}

void Exposure::merge(const Exposure& other) {
  std::ranges::transform(impressions_, other.impressions_, impressions_.begin(), std::plus<>());
  for (std::size_t item = 0; item < directions_.size(); ++item)
    directions_[item].merge(other.directions_[item]);
  agents_ += other.agents_;
  of_all_.merge(other.of_all_);
  for (std::size_t group = 0; group < kTraitGroups; ++group) of_groups_[group].merge(other.of_groups_[group]);
}

double Exposure::gini() const {
  return throng::gini(std::vector<double>(impressions_.begin(), impressions_.end()));
}

double Exposure::coverage() const {
  const auto reached = std::ranges::count_if(impressions_, [](std::uint32_t count) { return count > 0; });
  return static_cast<double>(reached) / static_cast<double>(std::max<std::size_t>(1, impressions_.size()));
}

// See ExposureWorld::factor_distance.
std::optional<double> Exposure::similarity() const {
  if (agents_ < 2) return std::nullopt;
  double squares = 0;
  for (const ExactSum& direction : directions_) squares += direction.value() * direction.value();
  const auto agents = static_cast<double>(agents_);
  return (squares - agents) / (agents * (agents - 1));
}

void Exposures::add(const SessionRecord& session, const ExposureWorld& world) {
  std::vector<ItemId> shown;
  std::vector<ItemId> seen;
  std::vector<ItemId> loved;
  for (const PageRecord& page : session.pages) {
    if (page.degraded()) continue;
    if (!page.shows_results()) {
      for (const Impression& impression : page.impressions) shown.push_back(impression.item);
    }
    for (const Action& action : page.actions) {
      if (action.kind == ActionKind::view) seen.push_back(page.item_of(action));
      if (is_like(action)) loved.push_back(page.item_of(action));
    }
  }
  const std::span<const double> history = world.history_genres(session.agent);
  recommended.add(session.agent, shown, history, world);
  viewed.add(session.agent, seen, history, world);
  liked.add(session.agent, loved, history, world);
}

void Exposures::merge(const Exposures& other) {
  recommended.merge(other.recommended);
  viewed.merge(other.viewed);
  liked.merge(other.liked);
}

std::span<const RoundFigure> round_figures() {
  static const std::array<RoundFigure, 10> figures{{
      {.name = "top_genre_share",
       .title = "Share of the top genre",
       .unit = "share of an agent's items",
       .note = "Of an agent's items, the share that carries its most frequent genre; mean over agents.",
       .most = 1,
       .of_agents = ItemsFigure::top_genre_share},
      {.name = "distinct_genres",
       .title = "Distinct genres",
       .unit = "genres per agent",
       .note = "How many genres an agent's items have; mean over agents.",
       .most = std::nullopt,
       .of_agents = ItemsFigure::distinct_genres},
      {.name = "genre_entropy",
       .title = "Entropy of genres",
       .unit = "bits",
       .note = "Of how an agent's items are shared among genres; mean over agents.",
       .most = std::nullopt,
       .of_agents = ItemsFigure::genre_entropy},
      {.name = "genre_distance",
       .title = "Distance within an agent's items, by genre",
       .unit = "1 - Jaccard",
       .note = "Mean over the pairs of an agent's items, then over agents.",
       .most = 1,
       .of_agents = ItemsFigure::genre_distance},
      {.name = "factor_distance",
       .title = "Distance within an agent's items, by taste",
       .unit = "1 - cosine",
       .note = "In the latent space of tastes: mean over the pairs of an agent's items, then over agents.",
       .most = 2,
       .of_agents = ItemsFigure::factor_distance},
      {.name = "novelty",
       .title = "Novelty",
       .unit = "bits",
       .note = "Self-information of an agent's items: few people met them in the training data; mean over "
               "agents.",
       .most = std::nullopt,
       .of_agents = ItemsFigure::novelty},
      {.name = "calibration_error",
       .title = "Calibration error",
       .unit = "bits",
       .note = "How far the genres of an agent's items are from those of its history (Kullback-Leibler); "
               "mean over agents.",
       .most = std::nullopt,
       .of_agents = ItemsFigure::calibration_error},
      {.name = "similarity",
       .title = "Similarity between agents",
       .unit = "cosine of their items",
       .note = "Mean over all pairs of agents: that each meets more genres does not keep all from meeting "
               "the same.",
       .most = 1,
       .of_items = [](const Exposure& exposure) { return exposure.similarity(); }},
      {.name = "gini",
       .title = "Exposure Gini",
       .unit = "Gini coefficient",
       .note = "0: all items alike; 1: one has it all.",
       .most = 1,
       .of_items = [](const Exposure& exposure) { return std::optional(exposure.gini()); }},
      {.name = "coverage",
       .title = "Catalogue coverage",
       .unit = "share of the catalogue",
       .note = "Items that at least one agent met.",
       .most = 1,
       .of_items = [](const Exposure& exposure) { return std::optional(exposure.coverage()); }},
  }};
  return figures;
}

}  // namespace throng

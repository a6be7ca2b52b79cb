#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/population.h"
#include "agents/session_record.h"
#include "agents/taste.h"
#include "engine/base/statistics.h"
#include "recsys/data/dataset.h"

namespace throng {

/// What figures of exposure are reckoned with. Everything outlives it. Safe to read from any thread.
class ExposureWorld {
 public:
  ExposureWorld(const Catalogue& catalogue, const Interactions& train, const TasteSpace& space,
                const Population& population);

  const Catalogue& catalogue() const { return catalogue_; }
  const Population& population() const { return population_; }
  /// In bits: -log2((c + 1) / (n + 1)) of an item that c of n users of the training data met.
  double self_information(ItemId item) const { return self_information_[index(item)]; }
  /// The mean over the pairs of 1 - Jaccard of their genres, and of 1 - cosine in the space of tastes (an item that nobody met has no
  /// direction there: 1). Empty for fewer than two items.
  std::optional<double> genre_distance(std::span<const ItemId> items) const;
  std::optional<double> factor_distance(std::span<const ItemId> items) const;
  /// How the training history of the agent's user is shared among genres, an item divided evenly among its own; adds up to 1, or is
  /// all 0 without genres.
  std::span<const double> history_genres(AgentId agent) const;

 private:
  const Catalogue& catalogue_;
  const TasteSpace& space_;
  const Population& population_;
  std::vector<double> history_genres_;  ///< user by user
  std::vector<double> self_information_;
  std::vector<double> inverse_lengths_;  ///< of the items' embeddings; 0: it has none
  std::vector<std::uint64_t>
      genres_;  ///< per item, a bit for each genre; empty if there are more than 64 of them
};

/// Figures of one agent's items, of which reports show means over agents.
enum class ItemsFigure : std::uint8_t {
  top_genre_share,
  distinct_genres,
  genre_entropy,
  genre_distance,
  factor_distance,
  novelty,
  calibration_error
};
inline constexpr std::size_t kItemsFigures = 7;
inline constexpr std::size_t kTraitGroups = 9;
/// Of 0 to 8: activity_1 to activity_3, conformity_1 to conformity_3, diversity_1 to diversity_3.
std::string trait_group_name(std::size_t group);

/// What one agent's items come to, by ItemsFigure (docs/metrics.md); empty where a figure has no meaning: a distance of fewer than two
/// items, anything of genres where there are none.
using ItemsFigures = std::array<std::optional<double>, kItemsFigures>;
/// `history`: history_genres of the agent.
ItemsFigures figures_of(std::span<const ItemId> items, std::span<const double> history,
                        const ExposureWorld& world);

/// How concentrated what agents met in one round is, over agents and over items. Agents without any such item are left out of the
/// means over agents. It is the same in whatever order and groups agents are added.
class Exposure {
 public:
  /// `items`: how many the catalogue has.
  explicit Exposure(std::size_t items = 0) : impressions_(items, 0), directions_(items) {}

  /// Adds what an agent met, in any order; an item may come more than once.
  void add(AgentId agent, std::span<const ItemId> items, std::span<const double> history,
           const ExposureWorld& world);
  /// Adds what another, of the same catalogue, has summed up.
  void merge(const Exposure& other);

  /// The mean over the agents that have the figure; of all, or of those in one of the trait groups (trait_group_name). Empty if nobody has it.
  std::optional<double> mean(ItemsFigure figure) const { return of_all_.mean(figure); }
  std::optional<double> mean(ItemsFigure figure, std::size_t group) const {
    return of_groups_[group].mean(figure);
  }

  double gini() const;      ///< of the items' impressions, items without any included
  double coverage() const;  ///< share of the catalogue with at least one impression
  /// The mean over all pairs of agents of the cosine of their items, counted; empty for fewer than two agents.
  std::optional<double> similarity() const;

  /// For cereal.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(impressions_, directions_, agents_, of_all_, of_groups_);
  }

 private:
  struct Sums {
    std::array<ExactSum, kItemsFigures> sum{};
    std::array<std::uint32_t, kItemsFigures> agents{};

    void add(const ItemsFigures& figures);
    void merge(const Sums& other);
    std::optional<double> mean(ItemsFigure figure) const;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(sum, agents);
    }
  };

  std::vector<std::uint32_t> impressions_;  ///< per item
  std::vector<ExactSum> directions_;  ///< the sum of the agents' counts of items, each scaled to length 1
  std::size_t agents_ = 0;
  Sums of_all_;
  std::array<Sums, kTraitGroups> of_groups_;
};

/// Of what was recommended (shown on pages that answer no search), and of what was viewed and liked on any page.
struct Exposures {
  explicit Exposures(std::size_t items = 0) : recommended(items), viewed(items), liked(items) {}

  void add(const SessionRecord& session, const ExposureWorld& world);
  void merge(const Exposures& other);
  /// For cereal.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(recommended, viewed, liked);
  }

  Exposure recommended;
  Exposure viewed;
  Exposure liked;
};

/// A figure of each round, in run.db, reports and studies: all of them go through the table of `round_figures`.
struct RoundFigure {
  std::string_view name;  ///< in run.db after "recommended_", "viewed_" and "liked_"
  std::string_view title;
  std::string_view unit;
  std::string_view note;
  std::optional<double> most;  ///< the end of its scale, which begins with 0; none: it has no end
  std::optional<ItemsFigure>
      of_agents{};  ///< a mean over agents, which trait groups have, too; none: `of_items`
  std::optional<double> (*of_items)(const Exposure&) = nullptr;

  std::optional<double> value(const Exposure& exposure) const {
    return of_agents ? exposure.mean(*of_agents) : of_items(exposure);
  }
};

/// In the order of the charts.
std::span<const RoundFigure> round_figures();

}  // namespace throng

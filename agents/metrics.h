#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/session_record.h"
#include "recsys/data/dataset.h"

namespace throng {

/// The least rating that counts as a like.
inline constexpr std::uint8_t kLikedRating = 4;

inline bool is_like(const Action& action) {
  return action.kind == ActionKind::rate && action.value >= kLikedRating;
}

/// What the paper's metrics need to know of one session. Degraded pages count nowhere.
struct Outcome {
  AgentId agent{};
  std::uint16_t round = 0;
  std::uint32_t shown = 0;   ///< items on visited pages
  std::uint32_t viewed = 0;  ///< rated items
  std::uint32_t liked = 0;
  std::uint32_t pages = 0;  ///< visited
  bool abandoned = false;
  std::optional<std::uint32_t> score;  ///< of the interview, if there was one
  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const SessionRecord& session);

/// A headline metric: the mean over agents of a per-agent value.
struct Metric {
  std::string name;
  double mean = 0;
  double standard_error = 0;  ///< sample standard deviation over agents / sqrt(agents); 0 for one agent
  std::size_t agents = 0;     ///< how many agents it rests on
  std::size_t pages = 0;      ///< how many pages it rests on
};

/// What one agent contributes to a headline metric: its mean over those of its sessions that have a value.
struct AgentValue {
  AgentId agent{};
  double value = 0;
  bool operator==(const AgentValue&) const = default;
};

/// A headline metric agent by agent.
struct MetricValues {
  std::string name;
  std::vector<AgentValue> agents;  ///< those that have a value, ascending
  std::size_t pages = 0;           ///< how many pages these values rest on
};

/// What headline_metrics are the means of, in the same order.
std::vector<MetricValues> headline_values(std::span<const Outcome> outcomes);

/// The metrics of Agent4Rec, in this order: p_view = viewed / shown, n_like = liked, p_like = liked / shown,
/// n_exit = pages, s_sat = score. An agent that came more than once counts with its mean over its sessions,
/// which stand in the order of rounds. A session that was shown nothing has no p_view and p_like.
std::vector<Metric> headline_metrics(std::span<const Outcome> outcomes);

/// A mean over agents of a per-agent value.
struct AgentMean {
  std::size_t agents = 0;     ///< that have a value
  double mean = 0;            ///< meaningless if nobody has one
  double standard_error = 0;  ///< of the mean; 0 for one agent
};

/// What agents made of the items that stood n-th on their pages, n-th in their prompts, or on their n-th pages. Without
/// abandoned agents.
struct PositionFigures {
  std::size_t position = 0;  ///< n, from 1
  std::size_t shown = 0;
  AgentMean aligned;  ///< share of the items shown there
  AgentMean viewed;   ///< likewise
  AgentMean rating;   ///< of those viewed
};

/// One of them, for run.db, reports and tables.
struct PositionFigure {
  std::string_view name;  ///< such as "aligned"
  std::string_view unit;
  double least;  ///< of its scale
  double most;
  AgentMean PositionFigures::*mean;
};

std::span<const PositionFigure, 3> position_figures();

/// What agents made of the items by their place on the page, and page by page, summed up over a round. Degraded pages count
/// nowhere.
class PositionCounts {
 public:
  struct At {
    std::uint64_t shown = 0;
    std::uint64_t aligned = 0;
    std::uint64_t viewed = 0;
    std::uint64_t ratings = 0;  ///< their sum
  };

  void add(const SessionRecord& session);
  void merge(const PositionCounts& other);
  /// The n-th is of position n + 1.
  const std::vector<At>& by_position() const { return by_position_; }
  /// The n-th is of page n + 1.
  const std::vector<At>& by_page() const { return by_page_; }

 private:
  std::vector<At> by_position_;
  std::vector<At> by_page_;
};

/// How concentrated what agents met in one round is, over agents and over items: either everything shown or only what was
/// viewed. Agents without any such item are left out of the means over agents. Sums of sums depend on how sessions were grouped
/// (in their last bits): they are made per partition and merged in the order of partitions.
class Exposure {
 public:
  enum class Of { shown, viewed };

  /// `catalogue` must outlive it.
  Exposure(const Catalogue& catalogue, Of of)
      : catalogue_(&catalogue), of_(of), impressions_(catalogue.size(), 0) {}

  void add(const SessionRecord& session);
  /// Adds what another, of the same catalogue and kind, has summed up.
  void merge(const Exposure& other);

  double top_genre_share()
      const;  ///< mean over agents: share of the agent's items that carry its most frequent genre
  double distinct_genres() const;  ///< mean over agents: number of genres among the agent's items
  double gini() const;             ///< of the items' impressions, items without any included
  double coverage() const;         ///< share of the catalogue with at least one impression

 private:
  double mean(double sum) const;

  const Catalogue* catalogue_;
  Of of_;
  std::vector<std::uint32_t> impressions_;  ///< per item
  std::size_t agents_ = 0;
  double top_genre_share_sum_ = 0;
  double distinct_genres_sum_ = 0;
};

/// A figure of each round, in run.db, reports and studies: all of them go through the table of `round_figures`.
struct RoundFigure {
  std::string_view name;  ///< in run.db after "recommended_" (of what was shown) and "viewed_"
  std::string_view title;
  std::string_view unit;
  std::string_view note;
  std::optional<double> most;  ///< the end of its scale, which begins with 0; none: it has no end
  double (Exposure::*value)() const;
};

/// In the order of the charts.
std::span<const RoundFigure> round_figures();

}  // namespace throng

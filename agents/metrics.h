#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/session_record.h"
#include "engine/ranks/ranks.h"
#include "recsys/data/dataset.h"
#include "recsys/recommender/evaluate.h"

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
  std::uint32_t shown = 0;   ///< items on visited pages, but for what was searched for
  std::uint32_t viewed = 0;  ///< rated items of these
  std::uint32_t liked = 0;   ///< of these
  std::uint32_t pages = 0;   ///< visited, of any kind
  bool abandoned = false;
  std::optional<std::uint32_t> score;  ///< of the interview, if there was one
  ActionCounts optional{};             ///< what is done by leave, of all items shown
  std::uint32_t searches = 0;
  std::uint32_t found = 0;         ///< items on the pages that answer searches
  std::uint32_t found_viewed = 0;  ///< of these
  std::uint32_t adverts =
      0;  ///< items shown as adverts, with words or without, but for what was searched for
  std::uint32_t adverts_viewed = 0;  ///< of these
  std::uint32_t adverts_liked = 0;   ///< likewise
  std::uint32_t judged =
      0;  ///< items shown of which it is known whether they are hidden (Impression::hidden), but for searches
  std::uint32_t aligned = 0;         ///< of these, what the agent aligned with
  std::uint32_t hidden = 0;          ///< of `judged`
  std::uint32_t hidden_aligned = 0;  ///< of these, what the agent aligned with
  bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const SessionRecord& session);

/// Whether anybody was shown an advert, or an item at the place of one.
bool has_adverts(std::span<const Outcome> outcomes);

/// A headline metric: the mean over agents of a per-agent value.
struct Metric {
  std::string name;
  double mean = 0;
  double standard_error = 0;  ///< sample standard deviation over agents / sqrt(agents); 0 for one agent
  std::size_t agents = 0;     ///< how many agents it rests on
  std::size_t pages = 0;      ///< how many pages it rests on
  bool is_mean = true;        ///< else it is one number of the whole run, which has no standard error
  std::string title{};        ///< of a metric that the scenario defines, as it stands there; else empty
  std::string unit{};         ///< likewise
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

std::vector<Metric> means_of(std::span<const MetricValues> all);

/// What headline_metrics are the means of, in the same order.
std::vector<MetricValues> headline_values(std::span<const Outcome> outcomes);

/// The metrics of Agent4Rec, in this order: p_view = viewed / shown, n_like = liked, p_like = liked / shown,
/// n_exit = pages, s_sat = score. An agent that came more than once counts with its mean over its sessions,
/// which stand in the order of rounds. A session that was shown nothing has no p_view and p_like. They judge the recommender: all
/// but n_exit and s_sat leave out pages that answer a search. Collective: of several ranks each gives the outcomes of agents of its own,
/// and has the metrics of all.
std::vector<Metric> headline_metrics(std::span<const Outcome> outcomes, Ranks& ranks = alone());

/// How what agents align with agrees with what their users met in the validation part, likewise: p_hidden = hidden / judged, which is
/// the precision of aligning with anything, align_precision = hidden_aligned / aligned, align_recall = hidden_aligned / hidden.
std::vector<MetricValues> alignment_values(std::span<const Outcome> outcomes);

/// What agents did of that which was `allowed`, likewise: n_save, n_share and so on of each optional action, n_search = searches,
/// p_found = found_viewed / found. Then what they did with adverts: p_advert_view = adverts_viewed / adverts, p_advert_like = adverts_liked /
/// adverts.
std::vector<MetricValues> action_values(std::span<const Outcome> outcomes, const AllowedActions& allowed);
/// The headline metrics, and the means of the others; those of alignment only where hidden items are known, those of adverts only if
/// anybody was shown one. Collective, likewise.
std::vector<Metric> run_metrics(std::span<const Outcome> outcomes, const AllowedActions& allowed,
                                Ranks& ranks = alone());

/// The places of a ranking that offline figures look at.
inline constexpr std::size_t kOfflineK = 20;

/// How accurate the recommender of a round is offline, for run.db and reports: of Accuracy at kOfflineK, from 0 to 1.
struct OfflineFigure {
  std::string_view name;  ///< in run.db
  std::string_view title;
  std::string_view unit;
  std::string_view note;
  double RankingMetrics::*value;
};

std::span<const OfflineFigure, 2> offline_figures();

/// A mean over agents of a per-agent value.
struct AgentMean {
  std::size_t agents = 0;     ///< that have a value
  double mean = 0;            ///< meaningless if nobody has one
  double standard_error = 0;  ///< of the mean; 0 for one agent
};

/// What agents made of the items that stood n-th on their pages, n-th in their prompts, or on their n-th pages. Without
/// abandoned agents, and without pages that answer a search.
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

/// What agents made of the items by their place on the page, and page by page, summed up over a round. Degraded pages, and those
/// that answer a search, count nowhere.
class PositionCounts {
 public:
  struct At {
    std::uint64_t shown = 0;
    std::uint64_t aligned = 0;
    std::uint64_t viewed = 0;
    std::uint64_t ratings = 0;  ///< their sum

    template <class Archive>
    void serialize(Archive& archive) {
      archive(shown, aligned, viewed, ratings);
    }
  };

  void add(const SessionRecord& session);
  void merge(const PositionCounts& other);
  /// For cereal.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(by_position_, by_page_);
  }
  /// The n-th is of position n + 1.
  const std::vector<At>& by_position() const { return by_position_; }
  /// The n-th is of page n + 1.
  const std::vector<At>& by_page() const { return by_page_; }

 private:
  std::vector<At> by_position_;
  std::vector<At> by_page_;
};

}  // namespace throng

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/session_record.h"

namespace throng {

/// The least rating that counts as a like.
inline constexpr std::uint8_t kLikedRating = 4;

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

}  // namespace throng

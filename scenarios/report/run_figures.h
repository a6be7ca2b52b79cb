#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/metrics.h"
#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// How a headline metric is called and explained.
struct MetricWords {
  std::string label;    ///< such as "P_view"
  std::string meaning;  ///< completes "mean over agents of the ..."
};

/// Of a scenario's own metric its title and unit, which are untrusted. A metric without words of its own is called by its name.
MetricWords words_of(const Metric& metric);

/// half_width_95 over agents; none of what is no mean over agents.
std::optional<double> half_width_of(const Metric& metric);

/// The headline metrics, and those of adverts if there were any, of the agents in one of a trait's three groups.
struct TraitGroupFigures {
  std::string trait;       ///< such as "activity"
  std::uint8_t group = 0;  ///< 1 .. 3
  std::string word;        ///< such as "devoted"
  std::vector<Metric> metrics;

  /// In the group; a metric may rest on fewer.
  std::size_t agents() const { return std::ranges::max(metrics, {}, &Metric::agents).agents; }
};

/// An agent's groups; `traits` of every agent, in agent order. Throws Failure(data) if they lack the agent.
const TraitGroups& traits_of(AgentId agent, std::span<const TraitGroups> traits);

/// The nine groups, trait after trait. `traits` of every agent, in agent order.
std::vector<TraitGroupFigures> trait_group_figures(std::span<const Outcome> outcomes,
                                                   std::span<const TraitGroups> traits);

/// How many sessions ended on page 1, 2, ...
std::vector<std::size_t> exit_page_counts(std::span<const Outcome> outcomes);

/// The headline metrics as the run wrote them, or, while it has not finished, of the sessions so far.
std::vector<Metric> metrics_so_far(const RunReader& run, std::span<const Outcome> outcomes);

/// What the run's items are, in the singular, such as "movie".
std::string item_name_of(const RunReader& run);

/// What the run says of where its figures lose part of their meaning: sentences.
std::vector<std::string> caveats_of(const RunReader& run);

/// Whether any agent has had a session: without one there is nothing to show.
bool has_figures(std::span<const Metric> metrics);

/// half_width_95 as JSON; null if there is none.
Json half_width_json(double standard_error, std::size_t values);

/// An answer on one line, its question's name first; with what the agent said, which is untrusted.
std::string answer_text(const Answer& answer);

/// What to call an item: its title, or the external id if it has none.
const std::string& name_of(const ItemFigures& item);

}  // namespace throng

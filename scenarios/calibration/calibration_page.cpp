#include "scenarios/calibration/calibration_page.h"

#include <numeric>

#include <fmt/format.h>

#include "scenarios/report/page.h"

namespace throng {
namespace {

/// Shares of a whole, in percent.
Json percents(const std::vector<double>& counts, std::size_t size) {
  const double sum = std::accumulate(counts.begin(), counts.end(), 0.0);
  Json shares = Json::array();
  for (std::size_t i = 0; i < size; ++i)
    shares.push_back(sum > 0 && i < counts.size() ? 100 * counts[i] / sum : 0);
  return shares;
}

Json distribution_chart(const SimulatedCheck& check, std::size_t number, const char* x_title, int first) {
  const auto distribution = static_cast<Behaviour::Distribution>(number);
  const std::vector<double>& recorded = check.recorded.counts(distribution);
  const std::vector<double>& simulated = check.simulated.counts(distribution);
  const std::size_t size = std::max(recorded.size(), simulated.size());
  Json labels = Json::array();
  for (std::size_t i = 0; i < size; ++i) labels.push_back(std::to_string(first + static_cast<int>(i)));
  const std::string title(Behaviour::kDistributions[number]);
  return bar_chart_json(title, "% of them", x_title, std::move(labels),
                        Json::array({{{"name", "recorded"}, {"values", percents(recorded, size)}},
                                     {{"name", "simulated"}, {"values", percents(simulated, size)}}}));
}

Json figures_chart(const SimulatedCheck& check, const std::string& title, const std::string& prefix) {
  Json labels = Json::array();
  Json recorded = Json::array();
  Json simulated = Json::array();
  for (const BehaviourGap& gap : check.gaps) {
    if (!gap.name.starts_with(prefix) || !gap.recorded || !gap.simulated) continue;
    labels.push_back(gap.name.substr(prefix.size()));
    recorded.push_back(*gap.recorded);
    simulated.push_back(*gap.simulated);
  }
  return bar_chart_json(title, "share viewed", "", std::move(labels),
                        Json::array({{{"name", "recorded"}, {"values", recorded}},
                                     {{"name", "simulated"}, {"values", simulated}}}));
}

Json check_section(const SimulatedCheck& check) {
  Json section = section_json(
      check.whom == "all agents" ? "All agents" : "Held-out agents",
      fmt::format("{} agents as they were recorded, and played by the fitted mind in front of the same "
                  "recommender, {} "
                  "times. By chance: the gap between two resamples of the recorded agents.",
                  grouped(check.agents), check.plays),
      Json::array({distribution_chart(check, 0, "pages visited", 1),
                   distribution_chart(check, 1, "rating", 1), distribution_chart(check, 2, "score", 1),
                   distribution_chart(check, 3, "views on a page", 0),
                   figures_chart(check, "Views by place on the page", "viewed at place "),
                   figures_chart(check, "Views by activity", "P_view, ")}));
  section["tables"] =
      Json::array({gaps_table_json(check.whom, "recorded", "simulated", gaps_json(check.gaps))});
  return section;
}

Json numbers_section(const Calibration& calibration) {
  Json rows = Json::array();
  Json likelihoods = Json::array();
  std::string undecided;
  for (const FittedPart& part : calibration.parts) {
    for (const FittedNumber& fitted : part.numbers)
      rows.push_back({part.name, fitted.label, fitted.value, fitted.standard_error});
    likelihoods.push_back({part.name, part.likelihood, part.fitted.observations, part.fitted.model,
                           part.fitted.intercepts, part.held_out.observations, part.held_out.model,
                           part.held_out.intercepts});
    for (const std::string& sentence : part.undecided)
      undecided += fmt::format("{}: {}. ", part.name, sentence);
  }
  Json section = section_json("Estimates", undecided, Json::array());
  section["tables"] = Json::array(
      {{{"caption", "Log-likelihoods"},
        {"columns",
         {"part", "likelihood", "fitted n", "model", "intercepts", "held-out n", "model", "intercepts"}},
        {"rows", likelihoods}},
       {{"caption", "Parameters"},
        {"columns", {"part", "parameter", "estimate", "std. error"}},
        {"rows", rows}}});
  return section;
}

}  // namespace

Json calibration_page(const Calibration& calibration, std::span<const SimulatedCheck> checks,
                      const std::string& command) {
  Json sections = Json::array();
  for (const SimulatedCheck& check : checks) {
    if (!check.gaps.empty()) sections.push_back(check_section(check));
  }
  sections.push_back(numbers_section(calibration));
  return {{"title", "A mind fitted to recorded agents"},
          {"subtitle", calibration.parameters.provenance},
          {"facts", Json::array({{{"name", "agents fitted"}, {"value", grouped(calibration.fitted_agents)}},
                                 {{"name", "held out"}, {"value", grouped(calibration.held_out_agents)}},
                                 {{"name", "pages"}, {"value", grouped(calibration.pages)}}})},
          {"sections", sections},
          {"command", command},
          {"command_says", "This command makes it again"},
          {"scenario", to_json(calibration.parameters)}};
}

}  // namespace throng

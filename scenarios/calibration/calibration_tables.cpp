#include "scenarios/calibration/calibration_tables.h"

#include <fmt/format.h>

#include "scenarios/report/page.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

std::string number(double value) { return fmt::format("{:.4f}", value); }

/// Of one observation: sessions of different numbers can be compared.
std::string per_observation(double log_likelihood, std::size_t observations) {
  return observations == 0 ? "-" : fmt::format("{:.4f}", log_likelihood / static_cast<double>(observations));
}

std::string numbers_table(const Calibration& calibration) {
  Table table({"part", "parameter", "estimate", "std. error"});
  for (const FittedPart& part : calibration.parts) {
    for (const FittedNumber& fitted : part.numbers) {
      const bool is_first = &fitted == &part.numbers.front();
      table.add_row(
          {is_first ? part.name : "", fitted.label, number(fitted.value), number(fitted.standard_error)});
    }
  }
  return table.text();
}

std::string likelihood_table(const Calibration& calibration) {
  Table table({"log-likelihood", "fitted n", "model", "intercepts", "per obs.", "held-out n", "model",
               "intercepts", "per obs."});
  for (const FittedPart& part : calibration.parts) {
    const LogLikelihoods& fitted = part.fitted;
    const LogLikelihoods& held_out = part.held_out;
    table.add_row({part.name, grouped(fitted.observations), fmt::format("{:.2f}", fitted.model),
                   fmt::format("{:.2f}", fitted.intercepts),
                   per_observation(fitted.model, fitted.observations), grouped(held_out.observations),
                   held_out.observations == 0 ? "-" : fmt::format("{:.2f}", held_out.model),
                   held_out.observations == 0 ? "-" : fmt::format("{:.2f}", held_out.intercepts),
                   per_observation(held_out.model, held_out.observations)});
  }
  return table.text();
}

Json likelihoods_json(const LogLikelihoods& of) {
  return {
      {"observations", of.observations}, {"log_likelihood", of.model}, {"intercepts_only", of.intercepts}};
}

}  // namespace

std::string calibration_tables(const Calibration& calibration) {
  std::string text =
      fmt::format("{} agents fitted, {} held out, {} pages\n\n", grouped(calibration.fitted_agents),
                  grouped(calibration.held_out_agents), grouped(calibration.pages));
  text += numbers_table(calibration) + "\n" + likelihood_table(calibration) + "\n";
  if (calibration.strange_pages > 0) {
    text += fmt::format("  {} pages are left out of views: something was viewed that does not align\n",
                        grouped(calibration.strange_pages));
  }
  for (const FittedPart& part : calibration.parts) {
    for (const std::string& sentence : part.undecided) text += fmt::format("  {}: {}\n", part.name, sentence);
    if (!part.converged) text += fmt::format("  {}: the search did not come to rest\n", part.name);
  }
  return text;
}

Json calibration_json(const Calibration& calibration) {
  Json parts = Json::array();
  for (const FittedPart& part : calibration.parts) {
    Json numbers = Json::array();
    for (const FittedNumber& fitted : part.numbers) {
      numbers.push_back(
          {{"name", fitted.label}, {"value", fitted.value}, {"standard_error", fitted.standard_error}});
    }
    parts.push_back({{"name", part.name},
                     {"likelihood", part.likelihood},
                     {"numbers", numbers},
                     {"fitted", likelihoods_json(part.fitted)},
                     {"held_out", likelihoods_json(part.held_out)},
                     {"undecided", part.undecided},
                     {"converged", part.converged}});
  }
  return {{"agents", {{"fitted", calibration.fitted_agents}, {"held_out", calibration.held_out_agents}}},
          {"pages", calibration.pages},
          {"strange_pages", calibration.strange_pages},
          {"parameters", to_json(calibration.parameters)},
          {"parts", parts}};
}

}  // namespace throng

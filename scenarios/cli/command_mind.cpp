#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/statistical_parameters.h"
#include "engine/base/text.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

struct ShowArguments {
  std::string source;
  bool json = false;
};

/// A file that holds parameters and no scenario.
bool holds_parameters(const std::string& source) {
  if (shipped_mind(source)) return true;
  if (shipped_scenario(source) || !std::filesystem::is_regular_file(source)) return false;
  const Json json = read_json(source, ErrorKind::usage);
  return json.is_object() && !json.contains("dataset");
}

/// Of each statistical mind that the source names: a scenario, or a file of parameters; "": those of a scenario that names none.
std::vector<StatisticalParameters> parameters_of(const std::string& source) {
  if (source.empty()) return {StatisticalParameters()};
  if (holds_parameters(source)) return {read_parameters_file(source)};
  std::vector<StatisticalParameters> all;
  for (const MindOptions& mind : read_scenario(source, {}).minds) {
    if (!mind.llm) all.push_back(mind.parameters);
  }
  if (all.empty())
    throw Failure(ErrorKind::usage, fmt::format("{}: only the statistical mind has parameters", source));
  return all;
}

std::string value_text(const Json& value) {
  if (!value.is_array()) return fmt::format("{:g}", value.get<double>());
  if (value.empty()) return "none";
  std::vector<std::string> numbers;
  for (const Json& number : value) numbers.push_back(fmt::format("{:g}", number.get<double>()));
  return fmt::format("{}", fmt::join(numbers, ", "));
}

std::string as_text(const StatisticalParameters& parameters) {
  const Json values = to_json(parameters);
  const Json defaults = to_json(StatisticalParameters());
  const auto row = [](const auto&... cells) {
    return fmt::format("  {:<24}{:<20}{:<20}{:<14}{}\n", cells...);
  };
  std::string text = row("parameter", "value", "default", "bounds", "what it does");
  for (const ParameterInfo& info : statistical_parameters()) {
    const std::string key(info.name);
    const bool is_default = values[key] == defaults[key];
    text += row(key, value_text(values[key]), is_default ? "" : value_text(defaults[key]),
                fmt::format("{:g} to {:g}", info.least, info.most), info.meaning);
  }
  return fmt::format("{}\n  provenance: {}\n", text, printable(parameters.provenance));
}

void show(const ShowArguments& arguments) {
  const std::vector<StatisticalParameters> all = parameters_of(arguments.source);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (arguments.json) {
      fmt::print("{}\n", to_json(all[i]).dump());
      continue;
    }
    if (all.size() > 1) fmt::print("{}Statistical mind {} of {}\n", i > 0 ? "\n" : "", i + 1, all.size());
    fmt::print("{}", as_text(all[i]));
  }
}

}  // namespace

void add_mind_command(CLI::App& app) {
  auto* mind = app.add_subcommand("mind", "Look at minds");
  mind->require_subcommand(1);
  auto* command = mind->add_subcommand(
      "show", "Print the statistical mind's parameters: values, meaning, and where they come from");
  const auto arguments = std::make_shared<ShowArguments>();
  command->add_option("SCENARIO", arguments->source,
                      "Whose: a scenario's, or a file of parameters or the name of shipped ones: default, "
                      "gpt-3.5 or people (default: those that scenarios have that name none)");
  command->add_flag("--json", arguments->json, "Print a JSON object a mind, as mind.parameters takes it");
  command->callback([arguments] { show(*arguments); });
}

}  // namespace throng

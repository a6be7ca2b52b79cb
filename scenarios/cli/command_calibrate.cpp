#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "agents/calibration/calibration.h"
#include "engine/base/files.h"
#include "scenarios/calibration/calibration_page.h"
#include "scenarios/calibration/calibration_tables.h"
#include "scenarios/calibration/people.h"
#include "scenarios/calibration/recorded_world.h"
#include "scenarios/calibration/simulated_check.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/page.h"
#include "scenarios/run/progress.h"

namespace throng {
namespace {

struct CalibrateArguments {
  std::string source;
  std::optional<std::string> data;
  std::string out;
  std::string html;
  std::vector<std::string> overrides;
  double held_out = 0.2;
  std::size_t plays = 20;
  bool json = false;
};

std::string provenance(const std::string& source, const Calibration& calibration) {
  return fmt::format("fitted by throng calibrate to {} of the agents of {}", calibration.fitted_agents,
                     source);
}

std::string command_of(const CalibrateArguments& arguments) {
  std::string command = "throng calibrate " + arguments.source;
  if (arguments.data) command += " --data " + *arguments.data;
  for (const std::string& setting : arguments.overrides) command += " --set " + setting;
  return fmt::format("{} --held-out {} --plays {} -o {}", command, arguments.held_out, arguments.plays,
                     arguments.out);
}

struct Fitted {
  Calibration calibration;
  std::vector<SimulatedCheck> checks;
};

Fitted fit_to_people(const CalibrateArguments& arguments, Progress& progress) {
  progress.say("reading what people rated");
  const PeopleSource source = read_people(arguments.source, arguments.overrides, progress);
  progress.say("fitting the mind's ratings");
  Fitted fitted{.calibration = calibrate_ratings(source.sessions, arguments.held_out)};
  StatisticalParameters& parameters = fitted.calibration.parameters;
  parameters.provenance =
      fmt::format("ratings: fitted by throng calibrate to {} of the people of {}; else: the defaults",
                  fitted.calibration.fitted_agents, source.description);
  return fitted;
}

Fitted fit_to_recorded(const CalibrateArguments& arguments, Progress& progress) {
  progress.say("reading what was recorded");
  RecordedSource source = read_recorded(arguments.source, arguments.data, arguments.overrides);
  const std::string description = source.description;
  RecordedSimulation world(std::move(source), progress);
  progress.say("fitting the mind");
  const std::vector<RecordedSession> sessions = world.sessions();
  Fitted fitted{.calibration = calibrate(sessions, world.quality_is_popularity(), arguments.held_out)};
  auto& [calibration, checks] = fitted;
  calibration.parameters.provenance = provenance(description, calibration);
  if (world.can_play() && arguments.plays > 0) {
    progress.say("playing the fitted mind");
    const auto held_out = [&](const RecordedAgent& agent) {
      return is_held_out(agent.name, arguments.held_out);
    };
    const auto everyone = [](const RecordedAgent&) { return true; };
    checks.push_back(
        simulated_check(world, calibration.parameters, "held-out agents", held_out, arguments.plays));
    checks.push_back(simulated_check(world, calibration.parameters, "all agents", everyone, arguments.plays));
  }
  return fitted;
}

void calibrate_source(const CalibrateArguments& arguments) {
  Progress progress;
  const auto [calibration, checks] = holds_people(arguments.source) ? fit_to_people(arguments, progress)
                                                                    : fit_to_recorded(arguments, progress);
  progress.finish();

  write_file(arguments.out, to_json(calibration.parameters).dump(2) + "\n");
  if (!arguments.html.empty()) {
    Json page = calibration_page(calibration, checks, command_of(arguments));
    page["version"] = THRONG_VERSION;
    write_file(arguments.html, html_report(page));
  }
  if (arguments.json) {
    Json json = calibration_json(calibration);
    json["simulated"] = Json::array();
    for (const SimulatedCheck& check : checks) json["simulated"].push_back(simulated_json(check));
    fmt::print("{}\n", json.dump());
  } else {
    fmt::print("{}\n", calibration_tables(calibration));
    for (const SimulatedCheck& check : checks) fmt::print("{}\n", simulated_table(check));
    fmt::print("  parameters  {}\n", arguments.out);
  }
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  auto* command = app.add_subcommand("calibrate",
                                     "Fit the statistical mind to recorded agents, or its ratings to people");
  const auto arguments = std::make_shared<CalibrateArguments>();
  command
      ->add_option("SOURCE", arguments->source,
                   "A file of transcripts (scenarios/schema/transcript.schema.json), the folder of a run, or "
                   "a dataset folder (what its users rated)")
      ->required();
  command->add_option("--data", arguments->data,
                      "The dataset folder that the agents are users of (default: the run's own)");
  command->add_option("-o,--out", arguments->out, "Where the parameters go: a JSON file for mind.parameters")
      ->required();
  command
      ->add_option(
          "--set", arguments->overrides,
          "PATH=VALUE changes a key of the scenario they were recorded in, such as recommender.kind=ease")
      ->allow_extra_args(false)
      ->take_all();
  command
      ->add_option("--held-out", arguments->held_out,
                   "The share of agents that is not fitted but foretold (default: 0.2)")
      ->check(CLI::Range(0.0, 0.9));
  command
      ->add_option(
          "--plays", arguments->plays,
          "How often the fitted mind plays the recorded agents beside them; 0: not at all (default: 20)")
      ->check(CLI::Range(0, 1000));
  command->add_option("--html", arguments->html,
                      "Also write a page: recorded against simulated, with charts");
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->callback([arguments] { calibrate_source(*arguments); });
}

}  // namespace throng

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/run/estimate.h"
#include "scenarios/run/preflight.h"
#include "scenarios/run/run.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/scenario/scenario.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

constexpr std::size_t kRehearsedAgents = 200;
constexpr double kUnknownLatency = 1;  ///< seconds; nobody has been asked yet

struct CheckArguments {
  std::string scenario;
  std::vector<std::string> overrides;
  std::size_t pilot = 0;
  std::string out;
  bool json = false;
};

Json as_json(const CallEstimate& estimate) {
  return {{"model", estimate.model},
          {"kind", estimate.embeds ? "embedding" : "completion"},
          {"agents", estimate.agents},
          {"calls", estimate.calls},
          {"prompt_tokens", estimate.prompt_tokens},
          {"completion_tokens", estimate.completion_tokens},
          {"usd", estimate.usd ? Json(*estimate.usd) : Json()},
          {"seconds", estimate.seconds}};
}

Json as_json(const Pilot& pilot) {
  Json agents = Json::array();
  for (const AgentId agent : pilot.agents) agents.push_back(index(agent));
  return {{"agents", agents}, {"usd", pilot.usd}, {"latency_seconds", pilot.latency}};
}

/// What calls take hardly hangs on who recommends: popularity stands in for a remote recommender.
std::vector<RehearsedAgent> rehearse_without_server(Scenario scenario, const Dataset& dataset) {
  scenario.recommender = {{"kind", "popularity"}};
  FitObserver quiet;
  Simulation simulation(scenario, dataset, quiet);
  return rehearse(simulation, kRehearsedAgents);
}

/// What is run: of a study its arms, all replicates of an arm as one.
std::vector<Scenario> runs_of(const Scenario& scenario) {
  if (!scenario.is_study()) return {scenario};
  std::vector<Scenario> runs;
  for (const std::string& arm : arms_of(scenario)) {
    runs.push_back(run_of(scenario, arm, 0));
    runs.back().replicates = scenario.replicates;
  }
  return runs;
}

void add(const CallEstimate& more, std::vector<CallEstimate>& estimates) {
  const auto same = std::ranges::find(estimates, more.model, &CallEstimate::model);
  if (same == estimates.end()) {
    estimates.push_back(more);
    return;
  }
  same->agents = std::max(same->agents, more.agents);
  same->calls += more.calls;
  same->prompt_tokens += more.prompt_tokens;
  same->completion_tokens += more.completion_tokens;
  if (same->usd) same->usd = more.usd ? std::optional(*same->usd + *more.usd) : std::nullopt;
  same->seconds += more.seconds;
}

Json as_json(const RunEstimate& estimate) {
  return {{"seconds", estimate.seconds},
          {"preparing_seconds", estimate.preparing_seconds},
          {"is_upper_bound", estimate.is_upper_bound},
          {"session_seconds", estimate.session_seconds},
          {"bytes", estimate.bytes},
          {"pilot_agents", estimate.pilot_agents}};
}

void add(const RunEstimate& more, std::optional<RunEstimate>& sum) {
  if (!sum) {
    sum = more;
    return;
  }
  sum->seconds += more.seconds;
  sum->preparing_seconds = std::max(sum->preparing_seconds, more.preparing_seconds);
  sum->is_upper_bound = sum->is_upper_bound || more.is_upper_bound;
  sum->session_seconds = std::max(sum->session_seconds, more.session_seconds);
  sum->bytes += more.bytes;
  sum->pilot_agents += more.pilot_agents;
}

Json as_json(const Dataset& dataset, const std::string& digest) {
  return {{"name", dataset.name},
          {"users", dataset.users.size()},
          {"items", dataset.catalogue.size()},
          {"interactions", dataset.interactions.size()},
          {"digest", digest}};
}

/// What the calls of one run, or of an arm's replicates, will take.
std::vector<CallEstimate> estimate_calls(const CheckArguments& arguments, const Scenario& scenario,
                                         const Dataset& dataset, Progress& progress, Json& result) {
  FitObserver quiet;
  Simulation simulation(scenario, dataset, quiet);
  const std::vector<RehearsedAgent> rehearsed = scenario.has_remote_recommender()
                                                    ? rehearse_without_server(scenario, dataset)
                                                    : rehearse(simulation, kRehearsedAgents);
  Correction correction;
  double latency = kUnknownLatency;
  if (arguments.pilot > 0) {
    const auto folder = result["folder"].get<std::string>();
    const Pilot pilot = run_pilot(scenario, simulation, rehearsed, arguments.pilot, folder, progress);
    correction = pilot.correction;
    latency = pilot.latency;
    result["pilot"] = as_json(pilot);
    result["pilot"]["folder"] = folder;
  }
  result["latency_seconds"] = latency;
  return estimate(scenario, simulation, rehearsed, correction, latency);
}

void add_notes(const std::vector<std::string>& more, Json& notes) {
  for (const std::string& note : more) {
    if (!note.empty() && std::ranges::find(notes, Json(note)) == notes.end()) notes.push_back(note);
  }
}

/// Keys, the place and the dataset are what a run would stumble over; the cheapest first.
Json checked(const CheckArguments& arguments, const Scenario& scenario, Progress& progress) {
  const std::vector<Scenario> runs = runs_of(scenario);
  const std::string folder = arguments.out.empty() ? "runs/" + scenario.name : arguments.out;
  for (const Scenario& run : runs) check_keys(run);
  Json notes = Json::array();
  const std::string in_the_way = check_output(folder);
  if (arguments.pilot == 0) add_notes({in_the_way}, notes);
  Json result{{"name", scenario.name}, {"valid", true}, {"folder", folder}};
  std::vector<CallEstimate> calls;
  std::optional<RunEstimate> computed;
  for (Scenario run : runs) {
    const Dataset dataset = load_pinned_dataset(run);
    if (!result.contains("dataset")) result["dataset"] = as_json(dataset, run.dataset_digest);
    add_notes(caveats(run, dataset), notes);
    if (run.asks_language_models()) {
      for (const CallEstimate& of_model : estimate_calls(arguments, run, dataset, progress, result))
        add(of_model, calls);
    } else {
      add(estimate_run(run, dataset, progress), computed);
    }
  }
  if (!calls.empty()) result["estimate"] = Json::array();
  for (const CallEstimate& of_model : calls) result["estimate"].push_back(as_json(of_model));
  if (computed) {
    result["run"] = as_json(*computed);
    add_notes({check_room(folder, computed->bytes)}, notes);
  }
  result["notes"] = std::move(notes);
  return result;
}

void check(const CheckArguments& arguments) {
  const Scenario scenario = read_scenario(arguments.scenario, arguments.overrides);
  if (arguments.pilot > 0 && (scenario.is_study() || !scenario.asks_language_models())) {
    throw Failure(ErrorKind::usage, "--pilot is for a single run whose agents language models play");
  }
  Progress progress;
  const Json result = checked(arguments, scenario, progress);
  progress.finish();
  if (arguments.json) {
    fmt::print("{}\n", result.dump());
  } else {
    fmt::print("{}: scenario \"{}\" is valid\n{}", arguments.scenario, printable(scenario.name),
               check_text(result));
  }
}

}  // namespace

void add_check_command(CLI::App& app) {
  auto* command = app.add_subcommand("check",
                                     "Check a scenario, its dataset, keys and run folder without running it, "
                                     "and estimate what it will take");
  const auto arguments = std::make_shared<CheckArguments>();
  command
      ->add_option("SCENARIO", arguments->scenario, "A scenario file (JSON), or the name of a built-in one")
      ->required();
  command->add_option("--set", arguments->overrides, "Override a key: path=value")
      ->allow_extra_args(false)
      ->take_all();
  command
      ->add_option("--pilot", arguments->pilot,
                   "Really ask for so many agents, and estimate from that; 'throng run --resume' does not "
                   "pay for them again")
      ->check(CLI::Range(1, 1000));
  command->add_option("--out", arguments->out,
                      "The run folder (default: runs/ and the scenario's name); a pilot begins it");
  command->add_flag("--json", arguments->json, "Print the result as one JSON object");
  command->callback([arguments] { check(*arguments); });
}

}  // namespace throng

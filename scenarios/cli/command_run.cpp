#include <memory>

#include <fmt/format.h>

#include "engine/base/parallel.h"
#include "engine/base/text.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_report.h"
#include "scenarios/studies/study.h"

namespace throng {
namespace {

struct RunArguments {
  std::string scenario;
  std::vector<std::string> overrides;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> agents;
  std::string out;
  std::size_t threads = 0;
  std::string store = "full";
  bool json = false;
  bool resume = false;
  bool overwrite = false;
  std::string replay;
  std::string reuse;
  LogLevel log = LogLevel::info;
};

void print(const RunArguments& arguments, const Scenario& scenario, const RunOptions& options,
           const Json& summary) {
  if (arguments.json) {
    fmt::print("{}\n", summary.dump());
    return;
  }
  if (!scenario.is_study()) {
    for (const Json& sentence : summary.value("caveats", Json::array()))
      fmt::print("  note: {}\n", printable(sentence.get<std::string>()));
  }
  fmt::print("{}\n", scenario.is_study() ? study_tables(options.folder)
                                         : metrics_table(RunReader(options.folder).metrics()));
  if (summary.contains("llm") && !scenario.is_study()) fmt::print("{}\n", call_table(summary["llm"]));
  if (summary.contains("rankings")) fmt::print("{}\n", ranking_line(summary["rankings"]));
  fmt::print("  digest   {}\n  wall     {:.2f} s\n  folder   {}\n", summary["digest"].get<std::string>(),
             summary["wall_seconds"].get<double>(), options.folder.string());
}

void run(const RunArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (arguments.seed) overrides.push_back(fmt::format("seed={}", *arguments.seed));
  if (arguments.agents) overrides.push_back(fmt::format("population.agents={}", *arguments.agents));
  const Scenario scenario = read_scenario(arguments.scenario, overrides);

  RunOptions options{.folder = arguments.out.empty() ? "runs/" + scenario.name : arguments.out};
  if (arguments.store == "summary") options.store = Store::summary;
  if (arguments.resume) options.existing = ExistingFolder::resume;
  if (arguments.overwrite) options.existing = ExistingFolder::overwrite;
  if (!arguments.replay.empty()) options.earlier = {arguments.replay, EarlierRun::Missing::stops};
  if (!arguments.reuse.empty()) options.earlier = {arguments.reuse, EarlierRun::Missing::is_asked_for};
  options.log = arguments.log;

  const ThreadLimit limit(arguments.threads);
  const Json summary = scenario.is_study() ? run_study(scenario, options) : run_scenario(scenario, options);
  print(arguments, scenario, options, summary);
  if (scenario.is_study()) {
    check_study_quality(scenario, summary);
  } else {
    check_quality(scenario, degraded_share(summary));
  }
}

}  // namespace

void add_run_command(CLI::App& app) {
  auto* command = app.add_subcommand("run", "Run a scenario into a run folder");
  const auto arguments = std::make_shared<RunArguments>();
  command
      ->add_option("SCENARIO", arguments->scenario, "A scenario file (JSON), or the name of a built-in one")
      ->required();
  command
      ->add_option("--set", arguments->overrides,
                   "Override a key: path=value, such as recommender.factors=32")
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--seed", arguments->seed, "The same as --set seed=N")->check(not_negative);
  command->add_option("--agents", arguments->agents, "The same as --set population.agents=N")
      ->check(not_negative);
  command->add_option("--out", arguments->out, "The run folder (default: runs/ and the scenario's name)");
  command->add_option("--threads", arguments->threads, "How many threads to use (default: one per core)")
      ->check(CLI::Range(1, 1024));
  command
      ->add_option("--store", arguments->store,
                   "Keep a row for everything (full) or only what sums it up (summary)")
      ->check(CLI::IsMember({"full", "summary"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print the summary as one JSON object");
  auto* resume = command->add_flag("--resume", arguments->resume, "Complete an interrupted run");
  auto* replay = command->add_option("--replay", arguments->replay,
                                     "Take every reply from this run and ask nobody, as if the network were "
                                     "off: one that it lacks stops the run");
  command
      ->add_option("--reuse", arguments->reuse,
                   "Take from this run the replies to what is asked unchanged, and ask for the rest")
      ->excludes(replay);
  command->add_flag("--overwrite", arguments->overwrite, "Replace the run folder if it exists")
      ->excludes(resume);
  add_log_level(*command, arguments->log);
  command->callback([arguments] { run(*arguments); });
}

}  // namespace throng

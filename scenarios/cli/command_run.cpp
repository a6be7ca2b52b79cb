#include <memory>

#include <fmt/format.h>

#include "engine/base/parallel.h"
#include "engine/base/text.h"
#include "engine/mpi/ranks_of_process.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_report.h"
#include "scenarios/studies/study.h"

namespace throng {
namespace {

struct RunArguments : PlayArguments {
  std::string store = "full";
  std::string reuse;
  std::size_t parallel = 0;
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
  fmt::print("{}\n", scenario.is_study() ? study_tables(options.folder, study_figures(options.folder))
                                         : metrics_table(RunReader(options.folder).metrics()));
  if (summary.contains("llm") && !scenario.is_study()) fmt::print("{}\n", call_table(summary["llm"]));
  if (summary.contains("tiers")) fmt::print("{}\n", tiers_table(summary["tiers"]));
  if (summary.contains("rankings")) fmt::print("{}\n", ranking_line(summary["rankings"]));
  fmt::print("  digest   {}\n  wall     {:.2f} s\n  folder   {}\n", summary["digest"].get<std::string>(),
             summary["wall_seconds"].get<double>(), options.folder.string());
}

void run(const RunArguments& arguments) {
  const Scenario scenario = read_scenario(arguments);
  RunOptions options{.folder = arguments.out.empty() ? "runs/" + scenario.name : arguments.out};
  if (arguments.store == "summary") options.store = Store::summary;
  options.existing = arguments.existing();
  if (!arguments.replay.empty()) options.earlier = {arguments.replay, EarlierRun::Missing::stops};
  if (!arguments.reuse.empty()) options.earlier = {arguments.reuse, EarlierRun::Missing::is_asked_for};
  options.log = arguments.log;
  options.ranks = &ranks_of_process();

  const ThreadLimit limit(arguments.threads);
  const Json summary = scenario.is_study() ? run_study(scenario, options, arguments.parallel)
                                           : run_scenario(scenario, options);
  if (options.ranks->is_first()) print(arguments, scenario, options, summary);
  if (scenario.is_study()) {
    check_study_quality(scenario, summary);
  } else {
    check_quality(scenario, degraded_share(summary));
  }
  check_metrics(summary);
}

}  // namespace

void add_run_command(CLI::App& app) {
  auto* command = app.add_subcommand("run", "Run a scenario into a run folder");
  const auto arguments = std::make_shared<RunArguments>();
  add_play_arguments(*command, *arguments, "run", "runs/ and the scenario's name");
  command
      ->add_option("--store", arguments->store,
                   "Keep a row for everything (full) or only what sums it up (summary)")
      ->check(CLI::IsMember({"full", "summary"}))
      ->capture_default_str();
  command
      ->add_option("--reuse", arguments->reuse,
                   "Take from this run the replies to what is asked unchanged, and ask for the rest")
      ->excludes(command->get_option("--replay"));
  command
      ->add_option(
          "--parallel", arguments->parallel,
          "How many runs of a study go at once at most (default: as many as threads and memory "
          "allow); those of a study that asks language models or a remote recommender go one after the "
          "other, whatever this says")
      ->check(CLI::Range(1, 1024));
  add_log_level(*command, arguments->log);
  command->callback([arguments] { run(*arguments); });
}

}  // namespace throng

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/parallel.h"
#include "engine/base/text.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/run_report.h"
#include "scenarios/validation/validation.h"

namespace throng {
namespace {

struct ValidateArguments : PlayArguments {
  ValidationOptions options;
};

void run_validation(const ValidateArguments& arguments) {
  const Scenario scenario = read_scenario(arguments);

  ValidationOptions options = arguments.options;
  options.folder = arguments.out.empty() ? "runs/" + scenario.name + "-validation" : arguments.out;
  options.existing = arguments.existing();
  if (!arguments.replay.empty()) options.earlier = {arguments.replay, EarlierRun::Missing::stops};

  const ThreadLimit limit(arguments.threads);
  const Validation validation = validate(scenario, options);
  if (arguments.json) {
    fmt::print("{}\n", validation.json.dump());
    return;
  }
  fmt::print("{}", figure_tables(validation.figures));
  for (const std::string& note : validation.notes) fmt::print("  note: {}\n", printable(note));
  if (validation.json.contains("llm")) fmt::print("{}\n", call_table(validation.json["llm"]));
  fmt::print("  folder   {}\n", options.folder.string());
}

}  // namespace

void add_validate_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "validate", "Compare agents with the people they stand for, beside trivial baselines");
  const auto arguments = std::make_shared<ValidateArguments>();
  add_play_arguments(*command, *arguments, "validation", "runs/ and the scenario's name with -validation");
  command
      ->add_option("--tasks", arguments->options.tasks,
                   fmt::format("Which, separated by commas, of {} (default: all)",
                               fmt::join(validation_tasks(), ", ")))
      ->delimiter(',');
  command
      ->add_option("--ratios", arguments->options.taste.ratios,
                   "taste: to each held-out item so many that the user never met, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 19))
      ->capture_default_str();
  const std::map<std::string, Negatives> kinds{{"uniform", Negatives::uniform},
                                               {"popular", Negatives::popular}};
  command
      ->add_option("--negatives", arguments->options.taste.negatives,
                   "taste: where these come from, uniform or popular, separated by commas (default: both)")
      ->delimiter(',')
      ->transform(CLI::CheckedTransformer(kinds).description("uniform|popular"));
  command
      ->add_option("--baselines", arguments->options.taste.models,
                   "taste: recommenders whose scores are baselines, beside popularity")
      ->delimiter(',')
      ->capture_default_str();
  const std::map<std::string, SplitPart> parts{{"test", SplitPart::test},
                                               {"validation", SplitPart::validation}};
  command
      ->add_option(
          "--part", arguments->options.taste.part,
          "taste: whose held-out items are asked about; choose a mind's parameters on validation alone "
          "(default: test)")
      ->transform(CLI::CheckedTransformer(parts).description("test|validation"));
  command
      ->add_option(
          "--transcripts", arguments->options.transcripts,
          "transcripts: a file of what language models answered as the scenario's users, as for throng "
          "transcripts; again for a second recording of the same agents")
      ->allow_extra_args(false)
      ->take_all();
  command
      ->add_option("--models", arguments->options.recommenders,
                   fmt::format("recommenders: which of {}, separated by commas (default: all)",
                               fmt::join(fitted_kinds(), ", ")))
      ->delimiter(',');
  command->callback([arguments] { run_validation(*arguments); });
}

}  // namespace throng

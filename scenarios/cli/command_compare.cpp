#include <memory>

#include <fmt/format.h>

#include "scenarios/cli/commands.h"
#include "scenarios/report/comparison_report.h"

namespace throng {
namespace {

struct CompareArguments {
  std::vector<std::string> folders;
  bool json = false;
};

void compare(const CompareArguments& arguments) {
  const ComparedRun first(arguments.folders.front());
  Json comparisons = Json::array();
  for (std::size_t i = 1; i < arguments.folders.size(); ++i) {
    const ComparedRun other(arguments.folders[i]);
    const Comparison comparison = compare_runs(first, other);
    if (arguments.json) {
      comparisons.push_back(comparison_json(first, other, comparison));
    } else {
      fmt::print("{}{}", i == 1 ? "" : "\n", comparison_text(first, other, comparison));
    }
  }
  if (!arguments.json) return;
  const bool is_one = comparisons.size() == 1;
  fmt::print("{}\n", is_one ? comparisons[0].dump() : Json{{"comparisons", comparisons}}.dump());
}

}  // namespace

void add_compare_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "compare", "Compare the metrics of runs with those of the first, and show where they part");
  const auto arguments = std::make_shared<CompareArguments>();
  command->add_option("RUN", arguments->folders, "Run folders")
      ->required()
      ->expected(2, CLI::detail::expected_max_vector_size);
  command->add_flag("--json", arguments->json,
                    "Print one JSON object, of more than two runs {\"comparisons\": [object]}; rounds count "
                    "from 1");
  command->callback([arguments] { compare(*arguments); });
}

}  // namespace throng

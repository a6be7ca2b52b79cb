#include <memory>

#include <fmt/format.h>

#include "scenarios/cli/commands.h"
#include "scenarios/run/scenario.h"

namespace throng {

void add_check_command(CLI::App& app) {
  struct Arguments {
    std::string scenario;
    std::vector<std::string> overrides;
  };
  auto* command = app.add_subcommand("check", "Check a scenario file without running it");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("SCENARIO", arguments->scenario, "The scenario file (JSON)")->required();
  command->add_option("--set", arguments->overrides, "Override a key: path=value")
      ->allow_extra_args(false)
      ->take_all();
  command->callback([arguments] {
    const Scenario scenario = read_scenario(arguments->scenario, arguments->overrides);
    fmt::print("{}: scenario \"{}\" is valid\n", arguments->scenario, scenario.name);
  });
}

}  // namespace throng

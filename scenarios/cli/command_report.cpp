#include <memory>

#include <fmt/format.h>

#include "engine/base/printable.h"
#include "scenarios/cli/commands.h"
#include "scenarios/report/run_tables.h"

namespace throng {
namespace {

void report(const std::string& folder) {
  const RunReader run(folder);
  fmt::print("{}: {}, {}\n\n{}", folder, printable(run.meta("dataset")), run.meta("status"), run_tables(run));
  if (const std::string digest = run.meta("digest"); !digest.empty()) fmt::print("\n  digest   {}\n", digest);
}

}  // namespace

void add_report_command(CLI::App& app) {
  auto* command = app.add_subcommand("report", "Print the results of runs as tables");
  const auto folders = std::make_shared<std::vector<std::string>>();
  command->add_option("RUN", *folders, "Run folders")->required();
  command->callback([folders] {
    for (const std::string& folder : *folders) report(folder);
  });
}

}  // namespace throng

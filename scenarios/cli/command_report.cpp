#include <memory>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "scenarios/cli/commands.h"
#include "scenarios/report/csv_tables.h"
#include "scenarios/report/html_report.h"
#include "scenarios/report/report_data.h"
#include "scenarios/report/run_tables.h"

namespace throng {
namespace {

struct ReportArguments {
  std::vector<std::string> folders;
  std::string csv;
};

void report(const std::string& folder) {
  const RunReader run(folder);
  fmt::print("{}: {}, {}\n\n{}\n", folder, run.meta("dataset"), run.meta("status"), run_tables(run));
  if (const std::string digest = run.meta("digest"); !digest.empty()) fmt::print("  digest   {}\n", digest);
  const std::filesystem::path page = std::filesystem::path(folder) / "report.html";
  write_file(page, html_report(report_data(run, folder)));
  fmt::print("  report   {}\n", page.string());
}

}  // namespace

void add_report_command(CLI::App& app) {
  auto* command =
      app.add_subcommand("report", "Print the results of runs as tables, and draw report.html beside run.db");
  const auto arguments = std::make_shared<ReportArguments>();
  command->add_option("RUN", arguments->folders, "Run folders")->required();
  command->add_option("--csv", arguments->csv, "Write tidy tables for pandas and R into this folder");
  command->callback([arguments] {
    for (const std::string& folder : arguments->folders) report(folder);
    if (arguments->csv.empty()) return;
    write_csv_tables(arguments->folders, arguments->csv);
    fmt::print("  tables   {}\n", arguments->csv);
  });
}

}  // namespace throng

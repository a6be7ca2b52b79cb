#include <memory>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/printable.h"
#include "scenarios/cli/commands.h"
#include "scenarios/report/csv_tables.h"
#include "scenarios/report/html_report.h"
#include "scenarios/report/report_data.h"
#include "scenarios/report/run_tables.h"
#include "scenarios/report/study_report.h"

namespace throng {
namespace {

struct ReportArguments {
  std::vector<std::string> folders;
  std::string csv;
};

void report_run(const std::string& folder) {
  const RunReader run(folder);
  fmt::print("{}: {}, {}\n\n{}\n", folder, printable(run.meta("dataset")), run.meta("status"),
             run_tables(run));
  if (const std::string digest = run.meta("digest"); !digest.empty()) fmt::print("  digest   {}\n", digest);
  write_file(std::filesystem::path(folder) / "report.html", html_report(report_data(run, folder)));
}

void report_study(const std::string& folder) {
  const Json summary = read_json(std::filesystem::path(folder) / "summary.json", ErrorKind::data);
  fmt::print("{}: a study\n\n{}\n  digest   {}\n", folder, study_tables(summary),
             summary["digest"].get<std::string>());
  write_file(std::filesystem::path(folder) / "report.html", html_report(study_report_data(summary, folder)));
}

void report(const std::string& folder) {
  if (is_study_folder(folder)) {
    report_study(folder);
  } else {
    report_run(folder);
  }
  fmt::print("  report   {}\n", (std::filesystem::path(folder) / "report.html").string());
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

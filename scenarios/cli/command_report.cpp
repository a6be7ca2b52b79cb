#include <memory>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/text.h"
#include "scenarios/cli/commands.h"
#include "scenarios/report/csv_tables.h"
#include "scenarios/report/html_report.h"
#include "scenarios/report/report_data.h"
#include "scenarios/report/run_ending.h"
#include "scenarios/report/run_tables.h"
#include "scenarios/report/study_report.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

struct ReportArguments {
  std::vector<std::string> folders;
  std::string csv;
};

/// What a person must know of what is not complete, and the command that goes on.
void print_ending(const std::string& folder) {
  const std::vector<std::string> notes = unfinished_notes(folder);
  for (const std::string& note : notes) fmt::print("  {}\n", printable(note));
  if (notes.empty()) return;
  const NextCommand command = next_command(folder);
  fmt::print("  {}\n    {}\n", command.says, command.text);
}

void print_digest(const std::string& digest) {
  if (!digest.empty()) fmt::print("  digest   {}\n", printable(digest));
}

Json report_run(const std::string& folder) {
  const RunReader run(folder);
  fmt::print("{}: {}, {}\n\n{}\n", folder, printable(run.meta("dataset")), run.meta("status"),
             run_tables(run));
  print_digest(run.meta("digest"));
  return report_data(run, folder);
}

Json report_study(const std::string& folder) {
  Json data = study_report_data(folder);
  fmt::print("{}: a study\n\n{}\n", folder, study_tables(folder));
  print_digest(data["digest"].get<std::string>());
  return data;
}

void report(const std::string& folder) {
  const Json data = is_study_folder(folder) ? report_study(folder) : report_run(folder);
  print_ending(folder);
  const std::filesystem::path page = std::filesystem::path(folder) / "report.html";
  write_file(page, html_report(data));
  fmt::print("  report   {}\n", page.string());
}

}  // namespace

void add_report_command(CLI::App& app) {
  auto* command =
      app.add_subcommand("report", "Print the results of runs as tables, and draw report.html beside run.db");
  const auto arguments = std::make_shared<ReportArguments>();
  command->add_option("RUN", arguments->folders, "Folders of runs and studies")->required();
  command->add_option("--csv", arguments->csv, "Write tidy tables for pandas and R into this folder");
  command->callback([arguments] {
    for (const std::string& folder : arguments->folders) report(folder);
    if (arguments->csv.empty()) return;
    write_csv_tables(arguments->folders, arguments->csv);
    fmt::print("  tables   {}\n", arguments->csv);
  });
}

}  // namespace throng

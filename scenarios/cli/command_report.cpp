#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/text.h"
#include "scenarios/causal/causal_report.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/comparison_report.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_report.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

struct ReportArguments {
  std::vector<std::string> folders;
  std::string csv;
  bool runs = false;    ///< those of studies
  bool causal = false;  ///< of runs, a causal graph as well
  TableFormat format = TableFormat::terminal;
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

Json report_run(const std::string& folder, bool with_causal_graph) {
  const RunReader run(folder);
  std::optional<CausalGraph> graph;  // first: it may be that none can be made
  if (with_causal_graph) graph = causal_graph(observed_items(run, Assignment::stated), {});
  fmt::print("{}: {}, {}\n\n{}\n", folder, printable(run.meta("dataset")), run.meta("status"),
             run_tables(run));
  print_digest(run.meta("digest"));
  Json data = report_data(run, folder);
  if (graph) {
    fmt::print("\n{}", causal_text(*graph));
    data["sections"].push_back(causal_section(*graph));
  }
  return data;
}

/// Of each arm the graph of its first run that has finished.
std::vector<std::pair<StudyRun, CausalGraph>> graphs_of_arms(const std::string& study) {
  std::vector<std::pair<StudyRun, CausalGraph>> graphs;
  for (const StudyRun& run : study_runs(study)) {
    const auto is_of_arm = [&](const auto& graph) { return graph.first.arm == run.arm; };
    if (std::ranges::any_of(graphs, is_of_arm) || run_status(run.folder) != "finished") continue;
    graphs.emplace_back(run, causal_graph(observed_items(RunReader(run.folder), Assignment::stated), {}));
  }
  if (graphs.empty()) throw Failure(ErrorKind::data, fmt::format("{}: none of its runs has finished", study));
  return graphs;
}

Json report_study(const std::string& folder, bool with_causal_graphs) {
  std::vector<std::pair<StudyRun, CausalGraph>> graphs;  // first: it may be that none can be made
  if (with_causal_graphs) graphs = graphs_of_arms(folder);
  const StudyFigures figures = study_figures(folder);
  Json data = study_report_data(folder, figures);
  fmt::print("{}: a study\n\n{}\n", folder, study_tables(folder, figures));
  print_digest(data["digest"].get<std::string>());
  for (const auto& [run, graph] : graphs) {
    const std::string of = fmt::format("{}, replicate {}", run.arm, run.replicate);
    fmt::print("\n  causal graph of {}\n{}", of, causal_text(graph));
    Json section = causal_section(graph);
    section["heading"] = fmt::format("Causal graph of {}", of);
    data["sections"].push_back(std::move(section));
  }
  return data;
}

/// Tables for a paper, and nothing else.
void print_tables(const std::string& folder, TableFormat format) {
  if (!is_study_folder(folder))
    throw Failure(ErrorKind::usage,
                  fmt::format("{} is a run: --markdown and --latex are for studies", folder));
  fmt::print("{}", study_tables(folder, study_figures(folder), format));
}

void draw(const std::filesystem::path& folder, const Json& data) {
  const std::filesystem::path page = folder / "report.html";
  write_file(page, html_report(data));
  fmt::print("  report   {}\n", page.string());
}

/// The pages of a study's runs that have begun.
void draw_runs(const std::string& study) {
  for (const StudyRun& run : study_runs(study)) {
    if (std::filesystem::exists(run.folder / "run.db"))
      draw(run.folder, report_data(RunReader(run.folder), run.folder));
  }
}

void report(const std::string& folder, const ReportArguments& arguments) {
  const bool is_study = is_study_folder(folder);
  if (is_study && arguments.runs) draw_runs(folder);  // before the page that links to them
  const Json data = is_study ? report_study(folder, arguments.causal) : report_run(folder, arguments.causal);
  print_ending(folder);
  draw(folder, data);
}

struct CompareArguments {
  std::vector<std::string> folders;
  bool json = false;
};

void compare(const CompareArguments& arguments) {
  Json comparisons = Json::array();
  bool is_first = true;
  const auto tell = [&](const auto& text, const auto& json) {
    if (arguments.json) {
      comparisons.push_back(json());
    } else {
      fmt::print("{}{}", std::exchange(is_first, false) ? "" : "\n", text());
    }
  };
  const std::string& a = arguments.folders.front();
  std::optional<ComparedRun> run;
  for (const std::string& b : std::span(arguments.folders).subspan(1)) {
    if (is_study_folder(a) || is_study_folder(b)) {
      const StudyComparison comparison = compare_studies(a, b);
      tell([&] { return study_comparison_text(comparison); },
           [&] { return study_comparison_json(comparison); });
    } else {
      if (!run) run.emplace(a);
      const ComparedRun other(b);
      const Comparison comparison = compare_runs(*run, other);
      tell([&] { return comparison_text(*run, other, comparison); },
           [&] { return comparison_json(*run, other, comparison); });
    }
  }
  if (!arguments.json) return;
  const bool is_one = comparisons.size() == 1;
  fmt::print("{}\n", is_one ? comparisons[0].dump() : Json{{"comparisons", comparisons}}.dump());
}

}  // namespace

void add_report_command(CLI::App& app) {
  auto* command =
      app.add_subcommand("report", "Print the results of runs as tables, and draw report.html beside run.db");
  const auto arguments = std::make_shared<ReportArguments>();
  command->add_option("RUN", arguments->folders, "Folders of runs and studies")->required();
  command->add_option("--csv", arguments->csv, "Write tidy tables for pandas and R into this folder");
  command->add_flag("--runs", arguments->runs, "Draw the pages of a study's runs as well");
  command->add_flag("--causal", arguments->causal,
                    "Also tell and draw what causes what among the variables of items, as throng causal "
                    "does: in a run, or in "
                    "the first replicate of each arm of a study");
  const auto add_format = [&](const char* name, TableFormat format, const char* what) {
    return command->add_flag_callback(
        name, [arguments, format] { arguments->format = format; },
        fmt::format("Print the tables of studies {}, and nothing else", what));
  };
  add_format("--markdown", TableFormat::markdown, "in Markdown")
      ->excludes(add_format("--latex", TableFormat::latex, "in LaTeX (booktabs)"));
  command->callback([arguments] {
    for (const std::string& folder : arguments->folders) {
      if (arguments->format == TableFormat::terminal) {
        report(folder, *arguments);
      } else {
        print_tables(folder, arguments->format);
      }
    }
    if (arguments->csv.empty()) return;
    write_csv_tables(arguments->folders, arguments->csv);
    if (arguments->format != TableFormat::terminal) return;
    fmt::print("  tables   {}\n", arguments->csv);
  });
}

void add_story_command(CLI::App& app) {
  struct Arguments {
    std::string folder;
    std::uint32_t agent = 0;
    bool prompts = false;
  };
  auto* command = app.add_subcommand("story", "Tell one agent's story, page by page");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("RUN", arguments->folder, "The run folder")->required();
  command->add_option("--agent", arguments->agent, "The agent's number, from 0")
      ->required()
      ->check(not_negative);
  command->add_flag(
      "--prompts", arguments->prompts,
      "Show what a language model and a remote recommender were asked, and their replies, as well");
  command->callback([arguments] {
    const AgentId agent{arguments->agent};
    fmt::print("{}", story(RunReader(arguments->folder), agent));
    if (arguments->prompts) fmt::print("{}", conversation(arguments->folder, agent));
  });
}

void add_compare_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "compare",
      "Compare the metrics of runs with those of the first, and show where they part; of studies arm by arm");
  const auto arguments = std::make_shared<CompareArguments>();
  command->add_option("RUN", arguments->folders, "Folders of runs and studies")
      ->required()
      ->expected(2, CLI::detail::expected_max_vector_size);
  command->add_flag("--json", arguments->json,
                    "Print one JSON object, of more than two runs {\"comparisons\": [object]}; rounds count "
                    "from 1");
  command->callback([arguments] { compare(*arguments); });
}

}  // namespace throng

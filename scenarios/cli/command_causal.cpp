#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "engine/base/text.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/causal/causal_report.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

struct CausalArguments {
  std::string source;
  std::string data;
  std::string assignment = "stated";
  CausalOptions options;
  std::string csv;
  std::string html;
  bool json = false;

  bool is_run() const { return std::filesystem::is_directory(source); }
};

/// "a,b/c": groups of names; "none": nothing is known.
std::vector<std::vector<std::string>> order_from(const std::string& text) {
  std::vector<std::vector<std::string>> order;
  if (text == "none") return order;
  for (const std::string& group : CLI::detail::split(text, '/'))
    order.push_back(CLI::detail::split(group, ','));
  return order;
}

std::vector<ObservedItem> read_items(const CausalArguments& arguments) {
  const Assignment assignment = arguments.assignment == "stated" ? Assignment::stated : Assignment::by_place;
  if (!std::filesystem::exists(arguments.source))
    throw Failure(ErrorKind::data, fmt::format("{}: there is no such run or file", arguments.source));
  if (!arguments.is_run()) {
    if (arguments.data.empty())
      throw Failure(ErrorKind::usage,
                    "--data DIR is needed: transcripts do not say what dataset they are of");
    return observed_items(arguments.source, load_dataset(arguments.data), assignment);
  }
  if (!arguments.data.empty())
    throw Failure(ErrorKind::usage, "--data is for transcripts: a run knows its items");
  if (is_study_folder(arguments.source))
    throw Failure(ErrorKind::usage, fmt::format("{} is a study: name one of its runs", arguments.source));
  return observed_items(RunReader(arguments.source), assignment);
}

std::string causal_command(const CausalArguments& arguments, const CausalGraph& graph) {
  std::string command = "throng causal " + quoted_for_shell(arguments.source);
  if (!arguments.data.empty()) command += " --data " + quoted_for_shell(arguments.data);
  command += fmt::format(" --assignment {} --variables {} --min-exposures {} --bootstrap {}",
                         arguments.assignment, fmt::join(graph.options.variables, ","),
                         graph.options.min_exposures, graph.options.resamples);
  std::vector<std::string> groups;
  for (const std::vector<std::string>& group : graph.options.order)
    groups.push_back(fmt::format("{}", fmt::join(group, ",")));
  return command +
         fmt::format(" --order {}", groups.empty() ? "none" : fmt::format("{}", fmt::join(groups, "/")));
}

Json causal_page(const CausalArguments& arguments, const CausalGraph& graph) {
  return {{"title", "Causal discovery"},
          {"subtitle", printable(arguments.source)},
          {"facts", Json::array({{{"name", "items"}, {"value", grouped(graph.items.size())}},
                                 {{"name", "resamples"}, {"value", grouped(graph.probabilities.resamples)}},
                                 {{"name", "ratings belong to items"}, {"value", arguments.assignment}}})},
          {"sections", Json::array({causal_section(graph)})},
          {"command", causal_command(arguments, graph)},
          {"command_says", "This command makes it again"},
          {"version", THRONG_VERSION}};
}

void discover(const CausalArguments& arguments) {
  const CausalGraph graph = causal_graph(read_items(arguments), arguments.options);
  if (!arguments.csv.empty()) write_causal_tables(graph, arguments.csv);
  if (!arguments.html.empty()) write_file(arguments.html, html_report(causal_page(arguments, graph)));
  if (arguments.json) {
    Json json = causal_json(graph);
    json["source"] = printable(arguments.source);
    json["assignment"] = arguments.assignment;
    fmt::print("{}\n", json.dump());
    return;
  }
  fmt::print("{}", causal_text(graph));
  if (arguments.is_run()) {
    for (const std::string& note : unfinished_notes(arguments.source))
      fmt::print("  note: {}\n", printable(note));
  }
  if (!arguments.csv.empty()) fmt::print("  tables   {}\n", arguments.csv);
  if (!arguments.html.empty()) fmt::print("  page     {}\n", arguments.html);
}

}  // namespace

void add_causal_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "causal", "Discover what causes what among the variables of items: quality, popularity, exposure, ...");
  const auto arguments = std::make_shared<CausalArguments>();
  CausalOptions& options = arguments->options;
  command
      ->add_option("SOURCE", arguments->source,
                   "The folder of a run, or a file of transcripts (scenarios/schema/transcript.schema.json)")
      ->required();
  command->add_option("--data", arguments->data,
                      "Of transcripts: the dataset folder with the items, or demo");
  command
      ->add_option("--variables", options.variables,
                   "Of quality, popularity, exposure, views, view_share, rating, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command->add_option_function<std::string>(
      "--order", [arguments](const std::string& text) { arguments->options.order = order_from(text); },
      "What is known of their order: none is caused by one behind a later /; or \"none\" (default: "
      "quality,popularity/exposure/views,view_share/rating)");
  command->add_option("--min-exposures", options.min_exposures, "Leave out items that were shown less often")
      ->check(not_negative)
      ->capture_default_str();
  command->add_option("--bootstrap", options.resamples, "Resamples for the probabilities of edges; 0: none")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command
      ->add_option(
          "--assignment", arguments->assignment,
          "Whose ratings they are: the viewed items', or (as Agent4Rec records them) the n-th rating the "
          "n-th item's of the page")
      ->check(CLI::IsMember({"stated", "by-place"}))
      ->capture_default_str();
  command->add_option("--csv", arguments->csv,
                      "Write causal_edges.csv and causal_items.csv, what it rests on, into this folder");
  command->add_option("--html", arguments->html, "Write a page with the graph drawn");
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->callback([arguments] { discover(*arguments); });
}

}  // namespace throng

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/text.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/import/import.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/page.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

struct ImportArguments {
  std::string kind;
  std::string source;
  std::string out;
  std::string items;
  std::string rating_range;
  bool no_header = false;
  bool json = false;
  ImportOptions options;
};

/// "1:10"
RatingRange rating_range(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto low = parse_number<double>(std::string_view(text).substr(0, colon));
  const auto high = parse_number<double>(std::string_view(text).substr(std::min(colon + 1, text.size())));
  if (!low || !high || !(*low < *high)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("--rating-range {}: expected LOW:HIGH, such as 1:10", excerpt(text)));
  }
  return {.low = *low, .high = *high};
}

ImportOptions options_of(const ImportArguments& arguments) {
  ImportOptions options = arguments.options;
  options.items = arguments.items;
  options.now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  options.csv.header = !arguments.no_header;
  if (options.csv.separator == "\\t" || options.csv.separator == "tab") options.csv.separator = "\t";
  if (options.csv.separator.empty()) throw Failure(ErrorKind::usage, "--separator is empty");
  if (!arguments.rating_range.empty()) options.csv.rating_range = rating_range(arguments.rating_range);
  return options;
}

void import(const ImportArguments& arguments) {
  const Imported imported = import_dataset(arguments.kind, arguments.source, options_of(arguments));
  write_dataset_folder(imported.dataset, arguments.out);
  if (arguments.json) {
    fmt::print("{}\n", import_json(imported).dump(-1, ' ', false, Json::error_handler_t::replace));
    return;
  }
  const Dataset& dataset = imported.dataset;
  fmt::print("{}: {} users, {} {}, {} interactions written to {}\n", printable(dataset.name),
             dataset.users.size(), dataset.catalogue.size(), plural_of(dataset.item_name),
             dataset.interactions.size(), arguments.out);
  fmt::print("{}", import_text(imported));
}

struct DescribeArguments {
  std::string path;
  std::vector<std::string> trait_cuts;
  std::string html;
  bool json = false;
};

/// "activity=50:80", each
TraitCuts trait_cuts(const std::vector<std::string>& texts) {
  TraitCuts cuts;
  for (const std::string& text : texts) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string trait = text.substr(0, equals);
    TraitCut* const cut = trait == "activity"     ? &cuts.activity
                          : trait == "conformity" ? &cuts.conformity
                          : trait == "diversity"  ? &cuts.diversity
                                                  : nullptr;
    const auto number = [&](std::size_t from, std::size_t to) {
      return from < to ? parse_number<double>(std::string_view(text).substr(from, to - from)) : std::nullopt;
    };
    const auto lower = number(equals + 1, colon);
    const auto upper = number(colon + 1, text.size());
    if (cut == nullptr || !lower || !upper || *lower < 0 || *upper > 100 || !(*lower <= *upper)) {
      throw Failure(
          ErrorKind::usage,
          fmt::format("--trait-cuts {}: expected TRAIT=LOW:HIGH, percentiles from 0 to 100, such as "
                      "activity=60:90, of activity, conformity or diversity",
                      excerpt(text)));
    }
    *cut = {.lower = *lower, .upper = *upper};
  }
  return cuts;
}

void describe(const DescribeArguments& arguments) {
  const TraitCuts cuts = trait_cuts(arguments.trait_cuts);
  const Dataset dataset = load_dataset(arguments.path);
  if (!arguments.html.empty()) {
    Json page = dataset_page(dataset, cuts);
    page["version"] = THRONG_VERSION;
    write_file(arguments.html, html_report(page));
  }
  if (arguments.json) {
    fmt::print("{}\n", dataset_json(dataset, cuts).dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{}", dataset_tables(dataset, cuts));
  }
}

void add_csv_options(CLI::App& command, ImportArguments& arguments) {
  CsvFormat& format = arguments.options.csv;
  const auto option = [&](const char* name, std::string& value, const char* help) {
    command.add_option(name, value, help)
        ->group(
            "Kinds csv and json (a column is named by its header, its number from 1, or the key of JSON "
            "objects)");
  };
  option("--user", format.user, "The column of users (default: 1)");
  option("--item", format.item, "The column of items (default: 2)");
  option("--rating", format.rating, "The column of ratings (default: none)");
  option("--time", format.time, "The column of times, Unix time or dates (default: none)");
  option("--time-format", format.time_format,
         "How times are written, as in strptime (3), such as '%d/%m/%Y %H:%M' (default: seconds to "
         "nanoseconds, ISO 8601 and "
         "names of months, in UTC unless they say otherwise)");
  option("--title", format.title, "The column of titles (default: none), in FILE of --items if there is one");
  option("--year", format.year, "The column of years, likewise (default: the year in brackets in a title)");
  option("--genres", format.genres, "The column of genres, likewise");
  option("--items-id", format.items_id, "The column of items in FILE of --items (default: 1)");
  option("--separator", format.separator, "Between fields, such as ';', tab or '::' (default: ',')");
  option("--genre-separator", format.genre_separator, "Between the genres of an item (default: '|')");
  option("--rating-range", arguments.rating_range,
         "The ratings' scale, such as 1:10, mapped to 1 to 5 (default: 0.5:5, as they are)");
  command.add_flag("--no-header", arguments.no_header, "The first line is data")
      ->group(
          "Kinds csv and json (a column is named by its header, its number from 1, or the key of JSON "
          "objects)");
}

}  // namespace

void add_data_command(CLI::App& app) {
  auto* data = app.add_subcommand("data", "Import and describe datasets");
  data->require_subcommand(1);

  auto* import_command = data->add_subcommand("import", "Turn a published dataset into a dataset folder");
  const auto arguments = std::make_shared<ImportArguments>();
  import_command->add_option("KIND", arguments->kind, fmt::format("{}", fmt::join(import_kinds(), " or ")))
      ->required();
  import_command
      ->add_option("SOURCE", arguments->source,
                   "The folder with the dataset's files or, for amazon, steam, recbole, triples, json and "
                   "csv, the file of interactions")
      ->required();
  import_command->add_option("-o,--out", arguments->out, "The dataset folder to write")->required();
  import_command
      ->add_option("--max-bad", arguments->options.max_bad,
                   "Skip and count up to this many malformed lines (default: stop at the first)")
      ->check(not_negative);
  import_command->add_option("--min-rating", arguments->options.min_rating,
                             "Leave out interactions with a lower rating (on the scale of --rating-range)");
  import_command->add_option(
      "--encoding", arguments->options.encoding,
      "How the files are written, such as GBK or Windows-1251 (iconv --list; default: UTF-8, UTF-16 "
      "with its mark, Windows-1252 where a text is neither)");
  import_command
      ->add_option("--k-core", arguments->options.k_core,
                   "Leave out users and items with fewer interactions, until all have so many")
      ->check(not_negative);
  import_command->add_option("--items", arguments->items,
                             "amazon, steam, recbole, triples, json, csv: the file that describes the items "
                             "(default for amazon, steam and recbole: "
                             "meta_X beside X, steam_games, X.item)");
  import_command->add_option("--item-name", arguments->options.item_name,
                             "What one item is, in the singular, such as book: prompts and reports use it "
                             "(default: what the kind or the name of the source tells, else item)");
  import_command->add_flag("--json", arguments->json, "Print the report as JSON");
  add_csv_options(*import_command, *arguments);
  import_command->callback([arguments] { import(*arguments); });

  auto* describe_command = data->add_subcommand("describe", "Print what is in a dataset folder");
  const auto described = std::make_shared<DescribeArguments>();
  describe_command->add_option("DIR", described->path, "The dataset folder, or demo")->required();
  describe_command->add_option("--trait-cuts", described->trait_cuts,
                               "Where a trait is cut into groups: TRAIT=LOW:HIGH, percentiles over all users "
                               "(default: activity=60:90 conformity=25:80 diversity=33:66)");
  describe_command->add_flag("--json", described->json, "Print JSON");
  describe_command->add_option("--html", described->html, "Write a page with charts to this file");
  describe_command->callback([described] { describe(*described); });
}

}  // namespace throng

#include "scenarios/report/csv_tables.h"

#include <algorithm>
#include <concepts>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "recsys/text/csv.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// Whose figures a row tells.
struct RunName {
  std::string run;        ///< its folder
  std::string arm;        ///< of a study; else empty
  std::string replicate;  ///< likewise
};

/// One CSV file; its first columns are the run, its arm and its replicate.
class TidyTable {
 public:
  TidyTable(const fs::path& file, std::initializer_list<std::string_view> columns) : out_(file) {
    for (const char* column : {"run", "arm", "replicate"}) out_.field(column);
    for (const std::string_view column : columns) out_.field(column);
    out_.end_row();
  }

  template <class... Cells>
  void row(const RunName& name, const Cells&... cells) {
    for (const std::string& text : {name.run, name.arm, name.replicate}) field(text);
    (field(cells), ...);
    out_.end_row();
  }
  void close() { out_.close(); }

 private:
  void field(const std::string& text) { out_.field(cell_text(text)); }
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
  void field(Number number) { out_.field(fmt::format("{}", number)); }

  CsvWriter out_;
};

struct Tables {
  explicit Tables(const fs::path& folder)
      : metrics(folder / "metrics.csv",
                {"metric", "mean", "standard_error", "half_width_95", "agents", "pages"}),
        ratings(folder / "ratings.csv", {"rating", "count"}),
        exit_pages(folder / "exit_pages.csv", {"page", "sessions"}),
        views_per_page(folder / "views_per_page.csv",
                       {"page", "sessions", "mean_views", "standard_error", "half_width_95"}),
        trait_groups(folder / "trait_groups.csv", {"trait", "group", "word", "metric", "mean",
                                                   "standard_error", "half_width_95", "agents", "pages"}),
        items(folder / "items.csv", {"item", "external_id", "title", "genres", "mean_rating", "interactions",
                                     "shown", "viewed", "liked", "given_rating"}),
        outcomes(folder / "outcomes.csv", {"agent", "round", "activity", "conformity", "diversity", "shown",
                                           "viewed", "liked", "pages", "score"}),
        curves(folder / "curves.csv", {"round", "metric", "value"}) {}

  void close() {
    for (TidyTable* table :
         {&metrics, &ratings, &exit_pages, &views_per_page, &trait_groups, &items, &outcomes, &curves}) {
      table->close();
    }
  }

  TidyTable metrics;
  TidyTable ratings;
  TidyTable exit_pages;
  TidyTable views_per_page;
  TidyTable trait_groups;
  TidyTable items;
  TidyTable outcomes;
  TidyTable curves;
};

/// Empty where there is no interval.
std::string half_width_text(double standard_error, std::size_t values) {
  const std::optional<double> half_width = half_width_95(standard_error, values);
  return half_width ? fmt::format("{}", *half_width) : "";
}

void write_outcomes(const RunName& name, std::span<const Outcome> outcomes,
                    std::span<const TraitGroups> traits, TidyTable& table) {
  for (const Outcome& outcome : outcomes) {
    const TraitGroups& groups = traits_of(outcome.agent, traits);
    table.row(name, index(outcome.agent), outcome.round + 1, groups.activity, groups.conformity,
              groups.diversity, outcome.shown, outcome.viewed, outcome.liked, outcome.pages,
              outcome.score ? std::to_string(*outcome.score) : "");
  }
}

void write_trait_groups(const RunName& name, std::span<const TraitGroupFigures> groups, TidyTable& table) {
  for (const TraitGroupFigures& group : groups) {
    for (const Metric& metric : group.metrics) {
      if (metric.agents == 0) continue;
      table.row(name, group.trait, group.group, group.word, metric.name, metric.mean, metric.standard_error,
                half_width_text(metric.standard_error, metric.agents), metric.agents, metric.pages);
    }
  }
}

void write_counts(const RunName& name, std::span<const std::size_t> counts, TidyTable& table) {
  for (std::size_t i = 0; i < counts.size(); ++i) table.row(name, i + 1, counts[i]);
}

void write_items(const RunName& name, std::span<const ItemFigures> items, TidyTable& table) {
  for (const ItemFigures& item : items) {
    const std::string given = item.viewed > 0 ? fmt::format("{}", item.given_rating) : "";  // nobody rated it
    table.row(name, index(item.item), item.external_id, item.title, item.genres, item.mean_rating,
              item.interactions, item.shown, item.viewed, item.liked, given);
  }
}

void write_run(const RunName& name, const RunReader& run, Tables& tables) {
  const std::vector<Outcome> outcomes = run.outcomes();
  const std::vector<TraitGroups> traits = run.traits();
  for (const Metric& metric : metrics_so_far(run, outcomes)) {
    if (metric.agents == 0) continue;
    tables.metrics.row(name, metric.name, metric.mean, metric.standard_error,
                       half_width_text(metric.standard_error, metric.agents), metric.agents, metric.pages);
  }
  write_counts(name, run.rating_counts(), tables.ratings);
  write_counts(name, exit_page_counts(outcomes), tables.exit_pages);
  for (const PageFigures& page : run.pages()) {
    tables.views_per_page.row(name, page.page, page.sessions, page.views, page.standard_error,
                              half_width_text(page.standard_error, page.sessions));
  }
  write_trait_groups(name, trait_group_figures(outcomes, traits), tables.trait_groups);
  write_items(name, run.items(), tables.items);
  write_outcomes(name, outcomes, traits, tables.outcomes);
  for (const RoundMetric& metric : run.round_metrics()) {
    tables.curves.row(name, metric.round + 1, metric.metric, metric.value);
  }
}

void write_study(const std::string& folder, Tables& tables) {
  std::size_t begun = 0;
  for (const StudyRun& run : study_runs(folder)) {
    if (run_status(run.folder).empty()) continue;
    ++begun;
    write_run({.run = run.folder.string(), .arm = run.arm, .replicate = std::to_string(run.replicate)},
              RunReader(run.folder), tables);
  }
  if (begun == 0) throw Failure(ErrorKind::data, fmt::format("{}: no run of this study has begun", folder));
}

}  // namespace

std::string cell_text(std::string text) {
  const std::string_view shown = without_leading_blanks(text);
  static constexpr std::string_view signs[] = {"=",  "+",      "-",      "@",      "\t",
                                               "\r", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  const bool looks_like_formula =
      std::ranges::any_of(signs, [&](std::string_view sign) { return shown.starts_with(sign); });
  return looks_like_formula ? "'" + text : text;
}

void write_csv_tables(std::span<const std::string> run_folders, const fs::path& folder) {
  create_folder(folder);
  const TemporaryFolder passing(folder / fmt::format(".throng-tables-{}", getpid()));
  Tables tables(passing.path());
  for (const std::string& run_folder : run_folders) {
    if (is_study_folder(run_folder)) {
      write_study(run_folder, tables);
    } else {
      write_run({.run = run_folder, .arm = "", .replicate = ""}, RunReader(run_folder), tables);
    }
  }
  tables.close();
  for (const fs::directory_entry& table : fs::directory_iterator(passing.path())) {
    fs::rename(table.path(), folder / table.path().filename());
  }
}

}  // namespace throng

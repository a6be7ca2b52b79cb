#include "scenarios/report/csv_tables.h"

#include <concepts>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/csv.h"
#include "scenarios/report/run_figures.h"

namespace throng {
namespace {

/// One CSV file; its first column is the run.
class TidyTable {
 public:
  TidyTable(const std::filesystem::path& file, std::initializer_list<std::string_view> columns) : out_(file) {
    out_.field("run");
    for (const std::string_view column : columns) out_.field(column);
    out_.end_row();
  }

  template <class... Cells>
  void row(const std::string& run, const Cells&... cells) {
    field(run);
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
  explicit Tables(const std::filesystem::path& folder)
      : metrics(folder / "metrics.csv", {"metric", "mean", "standard_error", "agents", "pages"}),
        ratings(folder / "ratings.csv", {"rating", "count"}),
        exit_pages(folder / "exit_pages.csv", {"page", "sessions"}),
        views_per_page(folder / "views_per_page.csv", {"page", "sessions", "mean_views", "standard_error"}),
        trait_groups(folder / "trait_groups.csv",
                     {"trait", "group", "word", "metric", "mean", "standard_error", "agents", "pages"}),
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

void write_outcomes(const std::string& name, std::span<const Outcome> outcomes,
                    std::span<const TraitGroups> traits, TidyTable& table) {
  for (const Outcome& outcome : outcomes) {
    const TraitGroups& groups = traits[index(outcome.agent)];
    table.row(name, index(outcome.agent), outcome.round, groups.activity, groups.conformity, groups.diversity,
              outcome.shown, outcome.viewed, outcome.liked, outcome.pages,
              outcome.score ? std::to_string(*outcome.score) : "");
  }
}

void write_trait_groups(const std::string& name, std::span<const TraitGroupFigures> groups,
                        TidyTable& table) {
  for (const TraitGroupFigures& group : groups) {
    for (const Metric& metric : group.metrics) {
      if (metric.agents == 0) continue;
      table.row(name, group.trait, group.group, group.word, metric.name, metric.mean, metric.standard_error,
                metric.agents, metric.pages);
    }
  }
}

void write_counts(const std::string& name, std::span<const std::size_t> counts, TidyTable& table) {
  for (std::size_t i = 0; i < counts.size(); ++i) table.row(name, i + 1, counts[i]);
}

void write_items(const std::string& name, std::span<const ItemFigures> items, TidyTable& table) {
  for (const ItemFigures& item : items) {
    const std::string given = item.viewed > 0 ? fmt::format("{}", item.given_rating) : "";  // nobody rated it
    table.row(name, index(item.item), item.external_id, item.title, item.genres, item.mean_rating,
              item.interactions, item.shown, item.viewed, item.liked, given);
  }
}

void write_run(const std::string& name, const RunReader& run, Tables& tables) {
  const std::vector<Outcome> outcomes = run.outcomes();
  const std::vector<TraitGroups> traits = run.traits();
  for (const Metric& metric : metrics_so_far(run, outcomes)) {
    tables.metrics.row(name, metric.name, metric.mean, metric.standard_error, metric.agents, metric.pages);
  }
  write_counts(name, run.rating_counts(), tables.ratings);
  write_counts(name, exit_page_counts(outcomes), tables.exit_pages);
  for (const PageFigures& page : run.pages()) {
    tables.views_per_page.row(name, page.page, page.sessions, page.views, page.standard_error);
  }
  write_trait_groups(name, trait_group_figures(outcomes, traits), tables.trait_groups);
  write_items(name, run.items(), tables.items);
  write_outcomes(name, outcomes, traits, tables.outcomes);
  for (const RoundMetric& metric : run.round_metrics()) {
    tables.curves.row(name, metric.round, metric.metric, metric.value);
  }
}

}  // namespace

std::string cell_text(std::string text) {
  const bool looks_like_formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return looks_like_formula ? "'" + text : text;
}

void write_csv_tables(std::span<const std::string> run_folders, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Failure(ErrorKind::unexpected,
                  fmt::format("{} cannot be created: {}", folder.string(), error.message()));
  }
  Tables tables(folder);
  for (const std::string& run_folder : run_folders) write_run(run_folder, RunReader(run_folder), tables);
  tables.close();
}

}  // namespace throng

#include <algorithm>
#include <concepts>
#include <limits>
#include <map>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "recsys/text/csv.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/report/study_report.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

enum class Part : std::uint8_t { session, page, item, decision, reflection, words, interview, answer };

/// Where a row stands in the order of events.
struct Place {
  std::size_t page = 0;
  Part part{};
  std::size_t position = 0;
  bool operator<(const Place& other) const {
    return std::tie(page, part, position) < std::tie(other.page, other.part, other.position);
  }
};

/// A row in words: to be read, and with all that tells it from another row.
struct RowText {
  std::string brief;
  std::string exact;
};

using Rows = std::map<Place, RowText>;

enum class Digits { few, all };

std::string number(double value, Digits digits) {
  return digits == Digits::few ? fmt::format("{:.2f}", value) : fmt::format("{}", value);
}

std::string time_text(VirtualTime time, Digits digits) {
  return digits == Digits::few ? format_time(time) : fmt::format("{} us", time.time_since_epoch().count());
}

/// `text` for few digits and for all.
template <class Text>
RowText both_ways(Text text) {
  return {.brief = text(Digits::few), .exact = text(Digits::all)};
}

std::string item_text(const PageRecord& page, std::size_t position, const std::string& title, Digits digits) {
  const Impression& shown = page.impressions[position - 1];
  const std::string item =
      digits == Digits::few ? title : fmt::format("{} (item {})", title, index(shown.item));
  std::string done;
  for (const ActionInfo& info : action_kinds()) {
    const std::uint8_t value = value_of(page.actions, position, info.kind);
    const std::string text = info.is_optional && value == 0 ? "" : info.text(value);
    if (!text.empty()) done += fmt::format(", {} {}", info.done, text);
  }
  const std::string words = printable(words_beside(page, position));
  if (!words.empty()) done += fmt::format(", beside it: {}", words);
  return fmt::format("{}, {}: {}{}", item,
                     is_rated(shown.mean_rating) ? number(static_cast<double>(shown.mean_rating), digits)
                                                 : "rated by nobody",
                     shown.aligned ? "aligned" : "not aligned", done);
}

std::string number_or(const std::optional<double>& value, Digits digits) {
  return value ? number(*value, digits) : "not told";
}

std::string decision_text(const std::optional<Decision>& decision, Digits digits) {
  if (!decision) return "degraded";
  const std::string goes_on =
      decision->search.empty() ? "goes on" : "searches for " + printable(decision->search);
  return fmt::format("{} (satisfaction {}, fatigue {})", decision->exits ? "leaves" : goes_on,
                     number_or(decision->satisfaction, digits), number_or(decision->fatigue, digits));
}

void add_page(const PageRecord& page, const ItemTitle& title, Rows& rows) {
  rows[{page.page, Part::page}] = both_ways([&](Digits digits) {
    const std::string results =
        page.shows_results() ? ", results of the search for " + printable(page.results_of) : "";
    return fmt::format("{}, satisfaction {}{}", time_text(page.shown_at, digits),
                       number_or(page.satisfaction, digits), results);
  });
  for (std::size_t i = 0; i < page.impressions.size(); ++i) {
    const std::string name = printable(title(page.impressions[i].item));
    rows[{page.page, Part::item, i + 1}] =
        both_ways([&](Digits digits) { return item_text(page, i + 1, name, digits); });
  }
  rows[{page.page, Part::decision}] =
      both_ways([&](Digits digits) { return decision_text(page.decision, digits); });
  if (!page.reflection) return;
  rows[{page.page, Part::reflection}] = both_ways(
      [&](Digits digits) { return "satisfaction " + number(page.reflection->satisfaction, digits); });
}

constexpr std::size_t kAfterPages = std::numeric_limits<std::size_t>::max();

Rows rows_of(const SessionRecord& session, const ItemTitle& title) {
  Rows rows;
  rows[{0, Part::session}] = both_ways([&](Digits digits) {
    return fmt::format("{} to {}", time_text(session.started, digits), time_text(session.ended, digits));
  });
  for (const PageRecord& page : session.pages) add_page(page, title, rows);
  for (std::size_t i = 0; i < session.notes.sayings.size(); ++i) {
    const Saying& said = session.notes.sayings[i];
    rows[{said.page, Part::words, i}] = both_ways([&](Digits /*digits*/) {
      return fmt::format("{}: {}", to_string(said.about), printable(said.text));
    });
  }
  rows[{kAfterPages, Part::interview}] = both_ways([&](Digits /*digits*/) {
    return session.interview ? fmt::format("{} of 10", session.interview->score) : std::string("none");
  });
  for (std::size_t i = 0; i < session.answers.size(); ++i) {
    rows[{kAfterPages, Part::answer, i}] =
        both_ways([&](Digits /*digits*/) { return printable(answer_text(session.answers[i])); });
  }
  return rows;
}

std::string name_of(const Place& place) {
  switch (place.part) {
    case Part::session:
      return "session";
    case Part::page:
      return fmt::format("page {}", place.page);
    case Part::item:
      return fmt::format("page {}, item {}", place.page, place.position);
    case Part::decision:
      return fmt::format("page {}, decides", place.page);
    case Part::reflection:
      return fmt::format("page {}, reflects", place.page);
    case Part::words:
      return fmt::format("page {}, words {}", place.page, place.position + 1);
    case Part::interview:
      return "interview";
    case Part::answer:
      return fmt::format("answer {}", place.position + 1);
  }
  return "";
}

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
  TidyTable(const fs::path& file, const std::vector<std::string_view>& columns) : out_(file) {
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
  /// Empty where there is none.
  void field(const std::optional<double>& number) { out_.field(number ? fmt::format("{}", *number) : ""); }
  void field(const ActionCounts& counts) {
    for (std::size_t i = 0; i < kActionKinds; ++i) {
      if (action_kinds()[i].is_optional) field(counts[i]);
    }
  }

  CsvWriter out_;
};

std::vector<std::string_view> outcome_columns() {
  std::vector<std::string_view> columns{"agent", "round",  "activity", "conformity", "diversity",
                                        "shown", "viewed", "liked",    "pages",      "score"};
  for (const ActionInfo& info : action_kinds()) {
    if (info.is_optional) columns.push_back(info.done);
  }
  for (const char* column : {"searches", "found", "found_viewed", "adverts", "adverts_viewed",
                             "adverts_liked", "judged", "aligned", "hidden", "hidden_aligned"})
    columns.emplace_back(column);
  return columns;
}

struct Tables {
  explicit Tables(const fs::path& folder)
      : metrics(folder / "metrics.csv",
                {"metric", "mean", "standard_error", "half_width_95", "agents", "pages"}),
        agent_metrics(folder / "agent_metrics.csv", {"metric", "agent", "value"}),
        ratings(folder / "ratings.csv", {"rating", "count"}),
        exit_pages(folder / "exit_pages.csv", {"page", "sessions"}),
        views_per_page(folder / "views_per_page.csv",
                       {"page", "sessions", "mean_views", "standard_error", "half_width_95"}),
        positions(folder / "positions.csv",
                  {"by", "number", "shown", "figure", "mean", "standard_error", "half_width_95", "agents"}),
        trait_groups(folder / "trait_groups.csv", {"trait", "group", "word", "metric", "mean",
                                                   "standard_error", "half_width_95", "agents", "pages"}),
        items(folder / "items.csv", {"item", "external_id", "title", "genres", "mean_rating", "interactions",
                                     "shown", "viewed", "liked", "given_rating"}),
        outcomes(folder / "outcomes.csv", outcome_columns()),
        searches(folder / "searches.csv", {"query", "times", "answered", "found", "viewed"}),
        answers(folder / "answers.csv", {"agent", "round", "question", "score", "choice", "words"}),
        curves(folder / "curves.csv", {"round", "metric", "value"}),
        arms(folder / "arms.csv", {"parameter", "value"}),
        differences(folder / "differences.csv", {"baseline", "figure", "round", "unit", "difference",
                                                 "half_width_95", "p", "p_holm", "effect_size", "pairs"}) {}

  void close() {
    for (TidyTable* table :
         {&metrics, &agent_metrics, &ratings, &exit_pages, &views_per_page, &positions, &trait_groups, &items,
          &outcomes, &searches, &answers, &curves, &arms, &differences}) {
      table->close();
    }
  }

  TidyTable metrics;
  TidyTable agent_metrics;
  TidyTable ratings;
  TidyTable exit_pages;
  TidyTable views_per_page;
  TidyTable positions;
  TidyTable trait_groups;
  TidyTable items;
  TidyTable outcomes;
  TidyTable searches;
  TidyTable answers;
  TidyTable curves;
  TidyTable arms;
  TidyTable differences;
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
              outcome.score ? std::to_string(*outcome.score) : "", outcome.optional, outcome.searches,
              outcome.found, outcome.found_viewed, outcome.adverts, outcome.adverts_viewed,
              outcome.adverts_liked, outcome.judged, outcome.aligned, outcome.hidden, outcome.hidden_aligned);
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

void write_position(const RunName& name, const char* where, const PositionFigures& position,
                    TidyTable& table) {
  for (const PositionFigure& figure : position_figures()) {
    const AgentMean& value = position.*figure.mean;
    if (value.agents == 0) continue;
    table.row(name, std::string(where), position.position, position.shown, std::string(figure.name),
              value.mean, value.standard_error, half_width_text(value.standard_error, value.agents),
              value.agents);
  }
}

void write_counts(const RunName& name, std::span<const std::size_t> counts, TidyTable& table) {
  for (std::size_t i = 0; i < counts.size(); ++i) table.row(name, i + 1, counts[i]);
}

void write_items(const RunName& name, std::span<const ItemFigures> items, TidyTable& table) {
  for (const ItemFigures& item : items) {
    const std::string given = item.viewed > 0 ? fmt::format("{}", item.given_rating) : "";  // nobody rated it
    const std::string mean = item.mean_rating ? fmt::format("{}", *item.mean_rating) : "";
    table.row(name, index(item.item), item.external_id, item.title, item.genres, mean, item.interactions,
              item.shown, item.viewed, item.liked, given);
  }
}

void write_answers(const RunName& name, const RowStream<StoredAnswer>& next, TidyTable& table) {
  while (const std::optional<StoredAnswer> row = next()) {
    const Answer& answer = row->answer;
    table.row(name, index(row->agent), row->round + 1, answer.question,
              answer.score ? std::to_string(*answer.score) : std::string(), answer.choice, answer.words);
  }
}

void write_run(const RunName& name, const RunReader& run, Tables& tables) {
  const std::vector<Outcome>& outcomes = run.outcomes();
  const std::vector<TraitGroups> traits = run.traits();
  for (const Metric& metric : metrics_so_far(run, outcomes)) {
    if (metric.agents == 0) continue;
    tables.metrics.row(name, metric.name, metric.mean,
                       metric.is_mean ? std::optional(metric.standard_error) : std::nullopt,
                       half_width_of(metric), metric.agents, metric.pages);
  }
  for (const MetricValues& metric : run.own_values()) {
    for (const AgentValue& agent : metric.agents)
      tables.agent_metrics.row(name, metric.name, index(agent.agent), agent.value);
  }
  write_counts(name, run.rating_counts(), tables.ratings);
  write_counts(name, exit_page_counts(outcomes), tables.exit_pages);
  for (const PageFigures& page : run.pages()) {
    tables.views_per_page.row(name, page.page, page.sessions, page.views, page.standard_error,
                              half_width_text(page.standard_error, page.sessions));
  }
  for (const auto& [where, place] :
       {std::pair{"position", Places::on_page}, {"prompt", Places::in_prompt}, {"page", Places::pages}}) {
    for (const PositionFigures& position : run.positions(place))
      write_position(name, where, position, tables.positions);
  }
  write_trait_groups(name, trait_group_figures(outcomes, traits), tables.trait_groups);
  write_items(name, run.items(), tables.items);
  write_outcomes(name, outcomes, traits, tables.outcomes);
  for (const SearchFigures& search : run.searches()) {
    tables.searches.row(name, search.query, search.times, search.answered, search.found, search.viewed);
  }
  write_answers(name, run.answers(), tables.answers);
  for (const RoundMetric& metric : run.round_metrics()) {
    tables.curves.row(name, metric.round + 1, metric.metric, metric.value);
  }
}

void write_differences(const std::string& folder, TidyTable& table) {
  const StudyFigures figures = study_figures(folder);
  for (const std::vector<ArmDifference>* differences :
       {&figures.differences, &figures.round_differences, &figures.group_differences}) {
    for (const ArmDifference& difference : *differences) {
      const std::string round = difference.round ? std::to_string(*difference.round + 1) : "";
      for (const auto& [unit, paired] :
           {std::pair{"replicate", difference.over_replicates}, {"agent", difference.over_agents}}) {
        if (paired.pairs == 0) continue;
        table.row({.run = folder, .arm = difference.arm, .replicate = ""}, difference.baseline,
                  difference.figure, round, std::string(unit), paired.mean, paired.half_width, paired.p,
                  paired.p_holm, paired.effect, paired.pairs);
      }
    }
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
  const ArmSettings settings = arm_settings(read_json(fs::path(folder) / "scenario.json", ErrorKind::data));
  for (const auto& [arm, values] : settings.arms) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].empty()) continue;
      const RunName name{.run = folder, .arm = arm, .replicate = ""};
      if (const auto number = parse_number<double>(values[i])) {
        tables.arms.row(name, settings.parameters[i], *number);  // a text could begin like a formula
      } else {
        tables.arms.row(name, settings.parameters[i], values[i]);
      }
    }
  }
  write_differences(folder, tables.differences);
}

}  // namespace

std::vector<RowDifference> differing_rows(const SessionRecord& a, const ItemTitle& title_in_a,
                                          const SessionRecord& b, const ItemTitle& title_in_b) {
  const Rows rows_a = rows_of(a, title_in_a);
  const Rows rows_b = rows_of(b, title_in_b);
  std::map<Place, RowDifference> differences;
  for (const auto& [place, row] : rows_a) {
    const auto other = rows_b.find(place);
    if (other == rows_b.end()) {
      differences[place] = {.row = name_of(place), .a = row.brief, .b = ""};
    } else if (row.exact != other->second.exact) {
      const bool brief_tells = row.brief != other->second.brief;
      differences[place] = {.row = name_of(place),
                            .a = brief_tells ? row.brief : row.exact,
                            .b = brief_tells ? other->second.brief : other->second.exact};
    }
  }
  for (const auto& [place, row] : rows_b) {
    if (!rows_a.contains(place)) differences[place] = {.row = name_of(place), .a = "", .b = row.brief};
  }
  std::vector<RowDifference> in_order;
  in_order.reserve(differences.size());
  for (auto& [place, difference] : differences) in_order.push_back(std::move(difference));
  return in_order;
}

std::string cell_text(const std::string& text) {
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

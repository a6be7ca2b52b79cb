#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/exposure.h"
#include "agents/metrics.h"
#include "engine/base/files.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/run_report.h"

namespace throng {
namespace {

// --- Ratings, exits and pages ------------------------------------------------------------------------------

/// Bars of the shares of counts of 1, 2, ..., with the counts in the table.
Json distribution(const char* title, const char* unit, const char* x_title, const char* count_name,
                  std::span<const std::size_t> counts) {
  const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  Json labels = Json::array();
  Json shares = Json::array();
  Json rows = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    labels.push_back(std::to_string(i + 1));
    shares.push_back(percent(counts[i], total));
    rows.push_back({std::to_string(i + 1), counts[i], shares.back()});
  }
  Json chart = bar_chart_json(title, unit, x_title, std::move(labels),
                              Json::array({{{"name", unit}, {"values", shares}}}));
  chart["table"] = {{"columns", {x_title, count_name, unit}}, {"rows", std::move(rows)}};
  return chart;
}

Json views_chart(std::span<const PageFigures> pages) {
  Json labels = Json::array();
  Json views = Json::array();
  Json half_widths = Json::array();
  for (const PageFigures& page : pages) {
    labels.push_back(std::to_string(page.page));
    views.push_back(page.views);
    half_widths.push_back(half_width_json(page.standard_error, page.sessions));
  }
  Json chart = bar_chart_json(
      "Views per page", "views", "page", std::move(labels),
      Json::array({{{"name", "mean views"}, {"values", views}, {"half_widths", half_widths}}}));
  chart["note"] =
      "Mean over the sessions that reached the page; whiskers are 95 % confidence intervals over sessions.";
  return chart;
}

Json reach_chart(std::span<const PageFigures> pages) {
  Json labels = Json::array();
  Json shares = Json::array();
  Json rows = Json::array();
  for (const PageFigures& page : pages) {
    labels.push_back(std::to_string(page.page));
    shares.push_back(percent(page.sessions, pages.front().sessions));
    rows.push_back({std::to_string(page.page), page.sessions, shares.back()});
  }
  Json chart = bar_chart_json("Sessions that reached the page", "% of sessions", "page", std::move(labels),
                              Json::array({{{"name", "% of sessions"}, {"values", shares}}}));
  chart["table"] = {{"columns", {"page", "sessions", "% of sessions"}}, {"rows", std::move(rows)}};
  return chart;
}

Json position_series(const char* name, std::span<const PositionFigures> positions,
                     AgentMean PositionFigures::*figure, double scale) {
  Json means = Json::array();
  Json half_widths = Json::array();
  for (const PositionFigures& position : positions) {
    const AgentMean& value = position.*figure;
    means.push_back(value.agents > 0 ? Json(scale * value.mean) : Json());
    half_widths.push_back(half_width_json(scale * value.standard_error, value.agents));
  }
  return {{"name", name}, {"values", std::move(means)}, {"half_widths", std::move(half_widths)}};
}

/// Two charts.
Json position_charts(std::span<const PositionFigures> positions, const std::string& place) {
  Json labels = Json::array();
  for (const PositionFigures& position : positions) labels.push_back(std::to_string(position.position));
  const auto chart = [&](const char* what, const char* unit, Json series) {
    return bar_chart_json(fmt::format("{} by {}", what, place), unit, place.c_str(), labels,
                          std::move(series));
  };
  return {chart("Aligned and viewed", "% of the items shown there",
                Json::array({position_series("aligned", positions, &PositionFigures::aligned, 100),
                             position_series("viewed", positions, &PositionFigures::viewed, 100)})),
          chart("Rating", "mean rating of those viewed",
                Json::array({position_series("rating", positions, &PositionFigures::rating, 1)}))};
}

Json positions_section(const RunReader& run) {
  Json charts = Json::array();
  for (const auto& [places, place] : {std::pair{Places::on_page, "position on the page"},
                                      {Places::in_prompt, "place in the prompt"},
                                      {Places::pages, "page"}}) {
    const std::vector<PositionFigures> positions = run.positions(places);
    if (positions.empty()) continue;
    for (Json& chart : position_charts(positions, place)) charts.push_back(std::move(chart));
  }
  return section_json(
      "Position on the page",
      "Of the items that stood there, whatever they are (on the page, and, where a prompt told of it in an "
      "order of its own, in the "
      "prompt), and of those of each page; means over agents, whiskers are 95 % confidence "
      "intervals over "
      "agents. A recommender that ranks well makes later places worse by itself; compare with \"random\", "
      "whose places are "
      "all alike.",
      std::move(charts));
}

Json pages_section(const RunReader& run, std::span<const Outcome> outcomes) {
  const std::vector<PageFigures> pages = run.pages();
  return section_json(
      "Pages and ratings", "",
      {views_chart(pages), reach_chart(pages),
       distribution("Page of the exit", "% of sessions", "exit on page", "sessions",
                    exit_page_counts(outcomes)),
       distribution("Ratings given", "% of ratings", "rating", "ratings", run.rating_counts())});
}

// --- Trait groups ------------------------------------------------------------------------------------------

/// One small chart: the nine groups below each other, coloured by trait.
Json trait_chart(std::span<const TraitGroupFigures> groups, const std::string& title, Json series) {
  Json labels = Json::array();
  Json traits = Json::array();
  for (const TraitGroupFigures& group : groups) {
    labels.push_back(group.word);
    traits.push_back(group.trait);
  }
  Json chart = bar_chart_json(title, "", "", std::move(labels), Json::array({std::move(series)}));
  chart["direction"] = "down";
  chart["groups"] = std::move(traits);
  return chart;
}

Json agents_chart(std::span<const TraitGroupFigures> groups) {
  Json agents = Json::array();
  for (const TraitGroupFigures& group : groups) agents.push_back(group.agents());
  return trait_chart(groups, "Agents in the group", {{"name", "agents"}, {"values", std::move(agents)}});
}

Json trait_metric_chart(std::span<const TraitGroupFigures> groups, std::size_t metric) {
  Json means = Json::array();
  Json half_widths = Json::array();
  for (const TraitGroupFigures& group : groups) {
    const Metric& figure = group.metrics[metric];
    means.push_back(figure.agents > 0 ? Json(figure.mean) : Json());
    half_widths.push_back(half_width_json(figure.standard_error, figure.agents));
  }
  const auto [label, meaning] = words_of(groups.front().metrics[metric]);
  return trait_chart(
      groups, fmt::format("{}: {}", label, meaning),
      {{"name", label}, {"values", std::move(means)}, {"half_widths", std::move(half_widths)}});
}

Json trait_data(std::span<const TraitGroupFigures> groups) {
  Json columns = {"trait", "group", "", "agents"};
  for (const Metric& metric : groups.front().metrics) columns.push_back(words_of(metric).label);
  Json rows = Json::array();
  for (const TraitGroupFigures& group : groups) {
    Json row = {group.trait, group.group, group.word, group.agents()};
    for (const Metric& metric : group.metrics) row.push_back(metric.agents > 0 ? Json(metric.mean) : Json());
    rows.push_back(std::move(row));
  }
  return {{"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

Json traits_section(const RunReader& run, std::span<const Outcome> outcomes) {
  const std::vector<TraitGroupFigures> groups = trait_group_figures(outcomes, run.traits());
  Json charts = Json::array();
  for (std::size_t metric = 0; metric < groups.front().metrics.size(); ++metric) {
    charts.push_back(trait_metric_chart(groups, metric));
  }
  charts.push_back(agents_chart(groups));
  Json traits = section_json("Trait groups",
                             "Every agent belongs to one group of each trait. Whiskers are 95 % confidence "
                             "intervals over the group's agents.",
                             std::move(charts));
  traits["size"] = "small";
  traits["tables"] = Json::array({trait_data(groups)});
  return traits;
}

// --- Searches ----------------------------------------------------------------------------------------------

Json searches_section(std::span<const SearchFigures> searches) {
  constexpr std::size_t most = 50;
  Json rows = Json::array();
  for (const SearchFigures& search : searches.first(std::min(searches.size(), most)))
    rows.push_back({search.query, search.times, search.answered, search.found, search.viewed});
  Json section =
      section_json("Searches",
                   "What agents searched the catalogue for. The pages that answer count as pages visited, "
                   "and in nothing else that judges the recommender.",
                   Json::array());
  section["tables"] = Json::array(
      {{{"caption", fmt::format("The most frequent of {}", grouped(searches.size()))},
        {"columns", {"searched for", "times", "pages that answer", "items found", "of them viewed"}},
        {"rows", std::move(rows)}}});
  return section;
}

// --- The whole page ----------------------------------------------------------------------------------------

Json metric_cards(std::span<const Metric> metrics) {
  Json cards = Json::array();
  for (const Metric& metric : metrics) {
    const MetricWords words = words_of(metric);
    cards.push_back(
        {{"label", words.label},
         {"meaning", words.meaning},
         {"mean", metric.mean},
         {"half_width", half_width_of(metric) ? Json(*half_width_of(metric)) : Json()},
         {"basis", fmt::format("{} agents, {} pages", grouped(metric.agents), grouped(metric.pages))}});
  }
  return cards;
}

/// The saved scenario; null if the folder has none.
Json scenario_in(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "scenario.json";
  return std::filesystem::exists(file) ? read_json(file, ErrorKind::data) : Json();
}

/// Text of the value at a JSON pointer; "" if there is none.
std::string text_in(const Json& json, const char* path) {
  const Json::json_pointer pointer(path);
  if (!json.contains(pointer)) return "";
  return json[pointer].is_string() ? json[pointer].get<std::string>() : json[pointer].dump();
}

Json tiers_section(const Json& tiers) {
  Json section = section_json("Language models, and agents fitted to them",
                              fmt::format("When the first round was over the statistical mind was fitted to "
                                          "the {} agents that language models had "
                                          "played; its agents came with the second. From then on both met "
                                          "the same recommender. By chance: the gap "
                                          "between two resamples of the language models' agents.",
                                          tiers["fitted_to"].get<std::size_t>()),
                              Json::array());
  section["tables"] = Json::array(
      {gaps_table_json("From round 2 on", "language models", "fitted agents", tiers["comparison"])});
  return section;
}

/// What was recommended to each trait group in the last round; null if that is not known.
Json exposure_by_group(std::span<const RoundMetric> metrics) {
  std::uint16_t last = 0;
  std::map<std::pair<std::string, std::string>, double> values;  // by group and figure
  for (const RoundMetric& metric : metrics) last = std::max(last, metric.round);
  for (const RoundMetric& metric : metrics) {
    const std::size_t of = metric.metric.find("_of_");
    if (metric.round != last || !metric.is_of_group() || !metric.metric.starts_with("recommended_")) continue;
    values[{metric.metric.substr(of + 4), chart_and_curve(metric.metric.substr(0, of)).first}] = metric.value;
  }
  if (values.empty()) return nullptr;
  Json columns = Json::array({"group"});
  for (const RoundFigure& figure : round_figures()) {
    if (figure.of_agents) columns.push_back(figure.title);
  }
  Json rows = Json::array();
  for (std::size_t group = 0; group < kTraitGroups; ++group) {
    Json& row = rows.emplace_back(Json::array({trait_group_name(group)}));
    for (const RoundFigure& figure : round_figures()) {
      if (!figure.of_agents) continue;
      const auto found = values.find({trait_group_name(group), std::string(figure.name)});
      row.push_back(found == values.end() ? Json() : Json(found->second));
    }
  }
  Json section =
      section_json("What each group was recommended",
                   "In the last round; means over agents. Formulas: docs/metrics.md.", Json::array());
  section["tables"] = Json::array({{{"columns", std::move(columns)}, {"rows", std::move(rows)}}});
  return section;
}

Json sections_of(const RunReader& run, std::span<const Outcome> outcomes, const Json& scenario) {
  Json sections = Json::array();
  if (Json charts = round_charts(run.round_metrics()); !charts.empty()) {
    sections.push_back(section_json("Round by round", about_movement(scenario), std::move(charts)));
  }
  if (Json section = exposure_by_group(run.round_metrics()); !section.is_null())
    sections.push_back(std::move(section));
  if (outcomes.empty()) return sections;
  run.with_meta("tiers", [&](const Json& tiers) { sections.push_back(tiers_section(tiers)); });
  sections.push_back(pages_section(run, outcomes));
  if (Json section = interview_section(run); !section.is_null()) sections.push_back(std::move(section));
  sections.push_back(positions_section(run));
  sections.push_back(traits_section(run, outcomes));
  if (const auto searches = run.searches(); !searches.empty()) sections.push_back(searches_section(searches));
  const std::vector<ItemFigures> items = run.items();
  if (items.empty()) return sections;
  sections.push_back(items_section(items, item_name_of(run)));
  sections.push_back(exposure_section(items, item_name_of(run)));
  return sections;
}

// --- Rounds ------------------------------------------------------------------------------------------------

/// Adds a point to the named one of `curves`, which is made if need be.
void add_point(Json& curves, const std::string& name, Json point) {
  auto curve = std::ranges::find_if(curves, [&](const Json& c) { return c["name"] == name; });
  if (curve == curves.end()) {
    curves.push_back({{"name", name}, {"points", Json::array()}});
    curve = curves.end() - 1;
  }
  (*curve)["points"].push_back(std::move(point));
}

}  // namespace

Json words_of_round_metric(const std::string& name) {
  for (const RoundFigure& known : round_figures()) {
    if (known.name != name) continue;
    return {{"title", known.title},
            {"unit", known.unit},
            {"note", known.note},
            {"range", {0, known.most ? Json(*known.most) : Json()}}};
  }
  for (const OfflineFigure& known : offline_figures()) {
    if (known.name == name)
      return {{"title", known.title}, {"unit", known.unit}, {"note", known.note}, {"range", {0, 1}}};
  }
  if (const MetricWords known = words_of(Metric{.name = name}); !known.meaning.empty())
    return {{"title", known.label},
            {"unit", known.meaning},
            {"note", "Mean over agents."},
            {"range", {0, Json()}}};
  std::string title = name;
  std::ranges::replace(title, '_', ' ');
  Json words{{"title", title}, {"unit", ""}};
  for (const PositionFigure& known : position_figures()) {
    if (name == fmt::format("{}_by_position", known.name) || name == fmt::format("{}_by_page", known.name))
      words.update({{"unit", known.unit}, {"range", {known.least, known.most}}});
  }
  return words;
}

std::pair<std::string, std::string> chart_and_curve(const std::string& metric) {
  const std::size_t cut = metric.find('_');
  const std::string word = metric.substr(0, cut);
  if (word == "recommended" || word == "viewed" || word == "liked") return {metric.substr(cut + 1), word};
  if (word == "position" || word == "page") {
    const std::size_t figure = metric.find('_', cut + 1);
    return {fmt::format("{}_by_{}", metric.substr(figure + 1), word),
            metric.substr(cut + 1, figure - cut - 1)};
  }
  return {metric, "value"};
}

Json charts_in_order(std::map<std::string, Json> charts) {
  Json ordered = Json::array();
  for (const RoundFigure& known : round_figures()) {
    for (const char* of : {"", "recommended_", "viewed_", "liked_"}) {
      if (auto chart = charts.extract(of + std::string(known.name)))
        ordered.push_back(std::move(chart.mapped()));
    }
  }
  for (auto& [name, chart] : charts) ordered.push_back(std::move(chart));
  return ordered;
}

Json round_charts(std::span<const RoundMetric> metrics) {
  std::set<std::uint16_t> rounds;
  std::map<std::string, Json> curves;  // by the metric's name without its first word
  for (const RoundMetric& metric : metrics) {
    if (metric.is_of_group()) continue;
    rounds.insert(metric.round);
    const auto [name, curve] = chart_and_curve(metric.metric);
    add_point(curves[name], curve, {{"x", metric.round + 1}, {"mean", metric.value}});
  }
  if (rounds.size() < 2) return Json::array();
  std::map<std::string, Json> charts;
  for (auto& [name, series] : curves) {
    Json& chart = charts[name] = words_of_round_metric(name);
    chart.update({{"kind", "curves"}, {"x_title", "round"}, {"series", std::move(series)}});
  }
  return charts_in_order(std::move(charts));
}

namespace {

/// Such as "statistical", or "llm: a model, another"; of several minds what each is.
std::string mind_text(const Json& mind) {
  std::vector<std::string> texts;
  if (mind.is_array()) {
    for (const Json& each : mind) texts.push_back(mind_text(each));
    return fmt::format("{}", fmt::join(texts, "; "));
  }
  if (mind.contains("endpoints")) {
    for (const Json& endpoint : mind["endpoints"]) {
      const std::string model = text_in(endpoint, "/model");
      if (!model.empty() && std::ranges::find(texts, model) == texts.end()) texts.push_back(model);
    }
  }
  return text_in(mind, "/kind") + (texts.empty() ? "" : fmt::format(": {}", fmt::join(texts, ", ")));
}

}  // namespace

Json facts_of(const RunReader& run, const Json& scenario) {
  Json facts = Json::array();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) facts.push_back({{"name", name}, {"value", value}});
  };
  add("dataset", run.meta("dataset"));
  add("agents", run.meta("population"));
  add("recommender", over_arms(scenario, [](const Json& arm) { return text_in(arm, "/recommender/kind"); }));
  run.with_meta("rankings", [&](const Json& rankings) { add("rankings", ranking_sources(rankings)); });
  add("mind",
      over_arms(scenario, [](const Json& arm) { return mind_text(arm.value("mind", Json::object())); }));
  add("rounds", text_in(scenario, "/rounds"));
  add("seed", run.meta("seed"));
  return facts;
}

Json caveats_section(std::span<const std::string> sentences) {
  Json rows = Json::array();
  for (const std::string& sentence : sentences) rows.push_back(Json::array({sentence}));
  if (rows.empty()) return {};
  Json section = section_json("To bear in mind", "", Json::array());
  section["tables"] =
      Json::array({{{"columns", {"where figures lose part of their meaning"}}, {"rows", std::move(rows)}}});
  return section;
}

Json report_data(const RunReader& run, const std::filesystem::path& folder) {
  const std::vector<Outcome>& outcomes = run.outcomes();
  const std::vector<Metric> metrics = metrics_so_far(run, outcomes);
  const Json scenario = scenario_in(folder);
  const std::string name = text_in(scenario, "/name");
  Json data = {{"title", name.empty() ? run.meta("dataset") : name},
               {"subtitle", text_in(scenario, "/description")},
               {"facts", facts_of(run, scenario)},
               {"sections", Json::array()},
               {"digest", run.meta("digest")},
               {"version", run.meta("version")}};
  if (run.meta("store") == "summary") {
    data["notice"] = "Only what sums the run up was kept (--store summary).";
  } else {
    data["sections"] = sections_of(run, outcomes, scenario);
    data["agents"] = agent_list_json(run, folder);
  }
  if (Json section = caveats_section(caveats_of(run)); !section.is_null())
    data["sections"].insert(data["sections"].begin(), std::move(section));
  run.with_meta("llm", [&](const Json& llm) { data["sections"].push_back(call_section(llm)); });
  if (const std::vector<std::string> notes = unfinished_notes(folder); !notes.empty())
    data["notice"] = fmt::format("{}", fmt::join(notes, " "));
  if (has_figures(metrics)) {
    data["metrics"] = metric_cards(metrics);
    data["metrics_note"] = "± is half the width of the 95 % confidence interval over agents (Student's t).";
  }
  if (!scenario.is_null()) {
    data["scenario"] = scenario;
    const NextCommand command = next_command(folder);
    data["command"] = command.text;
    data["command_says"] = command.says;
  }
  return data;
}

}  // namespace throng

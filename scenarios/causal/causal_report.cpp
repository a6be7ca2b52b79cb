#include "scenarios/causal/causal_report.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "recsys/text/csv.h"
#include "scenarios/causal/arc_diagram.h"
#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

/// A pair that is no edge is told of from here.
constexpr double kNoteworthy = 0.05;

const std::string& name_of(const CausalGraph& graph, std::size_t variable) {
  return graph.options.variables[variable];
}

std::vector<std::string> names_in_order(const CausalGraph& graph) {
  std::vector<std::string> names;
  for (const Eigen::Index variable : graph.model.order)
    names.push_back(name_of(graph, static_cast<std::size_t>(variable)));
  return names;
}

std::vector<CausalEdge> noteworthy(const CausalGraph& graph) {
  std::vector<CausalEdge> edges = graph.pairs();
  std::erase_if(edges, [](const CausalEdge& edge) {
    return edge.weight == 0 && edge.probability.value_or(0) < kNoteworthy;
  });
  return edges;
}

/// Of an effect; nothing where there is none.
std::string weight_text(double weight) { return weight == 0 ? "-" : fmt::format("{:.3f}", weight); }

std::string probability_text(const std::optional<double>& probability) {
  return probability ? fmt::format("{:.1f} %", 100 * *probability) : "-";
}

std::string basis_text(const CausalGraph& graph) {
  std::string text = fmt::format("{} items that were shown at least {} times", grouped(graph.items.size()),
                                 graph.options.min_exposures);
  std::vector<std::string> left_out;
  if (graph.rarely_shown > 0)
    left_out.push_back(fmt::format("{} shown less often", grouped(graph.rarely_shown)));
  if (graph.incomplete > 0)
    left_out.push_back(fmt::format("{} without a value of one of the variables", grouped(graph.incomplete)));
  if (!left_out.empty()) text += fmt::format(" (left out: {})", fmt::join(left_out, ", "));
  return text;
}

/// What was known of the order.
std::string known_text(const CausalGraph& graph) {
  if (graph.options.order.size() < 2) return "nothing of the order";
  std::vector<std::string> groups;
  for (const std::vector<std::string>& group : graph.options.order)
    groups.push_back(fmt::format("{}", fmt::join(group, " and ")));
  return fmt::format("{}", fmt::join(groups, " before "));
}

Json edges_table(const CausalGraph& graph) {
  Json rows = Json::array();
  for (const CausalEdge& edge : noteworthy(graph)) {
    rows.push_back({name_of(graph, edge.cause), name_of(graph, edge.effect),
                    edge.weight == 0 ? Json() : Json(edge.weight),
                    edge.total == 0 ? Json() : Json(edge.total),
                    edge.probability ? Json(100 * *edge.probability) : Json()});
  }
  return {{"columns", {"cause", "effect", "weight", "total effect", "% of resamples"}},
          {"rows", std::move(rows)}};
}

std::string drawing(const CausalGraph& graph) {
  std::vector<std::size_t> places(graph.options.variables.size());
  for (std::size_t place = 0; place < places.size(); ++place)
    places[static_cast<std::size_t>(graph.model.order[place])] = place;
  std::vector<Arc> arcs;
  for (const CausalEdge& edge : graph.pairs()) {
    if (edge.weight == 0) continue;
    Arc& arc = arcs.emplace_back(Arc{.from = places[edge.cause],
                                     .to = places[edge.effect],
                                     .weight = edge.weight,
                                     .label = fmt::format("{:.2f}", edge.weight)});
    if (!edge.probability) continue;
    arc.label += fmt::format(" · {:.0f} %", 100 * *edge.probability);
    arc.is_dashed = *edge.probability < 0.5;
  }
  return arc_diagram(names_in_order(graph), arcs);
}

}  // namespace

std::string causal_text(const CausalGraph& graph) {
  Table table({"edge", "weight", "total effect", "probability"});
  for (const CausalEdge& edge : noteworthy(graph)) {
    table.add_row({fmt::format("{} → {}", name_of(graph, edge.cause), name_of(graph, edge.effect)),
                   weight_text(edge.weight), weight_text(edge.total), probability_text(edge.probability)});
  }
  std::string text = fmt::format("  {}\n  known    {}\n  order    {}\n\n{}\n", basis_text(graph),
                                 known_text(graph), fmt::join(names_in_order(graph), ", "), table.text());
  text +=
      "  weight, total effect: standard deviations of the effect for one of the cause, directly and over all "
      "paths\n";
  if (graph.options.resamples > 0)
    text += fmt::format("  probability: share of {} resamples of the items that have the edge\n",
                        grouped(graph.probabilities.resamples));
  return text;
}

Json causal_json(const CausalGraph& graph) {
  Json variables = Json::array();
  for (const std::string& name : graph.options.variables)
    variables.push_back({{"name", name}, {"meaning", variable_named(name)->meaning}});
  Json edges = Json::array();
  for (const CausalEdge& edge : graph.pairs()) {
    edges.push_back({{"cause", name_of(graph, edge.cause)},
                     {"effect", name_of(graph, edge.effect)},
                     {"weight", edge.weight},
                     {"total", edge.total},
                     {"probability", edge.probability ? Json(*edge.probability) : Json()}});
  }
  return {{"items", graph.items.size()},       {"rarely_shown", graph.rarely_shown},
          {"incomplete", graph.incomplete},    {"min_exposures", graph.options.min_exposures},
          {"variables", std::move(variables)}, {"known_order", graph.options.order},
          {"order", names_in_order(graph)},    {"resamples", graph.probabilities.resamples},
          {"edges", std::move(edges)}};
}

Json causal_section(const CausalGraph& graph) {
  Json chart{{"kind", "drawing"},
             {"title", "What causes what among the variables of items"},
             {"width", "full"},
             {"svg", drawing(graph)},
             {"table", edges_table(graph)},
             {"note",
              "Causes stand before their effects. Above the line effects that raise, below it effects that "
              "lower: standard deviations of the effect for one of the cause, and the share of resamples "
              "that have the edge (dashed: less than half)."}};
  return section_json(
      "Causal graph",
      fmt::format(
          "DirectLiNGAM on {}. Known: {}. It takes effects for linear and knows of no causes but these "
          "variables: the recommender, which decides what is shown, is none of them.",
          basis_text(graph), known_text(graph)),
      Json::array({std::move(chart)}));
}

void write_causal_tables(const CausalGraph& graph, const std::filesystem::path& folder) {
  create_folder(folder);
  CsvWriter edges(folder / "causal_edges.csv");
  edges.row({"cause", "effect", "weight", "total", "probability"});
  for (const CausalEdge& edge : graph.pairs()) {
    edges.field(name_of(graph, edge.cause));
    edges.field(name_of(graph, edge.effect));
    edges.number(edge.weight);
    edges.number(edge.total);
    edges.field(edge.probability ? fmt::format("{}", *edge.probability) : "");
    edges.end_row();
  }
  CsvWriter items(folder / "causal_items.csv");
  items.field("item");
  for (const std::string& name : graph.options.variables) items.field(name);
  items.end_row();
  for (std::size_t i = 0; i < graph.items.size(); ++i) {
    items.field(cell_text(graph.items[i]));
    for (const double value : graph.values.row(static_cast<Eigen::Index>(i))) items.number(value);
    items.end_row();
  }
  edges.close();
  items.close();
}

}  // namespace throng

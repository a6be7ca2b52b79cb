#include "scenarios/causal/causal_graph.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace throng {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::uint64_t kSeed = 0;

Failure usage(const std::string& message) { return {ErrorKind::usage, message}; }

const ItemVariable* require_variable(const std::string& name) {
  if (const ItemVariable* variable = variable_named(name)) return variable;
  std::vector<std::string_view> all;
  for (const ItemVariable& variable : item_variables()) all.push_back(variable.name);
  throw usage(fmt::format("items have no variable \"{}\"; there are: {}", name, fmt::join(all, ", ")));
}

std::vector<const ItemVariable*> variables_named(const std::vector<std::string>& names) {
  std::vector<const ItemVariable*> variables;
  for (const std::string& name : names) {
    variables.push_back(require_variable(name));
    if (std::ranges::count(names, name) > 1)
      throw usage(fmt::format("the variable {} stands there twice", name));
  }
  if (variables.size() < 2) throw usage("a causal graph needs two variables or more");
  return variables;
}

/// The order without the variables that do not take part.
std::vector<std::vector<std::string>> order_of_variables(const CausalOptions& options) {
  std::vector<std::vector<std::string>> order;
  std::set<std::string> named;
  for (const std::vector<std::string>& names : options.order) {
    std::vector<std::string> group;
    for (const std::string& name : names) {
      require_variable(name);
      if (!named.insert(name).second) throw usage(fmt::format("the order names {} twice", name));
      if (std::ranges::count(options.variables, name) > 0) group.push_back(name);
    }
    if (!group.empty()) order.push_back(std::move(group));
  }
  return order;
}

KnownOrder columns_of(const std::vector<std::vector<std::string>>& order,
                      const std::vector<std::string>& variables) {
  KnownOrder known;
  for (const std::vector<std::string>& names : order) {
    std::vector<Index>& columns = known.emplace_back();
    for (const std::string& name : names)
      columns.push_back(std::ranges::find(variables, name) - variables.begin());
  }
  return known;
}

/// Empty if one of them has no value.
std::vector<double> values_of(const ObservedItem& item, std::span<const ItemVariable* const> variables) {
  std::vector<double> values;
  for (const ItemVariable* variable : variables) {
    const std::optional<double> value = variable->of(item);
    if (!value) return {};
    values.push_back(*value);
  }
  return values;
}

void gather(std::span<const ObservedItem> items, CausalGraph& graph) {
  const std::vector<const ItemVariable*> variables = variables_named(graph.options.variables);
  std::vector<std::vector<double>> rows;
  for (const ObservedItem& item : items) {
    if (item.exposures == 0) continue;
    std::vector<double> row = values_of(item, variables);
    if (item.exposures < graph.options.min_exposures) {
      ++graph.rarely_shown;
    } else if (row.empty()) {
      ++graph.incomplete;
    } else {
      graph.items.push_back(item.id);
      rows.push_back(std::move(row));
    }
  }
  graph.values.resize(std::ssize(rows), std::ssize(variables));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t v = 0; v < variables.size(); ++v)
      graph.values(static_cast<Index>(i), static_cast<Index>(v)) = rows[i][v];
  }
}

void require_variation(const CausalGraph& graph) {
  if (graph.values.rows() < graph.values.cols() + 1) {
    throw Failure(
        ErrorKind::data,
        fmt::format("{} items were shown at least {} times and have all of {}: a graph of {} "
                    "variables needs {} or more",
                    graph.values.rows(), graph.options.min_exposures,
                    fmt::join(graph.options.variables, ", "), graph.values.cols(), graph.values.cols() + 1));
  }
  for (Index v = 0; v < graph.values.cols(); ++v) {
    if (graph.values.col(v).maxCoeff() > graph.values.col(v).minCoeff()) continue;
    throw Failure(ErrorKind::data,
                  fmt::format("{} is the same for all {} items: leave it out, with --variables",
                              graph.options.variables[static_cast<std::size_t>(v)], graph.values.rows()));
  }
}

MatrixXd z_scored(const MatrixXd& values) {
  const MatrixXd centred = values.rowwise() - values.colwise().mean();
  const Eigen::RowVectorXd deviations =
      (centred.colwise().squaredNorm() / static_cast<double>(values.rows())).cwiseSqrt();
  return centred.array().rowwise() / deviations.array();
}

}  // namespace

std::vector<CausalEdge> CausalGraph::pairs() const {
  const MatrixXd totals = model.total_effects();
  std::vector<CausalEdge> pairs;
  for (const Index effect : model.order) {
    for (const Index cause : model.order) {
      if (cause == effect) continue;
      CausalEdge& pair = pairs.emplace_back(CausalEdge{.cause = static_cast<std::size_t>(cause),
                                                       .effect = static_cast<std::size_t>(effect),
                                                       .weight = model.weights(effect, cause),
                                                       .total = totals(effect, cause)});
      if (probabilities.resamples > 0) pair.probability = probabilities.of_edges(effect, cause);
    }
  }
  return pairs;
}

CausalGraph causal_graph(std::span<const ObservedItem> items, CausalOptions options) {
  CausalGraph graph{.options = std::move(options)};
  graph.options.order = order_of_variables(graph.options);
  gather(items, graph);
  require_variation(graph);
  const MatrixXd samples = z_scored(graph.values);
  const KnownOrder known = columns_of(graph.options.order, graph.options.variables);
  graph.model = direct_lingam(samples, known).value();
  graph.probabilities = bootstrap_edges(samples, known, graph.options.resamples, Draws(kSeed));
  return graph;
}

}  // namespace throng

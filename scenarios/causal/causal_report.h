#pragma once

#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "scenarios/causal/causal_graph.h"

namespace throng {

/// A graph for the terminal: what it rests on, the order, and its edges.
std::string causal_text(const CausalGraph& graph);

/// {"items", "rarely_shown", "incomplete", "min_exposures", "variables": [{"name", "meaning"}], "known_order": [[name]], "order":
/// [name], "resamples", "edges": every pair as {"cause", "effect", "weight", "total", "probability" (null without resamples)}}.
Json causal_json(const CausalGraph& graph);

/// A section of html_report's data: the graph drawn, and its edges.
Json causal_section(const CausalGraph& graph);

/// Writes causal_edges.csv (every pair, as in causal_json) and causal_items.csv (what the graph rests on: a row for each item, its id in
/// the source and its variables) into a folder, which is made if it is absent.
void write_causal_tables(const CausalGraph& graph, const std::filesystem::path& folder);

}  // namespace throng

#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace throng {

/// An arrow from one node of a drawing to a later one.
struct Arc {
  std::size_t from = 0;
  std::size_t to = 0;
  double weight = 0;  ///< as wide as the arrow is, up to 1; below 0: it runs below the line
  std::string label;
  bool is_dashed = false;
};

/// Nodes on a line, from left to right, with arcs between them, as an SVG element for html_report. Names and labels may be any text.
std::string arc_diagram(std::span<const std::string> nodes, std::span<const Arc> arcs);

}  // namespace throng

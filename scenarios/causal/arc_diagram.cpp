#include "scenarios/causal/arc_diagram.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "scenarios/report/page.h"

namespace throng {
namespace {

// Pixels.
constexpr double kMargin = 12;
constexpr double kNodeWidth = 96;
constexpr double kNodeHeight = 34;
constexpr double kNodeDistance = 138;  // from middle to middle
constexpr double kFirstApex = 30;      // of an arc to the next node, above the nodes
constexpr double kMoreApex = 36;       // for each node that it passes
constexpr double kLabelHeight = 20;
constexpr double kFoot = 13;  // from the middle of a node to where its arcs begin and end
constexpr double kArrow = 9;  // the length of an arrow's head

/// Where the middle of a Bézier curve is that leaves both its ends at right angles, as a share of how far its control points are out.
constexpr double kBezierApex = 0.75;

double middle_of(std::size_t node) {
  return kMargin + kNodeWidth / 2 + kNodeDistance * static_cast<double>(node);
}

double apex_of(const Arc& arc) { return kFirstApex + kMoreApex * static_cast<double>(arc.to - arc.from - 1); }

/// What the arcs on one side of the line take.
double room_for(std::span<const Arc> arcs, bool below) {
  double room = 0;
  for (const Arc& arc : arcs) {
    if ((arc.weight < 0) == below) room = std::max(room, apex_of(arc) + kLabelHeight);
  }
  return room;
}

std::string node_svg(const std::string& name, double x, double y) {
  return fmt::format(
      R"svg(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="6" fill="var(--wash)" stroke="var(--line)"/>)svg"
      R"svg(<text x="{:.1f}" y="{:.1f}" font-size="14" text-anchor="middle" fill="var(--ink)">{}</text>)svg",
      x - kNodeWidth / 2, y - kNodeHeight / 2, kNodeWidth, kNodeHeight, x, y + 5, markup_text(name));
}

std::string arc_svg(const Arc& arc, double line) {
  const double out = arc.weight < 0 ? 1 : -1;  // away from the line
  const double begin = middle_of(arc.from) + kFoot;
  const double end = middle_of(arc.to) - kFoot;
  const double edge = line + out * kNodeHeight / 2;
  const double control = edge + out * apex_of(arc) / kBezierApex;
  const double neck = edge + out * kArrow;
  const double label = edge + out * apex_of(arc) + (arc.weight < 0 ? 15 : -7);
  const char* const colour = arc.weight < 0 ? "var(--series-1)" : "var(--series-0)";
  return fmt::format(
      R"svg(<path d="M{0:.1f} {1:.1f}C{0:.1f} {2:.1f} {3:.1f} {2:.1f} {3:.1f} {4:.1f}" fill="none" stroke="{5}" stroke-width="{6:.1f}"{7}/>)svg"
      R"svg(<path d="M{8:.1f} {4:.1f}H{9:.1f}L{3:.1f} {1:.1f}Z" fill="{5}"/>)svg"
      R"svg(<text x="{10:.1f}" y="{11:.1f}" font-size="12" text-anchor="middle" fill="var(--ink)">{12}</text>)svg",
      begin, edge, control, end, neck, colour, 1 + 4 * std::min(std::abs(arc.weight), 1.0),
      arc.is_dashed ? R"svg( stroke-dasharray="6 5")svg" : "", end - kArrow / 2, end + kArrow / 2,
      (begin + end) / 2, label, markup_text(arc.label));
}

}  // namespace

std::string arc_diagram(std::span<const std::string> nodes, std::span<const Arc> arcs) {
  const double above = room_for(arcs, false);
  const double line = kMargin + above + kNodeHeight / 2;
  const double height = line + kNodeHeight / 2 + room_for(arcs, true) + kMargin;
  const double width = nodes.empty() ? 2 * kMargin : middle_of(nodes.size() - 1) + kNodeWidth / 2 + kMargin;
  std::string svg = fmt::format(
      R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0f} {:.0f}">)svg", width, height);
  for (const Arc& arc : arcs) svg += arc_svg(arc, line);
  for (std::size_t i = 0; i < nodes.size(); ++i) svg += node_svg(nodes[i], middle_of(i), line);
  return svg + "</svg>";
}

}  // namespace throng

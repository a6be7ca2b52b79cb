#pragma once

#include <string>

#include "engine/base/json.h"

namespace throng {

/// A report as one self-contained HTML page, which asks for nothing from anywhere. All text in `data` may be
/// hostile: it is shown as text. What is absent from `data` is absent from the page.
///
/// `data` is an object with these keys, all optional except "title":
///   "title"        text
///   "subtitle"     text
///   "notice"       text that must not be overlooked, such as "this run has not finished"
///   "facts"        [{"name", "value"}]: a line of small facts
///   "metrics"      [{"label", "meaning", "mean", "half_width", "basis"}]: the headline, in large numbers; half_width:
///                  half the width of the mean's 95 % interval, or null; "basis" says what a figure rests on, such
///                  as "1000 agents, 2997 pages"
///   "metrics_note" text below them: what the intervals are of
///   "sections"     [{"heading", "text"?, "charts"?: [chart], "tables"?: [table], "size"?: "small"}]; small
///   charts stand
///                  three in a row instead of two
///   "command"      the command that makes the report's run again, or completes it
///   "command_says" text before it: which of the two
///   "digest", "version"   text
///   "scenario"     any JSON, shown as it is
///
/// A table is {"caption"?, "columns": [text], "rows": [[text, number or null]]}. Columns of numbers are
/// aligned right.
///
/// A chart is one of the following. All have a "title", may have a "unit" (the title of the axis of values),
/// an "x_title" (of the other axis), a "note" (a sentence below), a "width" ("full": the whole width of the
/// page) and a "table" (else the table under the chart is made of the chart's own numbers).
///   {"kind": "bars", "labels": [text], "series": [{"name", "values": [number], "half_widths"?: [number or null]}],
///    (drawn as whiskers: 95 % intervals)
///    "direction"?: "down" (labels below each other), "groups"?: [text] (parallel to labels: bars of one
///    group have one colour, and the groups are the legend)}
///   {"kind": "curves", "series": [{"name", "points": [{"x", "mean", "low"?, "high"?}],
///    "colour"?: 0 .. 5, "line"?: "dashed"}], "range"?: [least, greatest or null]}: low and high are drawn as a
///    band; range is what values can be, which the axis does not leave
///   {"kind": "scatter", "points": [{"x", "y", "name"}], "reference"?: {"name", "points": [{"x", "y"}]},
///    "scale"?: "log" (of 1 + value, so that 0 has its place)}
/// A chart without "kind" is one of curves.
std::string html_report(const Json& data);

/// JSON that may stand in an HTML script element: no character of it can end the element or open a comment.
std::string json_for_script(const Json& json);

}  // namespace throng

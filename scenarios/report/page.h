#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {

struct StudyFigures;

// Parts of html_report's data.

Json section_json(const char* heading, std::string text, Json charts);
/// A table of how far two populations are apart; `gaps`: see gaps_json.
Json gaps_table_json(const std::string& caption, const char* recorded, const char* simulated,
                     const Json& gaps);
Json bar_chart_json(const std::string& title, const char* unit, const char* x_title, Json labels,
                    Json series);

/// 0 of nothing.
double share(std::size_t part, std::size_t whole);
double percent(std::size_t part, std::size_t whole);

/// Such as "1,000,000".
std::string grouped(std::size_t number);

// Sections of html_report's data about items; `items` is the whole catalogue, not empty.

/// The most shown and the most liked items.
Json items_section(std::span<const ItemFigures> items, const std::string& item_name);

/// How often items were shown against how popular they are in the dataset.
Json exposure_section(std::span<const ItemFigures> items, const std::string& item_name);

/// What html_report shows of one run. `folder` is the run folder that `run` reads, as a user would name it:
/// its scenario.json, if there, is shown, and the command that reproduces the run names it.
Json report_data(const RunReader& run, const std::filesystem::path& folder);

// Parts of a study's page; `scenario` is one as a run folder or a study's folder holds it.

/// A fact of each arm's scenario, or of the scenario itself if it has no arms: what it comes to, each once, with commas.
std::string over_arms(const Json& scenario, const std::function<std::string(const Json&)>& fact);
/// Sentences that belong beside curves over rounds: how far they move in every arm, because what agents have picked is not shown to them
/// again. "" if it is in all arms.
std::string about_movement(const Json& scenario);
/// Of each headline metric how far the arms are from their baselines, with intervals over replicates, or over agents if there is one
/// replicate.
Json difference_charts(const StudyFigures& figures);
/// Sections of what changes along rounds, in itself and against the baseline, and along places on the page. Of one round: of what it was.
Json sections_along(const StudyFigures& figures, const Json& scenario);
/// What figures by place are of, within a sentence.
inline constexpr const char* kPlaces =
    "by place: shares of the items that stood there, and the mean rating of those viewed; means over the "
    "rounds";
/// The runs of a study, with links to those of their pages that have been drawn.
Json runs_section(const std::filesystem::path& study);

/// What a run, or a study, was of, for the "facts" of html_report.
Json facts_of(const RunReader& run, const Json& scenario);

/// The charts of figures that change from round to round, in the shape of html_report's curves. Metrics
/// called `recommended_X` and `viewed_X` become two curves of one chart; rounds count from 1. Empty for fewer
/// than two rounds.
Json round_charts(std::span<const RoundMetric> metrics);

/// How much of a run's agents one page holds.
struct AgentListLimits {
  std::size_t agents = 20'000;  ///< rows of the list
  std::size_t story_bytes =
      12'000'000;  ///< stories, as they stand on the page: with all the rest less than 20 MB
};

/// The "agents" of html_report's data: every agent in a row, and their stories, as many as the limits allow: those of agents drawn at
/// random, the same ones in every run of so many agents; "text" says what is left out, and which command tells it. `folder` is the
/// run folder, as a user would name it. Null if the run kept no agents.
Json agent_list_json(const RunReader& run, const std::filesystem::path& folder,
                     const AgentListLimits& limits = {});

/// What agents answered to the scenario's questions: a chart of each that is no question for words, and some words; null if there
/// is nothing.
Json interview_section(const RunReader& run);

/// A section that says what has to be borne in mind; null if there is nothing.
Json caveats_section(std::span<const std::string> sentences);

/// The title, unit, meaning and range of the chart of X in `recommended_X` and `viewed_X`: {"title", "unit",
/// "note"?, "range"?}.
Json words_of_round_metric(const std::string& name);
/// That X, and the curve there: {"X", "recommended"}. A metric of any other name is a chart of its own, its curve "value".
std::pair<std::string, std::string> chart_and_curve(const std::string& metric);
/// Charts, by X or by a metric of X, in the order of the table of figures (recommended, viewed, liked), then those that it does not
/// know.
Json charts_in_order(std::map<std::string, Json> charts);

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
///   "agents"       the list of agents, with search, and their stories (agent_list_json):
///     {"text": sentences above it, "item": what items are called, "ratings_are": what stands in place of ratings, or "", "command": that tells a story, but for its last word, the agent,
///      "traits": [{"name", "words": words of the groups 1 to 3}], "genres": [text], "minds": [text],
///      "feelings": [text], "actions": [{"done", "form": "flag", "number" or "feeling", "optional": 0 or 1}],
///      "items": [[title, genres, mean rating or null]],
///      "rows": [[agent, user, [group of each trait], [of "genres"], of "minds", sessions, items shown, viewed, liked, and of its
///      last session: pages visited, whether it was abandoned (0 or 1), score or null]], by agent,
///      "stories": [story or null], parallel to "rows"}
///     A story is {"persona"?, "own_taste"?: 1, "by_model"?: 1, "sessions": [{"round" (from 1), "began", "ended", "pages", "score"?, "abandoned"?: 1, "said",
///     "unusable", "answers": [text]}]}; a page {"at", "shown": [[of "items", aligned, values of "actions" ...], without
///     zeros at the end], "degraded"?: 1, "satisfaction"?, "so_far"?, "fatigue"?, "reflection"?, "exits"?: 1, "search"?, "results_of"?, "beside"?:
///     [[position, text]], "order"?: [position], "said", "unusable"}. "said" is [[position or 0, about, text]], "unusable" [[step,
///     problem, reply]]; both are absent if empty. Positions and pages count from 1.
///   "command"      the command that makes the report's run again, or completes it
///   "command_says" text before it: which of the two
///   "digest", "version"   text
///   "scenario"     any JSON, shown as it is
///
/// A table is {"caption"?, "columns": [text], "rows": [[text, number, null or {"text", "href"}]]}. Columns of numbers are
/// aligned right; what is saved as CSV has all their digits. An href is not checked: only Throng itself may make it.
///
/// A chart is one of the following. All have a "title", may have a "unit" (the title of the axis of values),
/// an "x_title" (of the other axis), a "note" (a sentence below), a "width" ("full": the whole width of the
/// page) and a "table" (else the table under the chart is made of the chart's own numbers).
///   {"kind": "bars", "labels": [text], "series": [{"name", "values": [number], "half_widths"?: [number or null]}],
///    (drawn as whiskers: 95 % intervals)
///    "direction"?: "down" (labels below each other), "groups"?: [text] (parallel to labels: bars of one
///    group have one colour, and the groups are the legend), "shape"?: "points" (in place of bars, for
///    values that may be next to 0)}
///   {"kind": "curves", "series": [{"name", "points": [{"x", "mean", "low"?, "high"?}],
///    "colour"?: 0 .. 5, "line"?: "dashed"}], "range"?: [least, greatest or null]}: low and high are drawn as a
///    band; range is what values can be, which the axis does not leave
///   {"kind": "scatter", "points": [{"x", "y", "name"}], "reference"?: {"name", "points": [{"x", "y"}]},
///    "scale"?: "log" (of 1 + value, so that 0 has its place)}
///   {"kind": "drawing", "svg", "table"}: an SVG element, put into the page as it is: who makes it passes every text through markup_text. It
///    has a viewBox (in pixels: the size of what is saved), neither width nor height, no scripts, no style attributes (the page's
///    policy forbids them) and no references. Colours are the page's, as attributes: fill="var(--ink)"; see page/report.css.
/// A chart without "kind" is one of curves.
std::string html_report(const Json& data);

/// Text that may stand in HTML and SVG, attributes included.
std::string markup_text(const std::string& text);

/// JSON that may stand in an HTML script element: no character of it can end the element or open a comment.
std::string json_for_script(const Json& json);

}  // namespace throng

// Parts of a study's page.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/report/page.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/study_figures.h"
#include "scenarios/report/study_report.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

/// The scenarios of the arms by name; of what has none, its own under "", which may be nothing yet.
std::vector<std::pair<std::string, Json>> arms_in(const Json& scenario) {
  std::vector<std::pair<std::string, Json>> arms;
  for (const auto& [name, changes] : changes_of_arms(scenario))
    arms.emplace_back(name, scenario).second.merge_patch(changes);
  if (arms.empty()) arms.emplace_back("", scenario.is_object() ? scenario : Json::object());
  return arms;
}

std::string word_or_json(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// "" if there is nothing.
std::string value_at(const Json& scenario, const std::string& path) {
  const Json* here = &scenario;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    const auto found = here->find(path.substr(from, dot - from));
    if (!here->is_object() || found == here->end()) return "";
    here = &*found;
    from = dot + 1;
  }
  return word_or_json(*here);
}

/// The paths of what arms set. An object of another kind than the study's scenario has comes with all options of that kind, most of which
/// nobody stated. Of these: its `kind`, what is not the kind's default, and what is not the same in all arms that have that kind there.
class PathsOfArms {
 public:
  explicit PathsOfArms(const Json& scenario) : scenario_(scenario) {}

  void add(const Json& changes) { add(changes, "", {}, changes); }

  std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, kinds] : in_order_) {
      const bool is_set = kinds.empty() || is_set_among(kinds, path);
      if (is_set && std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
    }
    return paths;
  }

 private:
  struct Values {
    std::size_t arms = 0;
    std::set<std::string> distinct;
    bool has_other_than_default = false;
  };

  /// The objects of another kind around a path.
  struct Around {
    std::string kinds;      ///< all of them
    std::string innermost;  ///< its path
  };

  void add(const Json& changes, const std::string& path, const Around& around, const Json& of_arm) {
    Around within = around;
    if (!path.empty() && changes.contains("kind")) {
      const std::string otherwise = value_at(scenario_, path + ".kind");
      if (!changes["kind"].is_string() || otherwise != changes["kind"].get<std::string>()) {
        within = {.kinds = around.kinds + fmt::format("{}={};", path, changes["kind"].dump()),
                  .innermost = path};
        ++arms_with_[within.kinds];
        if (!defaults_.contains(within.kinds))
          defaults_[within.kinds] = defaults_of_kind(scenario_, of_arm, path);
      }
    }
    for (const auto& [key, value] : changes.items()) {
      const std::string below = path.empty() ? key : path + "." + key;
      if (value.is_object() && !value.empty()) {
        add(value, below, within, of_arm);
      } else {
        note(below, key == "kind" ? around : within, word_or_json(value));
      }
    }
  }

  void note(const std::string& path, const Around& around, std::string value) {
    Values& values = values_[{path, around.kinds}];
    if (values.arms++ == 0) in_order_.emplace_back(path, around.kinds);
    if (!around.kinds.empty()) {
      const auto& defaults = defaults_.at(around.kinds);
      if (defaults && value_at(*defaults, path.substr(around.innermost.size() + 1)) != value)
        values.has_other_than_default = true;
    }
    values.distinct.insert(std::move(value));
  }

  bool is_set_among(const std::string& kinds, const std::string& path) const {
    const Values& values = values_.at({path, kinds});
    return values.has_other_than_default || values.distinct.size() > 1 || values.arms < arms_with_.at(kinds);
  }

  const Json& scenario_;
  std::vector<std::pair<std::string, std::string>> in_order_;  ///< paths and the kinds around them
  std::map<std::pair<std::string, std::string>, Values> values_;
  std::map<std::string, std::size_t> arms_with_;  ///< these kinds
  std::map<std::string, std::optional<Json>>
      defaults_;  ///< of the innermost of these kinds; nothing: unknown
};

bool shows_again(const Json& scenario) {
  static const Json::json_pointer repeats("/session/repeat_consumption");
  return scenario.contains(repeats) && scenario[repeats] == true;
}

/// More curves, or bars at a place, than these cannot be told apart.
constexpr std::size_t kMostCurves = 12;
/// So many rows of points fit on a screen or two.
constexpr std::size_t kMostRows = 60;

std::span<const ArmFigures> drawn(const StudyFigures& figures, std::size_t most) {
  return std::span(figures.arms).first(std::min(most, figures.arms.size()));
}

/// A sentence that begins with a blank; "" if nothing is left out.
std::string about_left_out(const StudyFigures& figures, std::size_t most) {
  if (figures.arms.size() <= most) return "";
  return fmt::format(
      " Drawn are the first {} of {} arms; the tables of throng report --csv (curves.csv, differences.csv) "
      "have "
      "all.",
      most, figures.arms.size());
}

std::string first_part(const std::string& arm) { return arm.substr(0, arm.find(',')); }

/// A point for each arm: a headline metric less that of its baseline. Null if there is none.
Json difference_chart(const StudyFigures& figures, const std::string& metric,
                      PairedDifference ArmDifference::*over) {
  Json labels = Json::array();
  Json means = Json::array();
  Json half_widths = Json::array();
  Json groups = Json::array();
  std::set<std::string> baselines;
  std::size_t left_out = 0;
  for (const ArmDifference& difference : figures.differences) {
    const PairedDifference& paired = difference.*over;
    if (difference.figure != metric || paired.pairs == 0) continue;
    baselines.insert(difference.baseline);
    if (labels.size() == kMostRows) {
      ++left_out;
      continue;
    }
    labels.push_back(difference.arm);
    groups.push_back(first_part(difference.arm));
    means.push_back(paired.mean);
    half_widths.push_back(paired.half_width ? Json(*paired.half_width) : Json());
  }
  if (labels.empty()) return nullptr;
  const auto& [label, meaning] = figures.words.at(metric);
  const bool has_points = baselines.size() > 1;  // of a sweep
  Json chart = bar_chart_json(
      fmt::format("{} less that of {}", label, has_points ? figures.baseline : *baselines.begin()), "", "arm",
      std::move(labels),
      Json::array(
          {{{"name", label}, {"values", std::move(means)}, {"half_widths", std::move(half_widths)}}}));
  chart["direction"] = "down";
  chart["shape"] = "points";
  if (has_points) chart["groups"] = std::move(groups);
  std::string note = meaning.empty() ? "" : fmt::format("{}: {}.", label, meaning);
  if (has_points) note += " Each arm less the baseline at its own point.";
  if (left_out > 0) note += fmt::format(" {} more arms: differences.csv (throng report --csv).", left_out);
  if (!note.empty()) chart["note"] = note.substr(note[0] == ' ' ? 1 : 0);
  return chart;
}

/// As things happen: recommended, viewed, liked.
int place_of(const std::string& curve) { return curve == "recommended" ? 0 : curve == "viewed" ? 1 : 2; }

/// The points of curves over the rounds, by figure, then by the number of the arm.
using Curves = std::map<std::string, std::map<std::size_t, Json>>;

Json point_of(std::uint16_t round, double mean, const std::optional<double>& half_width) {
  Json point{{"x", round + 1}, {"mean", mean}};
  if (half_width) point.update({{"low", mean - *half_width}, {"high", mean + *half_width}});
  return point;
}

Curves curves_of(const StudyFigures& figures) {
  Curves curves;
  for (std::size_t a = 0; a < figures.arms.size(); ++a) {
    for (const auto& [key, values] : figures.arms[a].rounds) {
      const ReplicateMean mean = mean_over_replicates(values);
      curves[key.first][a].push_back(point_of(key.second, mean.mean, mean.half_width));
    }
  }
  return curves;
}

Curves difference_curves_of(const StudyFigures& figures) {
  Curves curves;
  for (const ArmDifference& difference : figures.round_differences) {
    const PairedDifference& paired = difference.over_replicates;
    if (paired.pairs == 0) continue;
    const auto arm = std::ranges::find(figures.arms, difference.arm, &ArmFigures::arm) - figures.arms.begin();
    curves[difference.figure][static_cast<std::size_t>(arm)].push_back(
        point_of(*difference.round, paired.mean, paired.half_width));
  }
  return curves;
}

/// Of one arm or two recommended and viewed are two colours of one chart, dashed for the second arm; of more, each arm has a colour
/// and what was recommended and viewed have charts of their own.
Json curve_charts(const StudyFigures& figures, const Curves& curves) {
  const bool is_pair = figures.arms.size() <= 2;
  std::map<std::string, Json> charts;
  for (const auto& [metric, by_arm] : curves) {
    const auto [figure, of] = chart_and_curve(metric);
    Json& chart = charts[is_pair ? figure : metric];
    if (chart.is_null()) {
      chart = words_of_round_metric(figure);
      chart["x_title"] = "round";
      chart["series"] = Json::array();
      if (!is_pair && of != "value")
        chart["title"] = fmt::format("{}, {}", chart["title"].get<std::string>(), of);
    }
    for (const auto& [a, points] : by_arm) {
      if (a >= kMostCurves) continue;
      const bool says_of = is_pair && of != "value";
      Json series = {{"name", says_of ? fmt::format("{}, {}", of, figures.arms[a].arm) : figures.arms[a].arm},
                     {"points", points}};
      if (is_pair) {
        series["colour"] = place_of(of);
        series["line"] = a == 0 ? "solid" : "dashed";
      } else {
        series["colour"] = a % 6;
        series["line"] = a % 12 < 6 ? "solid" : "dashed";
      }
      chart["series"].push_back(std::move(series));
    }
  }
  std::erase_if(charts, [](const auto& chart) { return chart.second["series"].empty(); });
  return charts_in_order(std::move(charts));
}

/// Small charts: there are as many again.
Json round_differences_section(const StudyFigures& figures) {
  Json charts = curve_charts(figures, difference_curves_of(figures));
  if (charts.empty()) return nullptr;
  for (Json& chart : charts) {
    for (const char* of_values : {"range", "note"}) chart.erase(of_values);
  }
  Json section = section_json("Differences round by round",
                              fmt::format("Each arm less {}, replicate by replicate. Bands are 95 % "
                                          "confidence intervals of the mean difference "
                                          "over replicates (Student's t), each of its own; p adjusted for "
                                          "all of them stands in differences.csv "
                                          "(throng report --csv).{}",
                                          figures.baseline, about_left_out(figures, kMostCurves)),
                              std::move(charts));
  section["size"] = "small";
  return section;
}

/// A bar of each arm at every place.
Json place_chart(const StudyFigures& figures, const std::string& figure, const char* along) {
  std::set<std::uint16_t> places;
  for (const ArmFigures& arm : figures.arms) {
    for (const auto& [key, values] : arm.places) {
      if (key.first == figure) places.insert(key.second);
    }
  }
  if (places.empty()) return nullptr;
  Json labels = Json::array();
  for (const std::uint16_t place : places) labels.push_back(std::to_string(place + 1));
  Json series = Json::array();
  for (const ArmFigures& arm : drawn(figures, kMostCurves)) {
    Json means = Json::array();
    Json half_widths = Json::array();
    for (const std::uint16_t place : places) {
      const ReplicateMean mean = mean_over_replicates(figure_at(arm.places, figure, place));
      means.push_back(mean.replicates > 0 ? Json(mean.mean) : Json());
      half_widths.push_back(mean.half_width ? Json(*mean.half_width) : Json());
    }
    series.push_back(
        {{"name", arm.arm}, {"values", std::move(means)}, {"half_widths", std::move(half_widths)}});
  }
  const Json words = words_of_round_metric(figure);
  return bar_chart_json(words["title"].get<std::string>(), words["unit"].get<std::string>().c_str(), along,
                        std::move(labels), std::move(series));
}

/// A chart of each figure by position on the page and by page.
Json place_charts(const StudyFigures& figures) {
  Json charts = Json::array();
  for (const char* along : {"position", "page"}) {
    for (const PositionFigure& figure : position_figures()) {
      Json chart = place_chart(figures, fmt::format("{}_by_{}", figure.name, along), along);
      if (!chart.is_null()) charts.push_back(std::move(chart));
    }
  }
  return charts;
}

/// Of studies of one round: a row of points for each arm.
Json dot_charts(const StudyFigures& figures, const Curves& curves) {
  std::map<std::string, Json> charts;
  const auto arms = drawn(figures, kMostRows);
  Json labels = Json::array();
  for (const ArmFigures& arm : arms) labels.push_back(arm.arm);
  for (const auto& [metric, by_arm] : curves) {
    const auto [figure, of] = chart_and_curve(metric);
    Json& chart = charts[figure];
    if (chart.is_null()) {
      const Json words = words_of_round_metric(figure);
      chart = bar_chart_json(words.at("title").get<std::string>(), words.value("unit", "").c_str(), "arm",
                             labels, Json::array());
      chart["direction"] = "down";
      chart["shape"] = "points";
      if (words.contains("note")) chart["note"] = words["note"];
    }
    Json means = Json::array();
    Json half_widths = Json::array();
    for (const ArmFigures& arm : arms) {
      const ReplicateMean mean = mean_over_replicates(figure_at(arm.rounds, metric, 0));
      means.push_back(mean.replicates > 0 ? Json(mean.mean) : Json());
      half_widths.push_back(mean.half_width ? Json(*mean.half_width) : Json());
    }
    chart["series"].push_back({{"name", of == "value" ? chart["title"].get<std::string>() : of},
                               {"values", std::move(means)},
                               {"half_widths", std::move(half_widths)}});
  }
  for (auto& [figure, chart] : charts) {
    auto& series = chart["series"].get_ref<Json::array_t&>();
    std::ranges::stable_sort(series, std::ranges::less(),
                             [](const Json& each) { return place_of(each["name"].get<std::string>()); });
  }
  return charts_in_order(std::move(charts));
}

bool has_one_round(const Curves& curves) {
  return std::ranges::all_of(curves, [](const auto& metric) {
    return std::ranges::all_of(metric.second, [](const auto& arm) { return arm.second.size() == 1; });
  });
}

/// What changes from round to round.
Json rounds_section(const StudyFigures& figures, const Json& scenario) {
  const Curves curves = curves_of(figures);
  if (curves.empty()) return nullptr;
  if (has_one_round(curves)) {
    constexpr const char* whiskers =
        " Whiskers are 95 % confidence intervals of the mean over replicates (Student's t).";
    return section_json("What was shown, viewed and liked",
                        fmt::format("In the only round.{}{}", figures.replicates > 1 ? whiskers : "",
                                    about_left_out(figures, kMostRows)),
                        dot_charts(figures, curves));
  }
  return section_json(
      "Over the rounds",
      fmt::format("Bands are 95 % confidence intervals of the mean over replicates (Student's t).{} {}",
                  about_left_out(figures, kMostCurves), about_movement(scenario)),
      curve_charts(figures, curves));
}

Json places_section(const StudyFigures& figures) {
  Json charts = place_charts(figures);
  if (charts.empty()) return nullptr;
  return section_json(
      "Position on the page",
      fmt::format("In each replicate {}. Whiskers are 95 % confidence intervals of the mean over "
                  "replicates (Student's t). A recommender that ranks well makes later places worse "
                  "by itself.{}",
                  kPlaces, about_left_out(figures, kMostCurves)),
      std::move(charts));
}

}  // namespace

ArmSettings arm_settings(const Json& scenario) {
  ArmSettings settings;
  const auto changes = changes_of_arms(scenario);
  PathsOfArms paths(scenario);
  for (const auto& [arm, of_arm] : changes) paths.add(of_arm);
  settings.parameters = paths.paths();
  const auto values_in = [&](const Json& json) {
    std::vector<std::string> values;
    for (const std::string& parameter : settings.parameters) values.push_back(value_at(json, parameter));
    return values;
  };
  settings.otherwise = values_in(scenario);
  for (const auto& [arm, of_arm] : changes) settings.arms.emplace_back(arm, values_in(of_arm));
  return settings;
}

std::string over_arms(const Json& scenario, const std::function<std::string(const Json&)>& fact) {
  std::vector<std::string> values;
  for (const auto& [name, arm] : arms_in(scenario)) {
    const std::string value = fact(arm);
    if (!value.empty() && std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  return fmt::format("{}", fmt::join(values, ", "));
}

std::string about_movement(const Json& scenario) {
  std::vector<std::string> moving;
  const auto arms = arms_in(scenario);
  for (const auto& [name, arm] : arms) {
    if (!shows_again(arm)) moving.push_back(name);
  }
  if (moving.empty()) return "";
  const bool is_study = arms.size() > 1;
  const std::string who =
      moving.size() == arms.size() ? "" : fmt::format(" (in {})", fmt::join(moving, ", "));
  return fmt::format(
      "What agents have picked is not recommended to them again{}: with every round they are shown what "
      "stands "
      "further down their "
      "rankings, so that figures move by themselves, {}.",
      who,
      is_study ? "those of an arm that learns nothing too. What learning does is the distance between the "
                 "curves, not their slope"
               : "whether or not the recommender learns. What learning does is the distance from an arm that "
                 "learns nothing");
}

Json difference_charts(const StudyFigures& figures) {
  const auto over = figures.replicates > 1 ? &ArmDifference::over_replicates : &ArmDifference::over_agents;
  Json charts = Json::array();
  for (const std::string& metric : figures.metrics) {
    Json chart = difference_chart(figures, metric, over);
    if (!chart.is_null()) charts.push_back(std::move(chart));
  }
  return charts;
}

Json sections_along(const StudyFigures& figures, const Json& scenario) {
  Json sections = Json::array();
  for (Json section :
       {rounds_section(figures, scenario), round_differences_section(figures), places_section(figures)}) {
    if (!section.is_null()) sections.push_back(std::move(section));
  }
  return sections;
}

Json runs_section(const std::filesystem::path& study) {
  Json rows = Json::array();
  bool has_all_pages = true;
  for (const StudyRun& run : study_runs(study)) {
    const std::string status = run_status(run.folder);
    const bool has_page = std::filesystem::exists(run.folder / "report.html");
    has_all_pages = has_all_pages && has_page;
    rows.push_back(
        {has_page ? Json{{"text", run.name()}, {"href", run.name() + "/report.html"}} : Json(run.name()),
         run.arm, run.replicate, status.empty() ? "not begun" : status});
  }
  std::string text = "Each run has a page of its own, with its agents and their stories.";
  if (!has_all_pages)
    text += fmt::format(" This command draws those of all runs that have begun: {}", report_command(study));
  Json section = section_json("Runs", std::move(text), Json::array());
  section["tables"] =
      Json::array({{{"columns", {"run", "arm", "replicate", "state"}}, {"rows", std::move(rows)}}});
  return section;
}

}  // namespace throng

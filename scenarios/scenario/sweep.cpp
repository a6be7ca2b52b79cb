// A sweep over the keys of a scenario, as arms.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/base/text.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

constexpr Purpose kStratum{"sweep/stratum"};
constexpr Purpose kWithin{"sweep/within"};
constexpr std::size_t kMostArms = 1000;

[[noreturn]] void refuse(const std::string& source, const std::string& problem) {
  throw Failure(ErrorKind::usage, fmt::format("{}: {}", source, problem));
}

/// A key of the scenario that is swept: its path, such as "session.items_per_page", and its values or its range.
struct Axis {
  std::string path;
  Json values;
};

/// One combination of values: the name of its arm, and where it puts what.
struct Point {
  std::string name;
  std::vector<std::pair<std::string, Json>> settings;
};

std::vector<std::string> keys_of(const std::string& path) {
  std::vector<std::string> keys{""};
  for (const char c : path) {
    if (c == '.') {
      keys.emplace_back();
    } else {
      keys.back() += c;
    }
  }
  return keys;
}

/// Such as "items_per_page=4"; a value that is no number or word by its place in the list.
std::string label_of(const std::string& key, const Json& value, std::size_t place) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-' || c == '+';
  };
  const bool is_word =
      !value.is_structured() && !text.empty() && text.size() <= 30 && std::ranges::all_of(text, is_plain);
  return fmt::format("{}={}", key, is_word ? text : std::to_string(place + 1));
}

bool is_range(const Json& values) { return values.is_object(); }

std::vector<Point> grid(const std::vector<Axis>& axes, const std::string& source) {
  std::vector<Point> points{{}};
  std::vector<std::string> paths;
  for (const Axis& axis : axes) paths.push_back(axis.path);
  for (const Axis& axis : axes) {
    if (is_range(axis.values))
      refuse(source,
             fmt::format("/sweep/{}: a range needs \"samples\"; expected a list of values", axis.path));
    std::vector<Point> crossed;
    for (const Point& point : points) {
      for (std::size_t place = 0; place < axis.values.size(); ++place) {
        const Json& value = axis.values[place];
        Point& next = crossed.emplace_back(point);
        next.name += (next.name.empty() ? "" : ",") + label_of(short_path(axis.path, paths), value, place);
        next.settings.emplace_back(axis.path, value);
      }
    }
    points = std::move(crossed);
    if (points.size() > kMostArms)
      refuse(source,
             fmt::format("/sweep: it makes more than {} arms; \"samples\" takes some of them", kMostArms));
  }
  std::set<std::string> names;
  for (const Point& point : points) {
    if (!names.insert(point.name).second)
      refuse(source,
             fmt::format("/sweep: two of its points are \"{}\": expected each value once", point.name));
  }
  return points;
}

std::string numbered(const char* word, std::size_t place, std::size_t of) {
  return fmt::format("{}-{:0{}}", word, place + 1, std::to_string(of).size());
}

/// The value at `share`, in [0, 1), of a range or a list. Between whole numbers there are whole numbers only, each as likely.
Json value_at(const Axis& axis, double share, const std::string& source) {
  if (!is_range(axis.values))
    return axis.values[static_cast<std::size_t>(share * static_cast<double>(axis.values.size()))];
  const Json& from = axis.values["from"];
  const Json& to = axis.values["to"];
  const auto low = from.get<double>();
  const auto high = to.get<double>();
  const bool is_log = axis.values.value("scale", "linear") == "log";
  if (low >= high || (is_log && low <= 0)) {
    refuse(source, fmt::format("/sweep/{}: from {} to {}: expected {}the lower end first", axis.path,
                               from.dump(), to.dump(), is_log ? "numbers above 0, " : ""));
  }
  const bool is_whole = from.is_number_integer() && to.is_number_integer();
  if (is_log && is_whole)  // each number has the share of the scale up to the next
    return static_cast<std::int64_t>(std::floor(low * std::pow((high + 1) / low, share)));
  if (is_log) return low * std::pow(high / low, share);
  if (is_whole) return static_cast<std::int64_t>(std::floor(low + share * (high - low + 1)));
  return low + share * (high - low);
}

/// Each axis is cut into as many strata as there are samples; each stratum is met once, in an order of the axis's own.
std::vector<Point> latin_hypercube(const std::vector<Axis>& axes, std::uint32_t samples, std::uint64_t seed,
                                   const std::string& source) {
  const Draws draws(seed);
  std::vector<Point> points(samples);
  for (std::uint32_t a = 0; a < axes.size(); ++a) {
    std::vector<std::uint32_t> strata(samples);
    draws.permutation(strata, kStratum, {.agent = a});
    for (std::uint32_t n = 0; n < samples; ++n) {
      const double within = draws.uniform(kWithin, {.agent = a, .item = n});
      points[n].settings.emplace_back(axes[a].path,
                                      value_at(axes[a], (strata[n] + within) / samples, source));
      points[n].name = numbered("sample", n, samples);
    }
  }
  return points;
}

void check_axis(const Axis& axis, const std::string& source) {
  const std::vector<std::string> keys = keys_of(axis.path);
  if (std::ranges::find(keys, "") != keys.end() || axis.path.find_first_of("/~") != std::string::npos) {
    refuse(source, fmt::format("/sweep: \"{}\": expected a path of keys that are joined by dots, such as "
                               "\"session.items_per_page\"",
                               axis.path.substr(0, 120)));
  }
  if (const auto null = std::ranges::find(axis.values, Json());
      axis.values.is_array() && null != axis.values.end()) {
    refuse(source,
           fmt::format("/sweep/{}/{}: null: expected a value", axis.path, null - axis.values.begin()));
  }
}

std::vector<Point> points_of(const Json& study, const std::string& source) {
  std::vector<Axis> axes;
  for (const auto& [path, values] : study["sweep"].items()) {
    if (path == "samples") continue;
    axes.push_back({.path = path, .values = values});
    check_axis(axes.back(), source);
  }
  if (axes.empty())
    refuse(source, "/sweep: expected a path to sweep over, such as \"session.items_per_page\": [4, 10]");
  if (!study["sweep"].contains("samples")) return grid(axes, source);
  return latin_hypercube(axes, study["sweep"]["samples"].get<std::uint32_t>(),
                         study.value("seed", std::uint64_t{0}), source);
}

/// The value of an object or a list under a key. What is not there yet begins as null.
Json& at_key(Json& whole, const std::string& key, const std::string& path, const std::string& source) {
  if (whole.is_array()) {
    const auto place = parse_number<std::size_t>(key);
    if (!place || *place >= whole.size()) {
      refuse(source, fmt::format("/sweep/{}: \"{}\" is no place in a list of {}: expected one from 0 on",
                                 path, key, whole.size()));
    }
    return whole[*place];
  }
  if (!whole.is_object() && !whole.is_null())
    refuse(source, fmt::format("/sweep/{}: it lies below a value that is not an object", path));
  return whole[key];
}

/// That the path leads below nothing that the arm takes away: it would come back, as the study's scenario has it.
void check_not_taken_away(const Json& changes, const std::string& path, const std::string& arm,
                          const std::string& source) {
  const Json* here = &changes;
  std::string above;
  for (const std::string& key : keys_of(path)) {
    if (here->is_null()) {
      refuse(source, fmt::format("/sweep/{}: it lies below /arms/{}{}, which is null: expected an arm that "
                                 "does not take this away",
                                 path, arm, above));
    }
    if (!here->is_object() || !here->contains(key)) return;
    here = &(*here)[key];
    above += "/" + key;
  }
}

/// An arm's changes with the point's settings among them. A merge patch replaces a list: of what lies in one, the whole list is changed.
Json with_settings(const Json& base, Json changes, const Point& point, const std::string& source) {
  for (const auto& [path, value] : point.settings) {
    Json arm = with_changes(base, changes);
    Json* here = &arm;
    Json::json_pointer changed;
    bool is_in_list = false;
    for (const std::string& key : keys_of(path)) {
      is_in_list = is_in_list || here->is_array();
      if (!is_in_list) changed /= key;
      here = &at_key(*here, key, path, source);
    }
    *here = value;
    changes[changed] = arm[changed];
  }
  return changes;
}

std::string crossed_name(const std::string& arm, const Point& point) {
  return arm.empty() ? point.name : fmt::format("{},{}", arm, point.name);
}

/// Arms have folders of their own: where a name would be too long for one, or have other characters, points are numbered.
void name_plainly(std::vector<Point>& points, const Json& arms) {
  const auto is_plain = [&](const Point& point) {
    return std::ranges::all_of(arms.items(), [&](const auto& arm) {
      return (!arm.key().empty() && !is_plain_name(arm.key())) ||  // refused by its own name
             is_plain_name(crossed_name(arm.key(), point));
    });
  };
  if (std::ranges::all_of(points, is_plain)) return;
  for (std::size_t n = 0; n < points.size(); ++n) points[n].name = numbered("point", n, points.size());
}

}  // namespace

Json with_sweep_as_arms(Json study, const std::string& source) {
  if (!study.contains("sweep")) return study;
  if (study.contains("control"))
    refuse(source, "/sweep: it crosses \"arms\", not a control: expected the control among \"arms\"");
  std::vector<Point> points = points_of(study, source);
  const Json named = study.value("arms", Json{{"", Json::object()}});
  if (named.size() * points.size() > kMostArms) {
    refuse(source, fmt::format("/sweep: it makes {} arms; expected at most {}", named.size() * points.size(),
                               kMostArms));
  }
  name_plainly(points, named);
  Json base = study;
  for (const char* key : {"arms", "sweep"}) base.erase(key);
  Json arms = Json::object();
  for (const auto& [name, changes] : named.items()) {
    for (const Point& point : points) {
      const std::string arm = crossed_name(name, point);
      if (arms.contains(arm))
        refuse(source, fmt::format("/sweep: two of its points are \"{}\": expected each value once", arm));
      for (const auto& [path, value] : point.settings) check_not_taken_away(changes, path, name, source);
      arms[arm] = with_settings(base, changes, point, source);
    }
  }
  study.erase("sweep");
  if (study.contains("arms") && !study.contains("baseline")) study["baseline"] = named.begin().key();
  study["arms"] = std::move(arms);
  return study;
}

}  // namespace throng

// A sweep over the keys of a scenario, as arms.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "scenarios/scenario/arms.h"

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

std::string leaf_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// Short where that is enough to tell the axes apart.
std::string key_in_names(const std::vector<Axis>& axes, const Axis& axis) {
  const std::string leaf = leaf_of(axis.path);
  const bool is_unique =
      std::ranges::count_if(axes, [&](const Axis& other) { return leaf_of(other.path) == leaf; }) == 1;
  return is_unique ? leaf : axis.path;
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
  for (const Axis& axis : axes) {
    if (is_range(axis.values))
      refuse(source,
             fmt::format("/sweep/{}: a range needs \"samples\"; expected a list of values", axis.path));
    std::vector<Point> crossed;
    for (const Point& point : points) {
      for (std::size_t place = 0; place < axis.values.size(); ++place) {
        const Json& value = axis.values[place];
        Point& next = crossed.emplace_back(point);
        next.name += (next.name.empty() ? "" : ",") + label_of(key_in_names(axes, axis), value, place);
        next.settings.emplace_back(axis.path, value);
      }
    }
    points = std::move(crossed);
    if (points.size() > kMostArms)
      refuse(source,
             fmt::format("/sweep: it makes more than {} arms; \"samples\" takes some of them", kMostArms));
  }
  return points;
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
      points[n].name = fmt::format("sample-{:0{}}", n + 1, std::to_string(samples).size());
    }
  }
  return points;
}

std::vector<Point> points_of(const Json& study, const std::string& source) {
  std::vector<Axis> axes;
  for (const auto& [path, values] : study["sweep"].items()) {
    if (path != "samples") axes.push_back({.path = path, .values = values});
  }
  if (axes.empty())
    refuse(source, "/sweep: expected a path to sweep over, such as \"session.items_per_page\": [4, 10]");
  if (!study["sweep"].contains("samples")) return grid(axes, source);
  return latin_hypercube(axes, study["sweep"]["samples"].get<std::uint32_t>(),
                         study.value("seed", std::uint64_t{0}), source);
}

/// An arm's changes with the point's settings among them.
Json with_settings(Json changes, const Point& point, const std::string& source) try {
  for (const auto& [path, value] : point.settings) {
    std::string pointer = "/" + path;
    std::ranges::replace(pointer, '.', '/');
    changes[Json::json_pointer(pointer)] = value;
  }
  return changes;
} catch (const Json::exception&) {
  refuse(source, fmt::format("/sweep: the arm {} has no object where one of its keys lies", point.name));
}

}  // namespace

Json with_sweep_as_arms(Json study, const std::string& source) {
  if (!study.contains("sweep")) return study;
  if (study.contains("control"))
    refuse(source, "/sweep: it crosses \"arms\", not a control: expected the control among \"arms\"");
  const std::vector<Point> points = points_of(study, source);
  const Json named = study.value("arms", Json{{"", Json::object()}});
  if (named.size() * points.size() > kMostArms) {
    refuse(source, fmt::format("/sweep: it makes {} arms; expected at most {}", named.size() * points.size(),
                               kMostArms));
  }
  Json arms = Json::object();
  for (const auto& [name, changes] : named.items()) {
    for (const Point& point : points) {
      const std::string arm = name.empty() ? point.name : fmt::format("{},{}", name, point.name);
      if (arms.contains(arm))
        refuse(source, fmt::format("/sweep: two of its points are \"{}\": expected each value once", arm));
      arms[arm] = with_settings(changes, point, source);
    }
  }
  study.erase("sweep");
  if (study.contains("arms") && !study.contains("baseline")) study["baseline"] = named.begin().key();
  study["arms"] = std::move(arms);
  return study;
}

}  // namespace throng

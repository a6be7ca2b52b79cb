#include "scenarios/studies/study.h"

#include <chrono>
#include <cmath>
#include <map>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include "engine/base/process.h"
#include "engine/sim/digest.h"
#include "scenarios/store/run_reader.h"

namespace throng {
namespace {

constexpr const char* kIntervention = "intervention";
constexpr const char* kControl = "control";

struct Mean {
  double mean = 0;
  double standard_error = 0;
};

Mean mean_of(const std::vector<double>& values) {
  const double count = static_cast<double>(values.size());
  Mean result;
  for (const double value : values) result.mean += value / count;
  if (values.size() < 2) return result;
  double squares = 0;
  for (const double value : values) squares += std::pow(value - result.mean, 2);
  result.standard_error = std::sqrt(squares / (count - 1) / count);
  return result;
}

/// Half the width of the 95 % confidence interval of a mean, in standard errors.
double interval_factor(std::size_t values) {
  if (values < 2) return 0;
  return boost::math::quantile(boost::math::students_t(static_cast<double>(values - 1)), 0.975);
}

/// The runs of one arm, by replicate.
struct Arm {
  std::string name;
  std::vector<Json> summaries;
  /// (metric, round) -> a value per replicate.
  std::map<std::pair<std::string, std::uint16_t>, std::vector<double>> figures;
};

Scenario scenario_of(const Scenario& study, const Arm& arm, std::uint32_t replicate) {
  Json json = study.json;
  json.erase("replicates");
  json.erase("control");
  json["seed"] = study.seed + replicate;
  if (arm.name == kControl) json.merge_patch(study.control);
  return parse_scenario(std::move(json), "/control", {});
}

void run_replicate(const Scenario& study, std::uint32_t replicate, const RunOptions& options, Arm& arm) {
  RunOptions run_options = options;
  run_options.folder = RunFolder::run_of_arm(options.folder, arm.name, replicate);
  run_options.existing = ExistingFolder::resume;
  run_options.study = options.folder;
  if (options.replay) run_options.replay = RunFolder::run_of_arm(*options.replay, arm.name, replicate);
  arm.summaries.push_back(run_scenario(scenario_of(study, arm, replicate), run_options));
  for (const RoundMetric& metric : RunReader(run_options.folder).round_metrics()) {
    arm.figures[{metric.metric, metric.round}].push_back(metric.value);
  }
}

void add_curves(const Arm& arm, Json& curves) {
  std::map<std::string, Json> points;
  for (const auto& [key, values] : arm.figures) {
    const Mean mean = mean_of(values);
    const double half_width = interval_factor(values.size()) * mean.standard_error;
    points[key.first].push_back({{"round", key.second + 1},
                                 {"mean", mean.mean},
                                 {"low", mean.mean - half_width},
                                 {"high", mean.mean + half_width}});
  }
  for (auto& [metric, of_metric] : points) {
    curves.push_back({{"metric", metric}, {"arm", arm.name}, {"points", std::move(of_metric)}});
  }
}

Json summarise(const Scenario& study, const std::vector<Arm>& arms) {
  Json summary = arms.front().summaries.front();  // what all runs share, and the order of the keys
  for (const char* of_one_run : {"llm", "rankings"}) summary.erase(of_one_run);
  summary["seed"] = study.seed;
  for (auto& [metric, mean] : summary["metrics"].items()) {
    std::vector<double> values;
    for (const Json& run : arms.front().summaries) values.push_back(run["metrics"][metric].get<double>());
    const Mean over_replicates = mean_of(values);
    mean = over_replicates.mean;
    summary["standard_errors"][metric] = over_replicates.standard_error;
  }
  DigestChain digest;
  std::size_t pages = 0;
  std::size_t windows = 0;
  Json names = Json::array();
  Json curves = Json::array();
  for (const Arm& arm : arms) {
    names.push_back(arm.name);
    add_curves(arm, curves);
    for (const Json& run : arm.summaries) {
      digest.add(Hash128::from_hex(run["digest"].get<std::string>()));
      pages += run["pages"].get<std::size_t>();
      windows += run["windows"].get<std::size_t>();
    }
  }
  summary["digest"] = digest.value().hex();
  summary["pages"] = pages;
  summary["windows"] = windows;
  summary["replicates"] = study.replicates;
  summary["arms"] = names;
  summary["curves"] = curves;
  return summary;
}

}  // namespace

Json run_study(Scenario scenario, const RunOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  RunFolder folder(options.folder, options.existing, scenario, options.replay);
  load_pinned_dataset(scenario);
  if (std::optional<Json> summary = folder.finished(scenario)) return *std::move(summary);
  std::vector<Arm> arms{{.name = kIntervention}};
  if (!scenario.control.is_null()) arms.push_back({.name = kControl});
  for (const Arm& arm : arms) scenario_of(scenario, arm, 0);  // its faults come before anything is run

  Json summary;
  try {
    folder.begin(scenario);
    for (std::uint32_t replicate = 0; replicate < scenario.replicates; ++replicate) {
      for (Arm& arm : arms) run_replicate(scenario, replicate, options, arm);
    }
    summary = summarise(scenario, arms);
    summary["wall_seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    summary["peak_rss_bytes"] = peak_rss_bytes();
    folder.finish(summary);
  } catch (const Failure& failure) {
    if (failure.kind() != ErrorKind::stopped) throw;
    throw folder.stopped(failure.what());
  }
  for (const Arm& arm : arms) {
    for (const Json& run : arm.summaries) check_quality(scenario, run);
  }
  return summary;
}

}  // namespace throng

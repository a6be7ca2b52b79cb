#include "scenarios/studies/study.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/base/process.h"
#include "engine/base/statistics.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// The runs of one arm, by replicate.
struct Runs {
  std::string arm;
  std::vector<Json> summaries;
  /// (metric, round) -> a value per replicate.
  std::map<std::pair<std::string, std::uint16_t>, std::vector<double>> figures;
};

fs::path folder_of(const fs::path& study, const std::string& arm, std::uint32_t replicate) {
  return study_run(study, arm, replicate + 1).folder;
}

/// The run of an earlier study that stands where this one will; none if that has no such run and the rest may be asked for.
std::optional<EarlierRun> earlier_run(const std::optional<EarlierRun>& study, const Scenario& scenario,
                                      const std::string& arm, std::uint32_t replicate) {
  if (!study || !scenario.asks_anybody()) return std::nullopt;
  const fs::path folder = folder_of(study->folder, arm, replicate);
  if (fs::exists(folder / "journal.db")) return EarlierRun{folder, study->missing};
  if (study->missing == EarlierRun::Missing::is_asked_for) return std::nullopt;
  throw Failure(ErrorKind::stopped,
                fmt::format("{} is not there to be replayed; --reuse instead of --replay asks for it",
                            (folder / "journal.db").string()));
}

void run_replicate(const Scenario& scenario, std::uint32_t replicate, const RunOptions& options, Runs& runs) {
  RunOptions run_options = options;
  run_options.folder = folder_of(options.folder, runs.arm, replicate);
  run_options.existing = ExistingFolder::resume;
  run_options.study = options.folder;
  run_options.earlier = earlier_run(options.earlier, scenario, runs.arm, replicate);
  runs.summaries.push_back(run_scenario(scenario, run_options));
  for (const RoundMetric& metric : RunReader(run_options.folder).round_metrics()) {
    if (metric.is_overall()) runs.figures[{metric.metric, metric.round}].push_back(metric.value);
  }
}

void add_curves(const Runs& runs, Json& curves) {
  std::map<std::string, Json> points;
  for (const auto& [key, values] : runs.figures) {
    const double mean = mean_of(values);
    const double half_width = half_width_95(standard_error_of(values), values.size()).value_or(0);
    points[key.first].push_back(
        {{"round", key.second + 1}, {"mean", mean}, {"low", mean - half_width}, {"high", mean + half_width}});
  }
  for (auto& [metric, of_metric] : points) {
    curves.push_back({{"metric", metric}, {"arm", runs.arm}, {"points", std::move(of_metric)}});
  }
}

/// Replaces a run's figures by what the replicates make of them together.
void summarise_metrics(const std::vector<Json>& runs, Json& summary) {
  for (auto& [metric, mean] : summary["metrics"].items()) {
    std::vector<double> values;
    std::size_t agents = 0;
    std::size_t pages = 0;
    for (const Json& run : runs) {
      const auto of_run = run["metric_agents"][metric].get<std::size_t>();
      if (of_run > 0) values.push_back(run["metrics"][metric].get<double>());  // else it rests on nobody
      agents += of_run;
      pages += run["metric_pages"][metric].get<std::size_t>();
    }
    const double standard_error = standard_error_of(values);
    mean = mean_of(values);
    summary["standard_errors"][metric] = standard_error;
    summary["metric_agents"][metric] = agents;
    summary["metric_pages"][metric] = pages;
    const std::optional<double> half_width = half_width_95(standard_error, values.size());
    summary["half_widths_95"][metric] = half_width ? Json(*half_width) : Json();
  }
}

/// {"metrics", "half_widths_95"} over the replicates of an arm.
Json metrics_of(const Runs& runs) {
  Json summary = runs.summaries.front();
  summarise_metrics(runs.summaries, summary);
  return {{"metrics", summary["metrics"]}, {"half_widths_95", summary["half_widths_95"]}};
}

/// Of the arm's runs; none if no language models were asked.
std::optional<double> worst_degraded_share(const Runs& runs) {
  std::optional<double> worst;
  for (const Json& run : runs.summaries) worst = std::max(worst, degraded_share(run));
  return worst;
}

Json summarise(const Scenario& study, const std::vector<Runs>& arms) {
  Json summary = arms.front().summaries.front();  // what all runs share, and the order of the keys
  for (const char* of_one_run : {"llm", "rankings"}) summary.erase(of_one_run);
  summary["seed"] = study.seed;
  summarise_metrics(arms.front().summaries, summary);
  DigestChain digest;
  std::size_t pages = 0;
  std::size_t windows = 0;
  std::vector<Json> calls;
  Json names = Json::array();
  Json by_arm = Json::object();
  Json degraded = Json::object();
  Json curves = Json::array();
  for (const Runs& runs : arms) {
    names.push_back(runs.arm);
    by_arm[runs.arm] = metrics_of(runs);
    if (const auto worst = worst_degraded_share(runs)) degraded[runs.arm] = *worst;
    add_curves(runs, curves);
    for (const Json& run : runs.summaries) {
      digest.add(Hash128::from_hex(run["digest"].get<std::string>()));
      pages += run["pages"].get<std::size_t>();
      windows += run["windows"].get<std::size_t>();
      if (run.contains("llm")) calls.push_back(run["llm"]);
    }
  }
  summary["digest"] = digest.value().hex();
  summary["pages"] = pages;
  summary["windows"] = windows;
  summary["replicates"] = study.replicates;
  summary["arms"] = names;
  summary["by_arm"] = std::move(by_arm);
  if (!study.arms.empty()) summary["baseline"] = study.baseline;
  if (!calls.empty()) summary["llm"] = sum_of_call_reports(calls);
  if (!degraded.empty()) summary["worst_degraded_share"] = degraded;
  summary["curves"] = curves;
  return summary;
}

void log_run(std::string_view what, const std::string& arm, std::uint32_t replicate) {
  log_event(LogLevel::info, "study", what, {{"arm", arm}, {"replicate", replicate + 1}});
}

/// The study then says which content its datasets have, those of arms among them; see load_pinned_dataset.
void pin_datasets(Scenario& study, SharedWorlds& shared) {
  Json pinned = study.written;
  const auto pin = [&](const std::string& place, Scenario arm) {
    shared.dataset(arm);
    pinned[Json::json_pointer(place + "/dataset/digest")] = arm.dataset_digest;
  };
  pin("", study);
  const bool has_control = study.written.contains("control");
  for (const StudyArm& arm : study.arms) {
    if (arm.scenario->dataset_path == study.dataset_path) continue;
    pin(has_control ? "/" + arm.name : "/arms/" + arm.name, *arm.scenario);
  }
  study = parse_scenario(std::move(pinned), study.name, {});
}

}  // namespace

void check_study_quality(const Scenario& study, const Json& summary) {
  const Json shares = summary.value("worst_degraded_share", Json::object());
  for (const std::string& arm : arms_of(study)) {
    if (shares.contains(arm)) check_quality(scenario_of(study, arm), shares[arm].get<double>());
  }
}

Json run_study(Scenario scenario, const RunOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  RunFolder folder(options.folder, options.existing, scenario, options.earlier);
  SharedWorlds shared;
  pin_datasets(scenario, shared);
  if (std::optional<Json> summary = folder.finished(scenario)) return *std::move(summary);
  std::vector<Runs> arms;
  for (const std::string& arm : arms_of(scenario)) arms.push_back({.arm = arm});
  std::optional<LogFile> log;  // each run has one of its own
  try {
    folder.begin(scenario);
    log.emplace(options.folder / "run.log", options.log);
    RunOptions of_runs = options;
    of_runs.shared = &shared;
    for (std::uint32_t replicate = 0; replicate < scenario.replicates; ++replicate) {
      std::vector<Scenario> runs_to_come;
      for (const Runs& runs : arms) runs_to_come.push_back(run_of(scenario, runs.arm, replicate));
      shared.expect(runs_to_come);
      for (std::size_t a = 0; a < arms.size(); ++a) {
        log_run("a run begins or goes on", arms[a].arm, replicate);
        run_replicate(runs_to_come[a], replicate, of_runs, arms[a]);
        log_run("a run has finished", arms[a].arm, replicate);
      }
    }
    Json summary = summarise(scenario, arms);
    summary["wall_seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    summary["peak_rss_bytes"] = peak_rss_bytes();
    folder.finish(summary);
    return summary;
  } catch (const Failure& failure) {
    log_event(LogLevel::error, "study", "has stopped", {{"why", failure.what()}});
    if (failure.kind() != ErrorKind::stopped) throw;
    throw folder.stopped(failure.what());
  }
}

}  // namespace throng

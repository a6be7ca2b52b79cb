#include "scenarios/studies/study.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/base/process.h"
#include "engine/base/statistics.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/store/study_folder.h"
#include "scenarios/studies/study_runs.h"

namespace throng {
namespace {

/// The runs of one arm, by replicate.
struct Runs {
  std::string arm;
  std::vector<Json> summaries;
  /// (metric, round) -> a value per replicate.
  std::map<std::pair<std::string, std::uint16_t>, std::vector<double>> figures;
};

/// By arm, each arm's by replicate.
std::vector<Runs> by_arm(const Scenario& study, const std::vector<PlayedRun>& played) {
  std::vector<Runs> arms;
  for (const std::string& arm : arms_of(study)) {
    Runs& runs = arms.emplace_back(Runs{.arm = arm});
    for (const PlayedRun& run : played) {
      if (run.arm != arm) continue;
      runs.summaries.push_back(run.summary);
      for (const RoundMetric& metric : run.round_metrics) {
        if (metric.is_overall()) runs.figures[{metric.metric, metric.round}].push_back(metric.value);
      }
    }
  }
  return arms;
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

/// Of all these runs, in the order in which they come first: not every run has the metrics of adverts, say.
std::vector<std::string> metrics_in(const std::vector<Json>& runs) {
  std::vector<std::string> names;
  for (const Json& run : runs) {
    for (const auto& [metric, mean] : run["metrics"].items()) {
      if (std::ranges::find(names, metric) == names.end()) names.push_back(metric);
    }
  }
  return names;
}

/// Replaces a run's figures by what the replicates make of them together. In a run without a metric it rests on nobody.
void summarise_metrics(const std::vector<Json>& runs, Json& summary) {
  for (const std::string& metric : metrics_in(runs)) {
    std::vector<double> values;
    std::size_t agents = 0;
    std::size_t pages = 0;
    for (const Json& run : runs) {
      if (!run["metrics"].contains(metric)) continue;
      const auto of_run = run["metric_agents"][metric].get<std::size_t>();
      if (of_run > 0) values.push_back(run["metrics"][metric].get<double>());  // else it rests on nobody
      agents += of_run;
      pages += run["metric_pages"][metric].get<std::size_t>();
    }
    const double standard_error = standard_error_of(values);
    summary["metrics"][metric] = mean_of(values);
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

/// Such as "mf-1, mf-2: no such column: x; random-1: ...", by metric. The first runs stand for those with the same fault.
Json metric_faults_of(const std::vector<Runs>& arms) {
  constexpr std::size_t most_named = 4;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> runs_with;  // a metric's fault
  for (const Runs& runs : arms) {
    for (std::size_t replicate = 0; replicate < runs.summaries.size(); ++replicate) {
      const Json faults = runs.summaries[replicate].value("metric_faults", Json::object());
      for (const auto& [metric, fault] : faults.items())
        runs_with[metric][fault.get<std::string>()].push_back(fmt::format("{}-{}", runs.arm, replicate + 1));
    }
  }
  Json faults = Json::object();
  for (auto& [metric, by_fault] : runs_with) {
    std::vector<std::string> each;
    for (auto& [fault, names] : by_fault) {
      const std::size_t left_out = names.size() - std::min(names.size(), most_named);
      names.resize(names.size() - left_out);
      each.push_back(fmt::format("{}{}: {}", fmt::join(names, ", "),
                                 left_out > 0 ? fmt::format(" and {} more", left_out) : "", fault));
    }
    faults[metric] = fmt::format("{}", fmt::join(each, "; "));
  }
  return faults;
}

Json summarise(const Scenario& study, const std::vector<Runs>& arms) {
  Json summary = arms.front().summaries.front();  // what all runs share, and the order of the keys
  for (const char* of_one_run : {"llm", "rankings", "metric_faults"}) summary.erase(of_one_run);
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
  if (Json faults = metric_faults_of(arms); !faults.empty()) summary["metric_faults"] = std::move(faults);
  summary["curves"] = curves;
  return summary;
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

/// Before anything of the study is removed: what has finished is not run again, and may have no rows for other metrics.
void check_rows_of_runs(const Scenario& study, const RunOptions& options) {
  if (options.existing != ExistingFolder::resume) return;
  for (std::uint32_t replicate = 0; replicate < study.replicates; ++replicate) {
    for (const std::string& arm : arms_of(study)) {
      const StudyRun run = study_run(options.folder, arm, replicate + 1);
      try {
        check_rows(run_of(study, arm, replicate), run.folder);
      } catch (const Failure& failure) {
        throw Failure(failure.kind(), fmt::format("{}: {}", run.name(), failure.what()));
      }
    }
  }
}

}  // namespace

void check_study_quality(const Scenario& study, const Json& summary) {
  const Json shares = summary.value("worst_degraded_share", Json::object());
  for (const std::string& arm : arms_of(study)) {
    if (shares.contains(arm)) check_quality(scenario_of(study, arm), shares[arm].get<double>());
  }
}

Json run_study(Scenario scenario, const RunOptions& options, std::size_t runs_at_once) {
  const auto started = std::chrono::steady_clock::now();
  Ranks& ranks = *options.ranks;
  for (const std::string& arm : arms_of(scenario)) check_store(scenario_of(scenario, arm), options.store);
  std::optional<RunFolder> folder;  // rank 0 has it
  on_first(ranks, [&] {
    folder.emplace(options.folder, options.existing, scenario, options.earlier);
    return "";
  });
  SharedWorlds shared;
  on_all(ranks, [&] {
    pin_datasets(scenario, shared);
    return "";
  });
  check_same_on_all(ranks, resolved(scenario));
  const std::string finished = on_first(ranks, [&]() -> std::string {
    if (const std::optional<Json> summary = folder->finished(scenario)) return summary->dump();
    check_rows_of_runs(scenario, options);
    return "";
  });
  if (!finished.empty()) return Json::parse(finished);
  std::optional<LogFile> log;  // each run has one of its own
  try {
    on_first(ranks, [&] {
      folder->begin(scenario);
      log.emplace(options.folder / "run.log", options.log);
      return "";
    });
    const std::vector<PlayedRun> runs = play_runs(scenario, options, shared, runs_at_once);
    const std::string summary = on_first(ranks, [&] {
      Json whole = summarise(scenario, by_arm(scenario, runs));
      whole["wall_seconds"] =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      whole["peak_rss_bytes"] = peak_rss_bytes();
      folder->finish(whole);
      return whole.dump();
    });
    return Json::parse(summary);
  } catch (const Failure& failure) {
    log_event(LogLevel::error, "study", "has stopped", {{"why", failure.what()}});
    if (failure.kind() != ErrorKind::stopped || !folder) throw;
    throw folder->stopped(failure.what());
  }
}

}  // namespace throng

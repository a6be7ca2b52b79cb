#include "scenarios/report/study_figures.h"

#include <algorithm>

#include "engine/base/statistics.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

void add_run(const StudyRun& study_run, StudyFigures& figures, ArmFigures& arm) {
  const RunReader run(study_run.folder);
  if (!figures.a_run) figures.a_run = study_run.folder;
  ++arm.runs;
  std::vector<std::string> names;
  for (const Metric& metric : run.metrics()) {
    names.push_back(metric.name);
    arm.agents = std::max(arm.agents, metric.agents);
    if (metric.agents > 0) arm.metrics[metric.name][study_run.replicate] = metric.mean;
  }
  if (figures.metrics.empty()) figures.metrics = std::move(names);
  for (const RoundMetric& metric : run.round_metrics()) {
    arm.rounds[{metric.metric, metric.round}][study_run.replicate] = metric.value;
  }
}

}  // namespace

ReplicateMean mean_over_replicates(const std::vector<double>& values) {
  ReplicateMean result{.mean = mean_of(values), .replicates = values.size()};
  result.half_width = half_width_95(standard_error_of(values), values.size());
  return result;
}

ReplicateMean mean_over_replicates(const ByReplicate& values) {
  std::vector<double> plain;
  for (const auto& [replicate, value] : values) plain.push_back(value);
  return mean_over_replicates(plain);
}

ReplicateMean mean_difference(const ByReplicate& a, const ByReplicate& b) {
  std::vector<double> differences;
  for (const auto& [replicate, value] : a) {
    if (const auto other = b.find(replicate); other != b.end()) differences.push_back(value - other->second);
  }
  return mean_over_replicates(differences);
}

StudyFigures study_figures(const std::filesystem::path& folder) {
  StudyFigures figures;
  for (const StudyRun& run : study_runs(folder)) {
    figures.replicates = std::max<std::size_t>(figures.replicates, run.replicate);
    auto arm = std::ranges::find(figures.arms, run.arm, &ArmFigures::arm);
    if (arm == figures.arms.end()) arm = figures.arms.insert(arm, ArmFigures{.arm = run.arm});
    if (run_status(run.folder) == "finished") add_run(run, figures, *arm);
  }
  return figures;
}

}  // namespace throng

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/statistics.h"
#include "engine/base/text.h"
#include "scenarios/report/comparison_report.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/table.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

struct FinishedRun {
  fs::path folder;
  std::string seed;
  std::string digest;
  std::vector<Metric> metrics;
  OwnSql sql;
};

/// An arm with its finished runs, or a run by itself.
struct ArmRuns {
  std::string arm;
  std::vector<FinishedRun> runs;
};

FinishedRun open_finished(const fs::path& folder) {
  const RunReader run(folder);
  return {.folder = folder,
          .seed = run.meta("seed"),
          .digest = run.meta("digest"),
          .metrics = run.metrics(),
          .sql = own_sql(folder)};
}

/// Throws Failure(data).
std::vector<ArmRuns> read_side(const fs::path& folder) {
  std::vector<ArmRuns> arms;
  std::size_t finished = 0;
  const std::vector<StudyRun> runs =
      is_study_folder(folder) ? study_runs(folder) : std::vector{StudyRun{.folder = folder}};
  for (const StudyRun& run : runs) {
    auto arm = std::ranges::find(arms, run.arm, &ArmRuns::arm);
    if (arm == arms.end()) arm = arms.insert(arm, ArmRuns{.arm = run.arm});
    if (run.arm.empty() ? RunReader(folder).meta("status") != "finished"
                        : run_status(run.folder) != "finished")
      continue;
    arm->runs.push_back(open_finished(run.folder));
    ++finished;
  }
  if (finished == 0) {
    throw Failure(ErrorKind::data,
                  fmt::format("{}: {} finished: there is nothing to compare", folder.string(),
                              runs.size() == 1 ? "it has not" : "none of its runs has"));
  }
  return arms;
}

/// The names of the arms that `one` has and `other` has not.
std::vector<std::string> only_in(const std::vector<ArmRuns>& one, const std::vector<ArmRuns>& other) {
  std::vector<std::string> names;
  for (const ArmRuns& arm : one) {
    if (std::ranges::find(other, arm.arm, &ArmRuns::arm) == other.end()) names.push_back(arm.arm);
  }
  return names;
}

/// What stands against what.
std::vector<std::pair<const ArmRuns*, const ArmRuns*>> opposites(const std::vector<ArmRuns>& a,
                                                                 const std::vector<ArmRuns>& b) {
  std::vector<std::pair<const ArmRuns*, const ArmRuns*>> pairs;
  for (const ArmRuns& of_a : a) {
    for (const ArmRuns& of_b : b) {
      if (of_a.arm == of_b.arm || of_a.arm.empty() || of_b.arm.empty()) pairs.emplace_back(&of_a, &of_b);
    }
  }
  return pairs;
}

/// Each run of A with that of B that has its seed.
std::vector<std::pair<const FinishedRun*, const FinishedRun*>> pairs_by_seed(const ArmRuns& a,
                                                                             const ArmRuns& b) {
  std::vector<std::pair<const FinishedRun*, const FinishedRun*>> pairs;
  for (const FinishedRun& run : a.runs) {
    if (const auto same = std::ranges::find(b.runs, run.seed, &FinishedRun::seed); same != b.runs.end())
      pairs.emplace_back(&run, &*same);
  }
  return pairs;
}

/// None if no agent has a value.
std::optional<double> mean_in(const FinishedRun& run, const std::string& metric) {
  const auto found = std::ranges::find(run.metrics, metric, &Metric::name);
  return found == run.metrics.end() || found->agents == 0 ? std::nullopt : std::optional(found->mean);
}

ByReplicate means_in(const ArmRuns& arm, const std::string& metric) {
  ByReplicate means;
  for (const FinishedRun& run : arm.runs) {
    if (const auto mean = mean_in(run, metric)) means[static_cast<std::uint32_t>(means.size())] = *mean;
  }
  return means;
}

std::vector<double> values_in(const ByReplicate& means) {
  std::vector<double> values;
  for (const auto& [replicate, value] : means) values.push_back(value);
  return values;
}

PairedDifference unpaired(const ByReplicate& a, const ByReplicate& b) {
  if (a.empty() || b.empty()) return {};
  const std::vector<double> of_a = values_in(a);
  const std::vector<double> of_b = values_in(b);
  const double mean_a = mean_of(of_a);
  const double mean_b = mean_of(of_b);
  PairedDifference difference{.pairs = std::min(a.size(), b.size()), .mean = mean_b - mean_a};
  const double error = std::hypot(standard_error_of(of_a), standard_error_of(of_b));
  const double scale = std::max(std::abs(mean_a), std::abs(mean_b));
  if (!is_rounding(error, scale) || is_rounding(std::abs(difference.mean), scale))  // see students_test
    difference.half_width = half_width_95(error, difference.pairs);
  return difference;
}

void compare_agents(const std::vector<std::pair<const FinishedRun*, const FinishedRun*>>& pairs,
                    ArmComparison& comparison) {
  RunsOfArm a;
  RunsOfArm b;
  for (const auto& [of_a, of_b] : pairs) {
    const auto number = static_cast<std::uint32_t>(a.size());
    a[number] = of_a->folder;
    b[number] = of_b->folder;
  }
  if (a.empty() || !have_the_same_agents(a, b)) return;
  auto by_agent = differences_by_agent(b, values_of_arm(a));
  for (FigureComparison& figure : comparison.figures) {
    if (!comparison.not_comparable.contains(figure.metric))
      figure.over_agents = paired_difference(by_agent[figure.metric]);
  }
}

/// Those of either side, in the order in which they come first; not every run has the metrics of adverts, say.
std::vector<Metric> metrics_in(const ArmRuns& a, const ArmRuns& b) {
  std::vector<Metric> metrics;
  for (const ArmRuns* const side : {&a, &b}) {
    for (const FinishedRun& run : side->runs) {
      for (const Metric& metric : run.metrics) {
        if (std::ranges::find(metrics, metric.name, &Metric::name) == metrics.end())
          metrics.push_back(metric);
      }
    }
  }
  return metrics;
}

/// The scenario's own metrics that are other SQL in some runs of A than in some of B.
std::set<std::string> not_comparable(const ArmRuns& a, const ArmRuns& b) {
  std::set<std::string> names;
  for (const FinishedRun& of_a : a.runs) {
    for (const FinishedRun& of_b : b.runs) names.merge(names_with_other_sql(of_a.sql, of_b.sql));
  }
  return names;
}

ArmComparison compare_arm(const ArmRuns& a, const ArmRuns& b) {
  const auto pairs = pairs_by_seed(a, b);
  ArmComparison comparison{.arm = a.arm.empty() ? b.arm : a.arm,
                           .runs_a = a.runs.size(),
                           .runs_b = b.runs.size(),
                           .pairs = pairs.size()};
  comparison.same = static_cast<std::size_t>(std::ranges::count_if(
      pairs, [](const auto& pair) { return pair.first->digest == pair.second->digest; }));
  if (a.runs.empty() || b.runs.empty()) return comparison;
  comparison.not_comparable = not_comparable(a, b);
  for (const Metric& metric : metrics_in(a, b)) {
    const ByReplicate of_a = means_in(a, metric.name);
    const ByReplicate of_b = means_in(b, metric.name);
    if (of_a.empty() && of_b.empty()) continue;
    FigureComparison figure{.metric = metric.name,
                            .label = words_of(metric).label,
                            .a = mean_over_replicates(of_a),
                            .b = mean_over_replicates(of_b)};
    Differences differences;
    for (const auto& [in_a, in_b] : pairs) {
      const auto mean_a = mean_in(*in_a, metric.name);
      const auto mean_b = mean_in(*in_b, metric.name);
      if (mean_a && mean_b) differences.add(*mean_b, *mean_a);
    }
    if (!comparison.not_comparable.contains(metric.name))
      figure.over_replicates = pairs.empty() ? unpaired(of_a, of_b) : paired_difference(differences);
    comparison.figures.push_back(std::move(figure));
  }
  compare_agents(pairs, comparison);
  return comparison;
}

void adjust_for_many(std::vector<ArmComparison>& arms, PairedDifference FigureComparison::*unit) {
  std::vector<PairedDifference*> all;
  for (ArmComparison& arm : arms) {
    for (FigureComparison& figure : arm.figures) all.push_back(&(figure.*unit));
  }
  adjust_by_holm(all);
}

void note_sides(const fs::path& folder, const char* side, const std::vector<std::string>& only,
                std::vector<std::string>& notes) {
  if (!has_finished(folder)) {
    notes.push_back(fmt::format("{} has not finished: of an arm those of its runs count that have.", side));
  }
  if (only.empty()) return;
  notes.push_back(fmt::format("Only {} has the arm{} {}.", side, only.size() == 1 ? "" : "s",
                              printable(fmt::format("{}", fmt::join(only, ", ")))));
}

/// Such as "mf: 5 runs in A, 5 in B; 5 pairs of the same seed, 2 of them the same in every digest".
std::string basis_of(const ArmComparison& arm) {
  std::string text = fmt::format("{}: {} run{} in A, {} in B; ", arm.arm, arm.runs_a,
                                 arm.runs_a == 1 ? "" : "s", arm.runs_b);
  if (arm.pairs == 0) return text + "none of the same seed: not paired";
  text += fmt::format("{} pair{} of the same seed", arm.pairs, arm.pairs == 1 ? "" : "s");
  return arm.same == 0 ? text : text + fmt::format(", {} of them with the same digest", arm.same);
}

Json optional_json(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json mean_json(const ReplicateMean& mean) {
  if (mean.replicates == 0) return nullptr;
  return {{"mean", mean.mean},
          {"half_width_95", optional_json(mean.half_width)},
          {"replicates", mean.replicates}};
}

Json difference_json(const PairedDifference& difference) {
  if (difference.pairs == 0) return nullptr;
  return {{"difference", difference.mean},
          {"half_width_95", optional_json(difference.half_width)},
          {"p", optional_json(difference.p)},
          {"p_holm", optional_json(difference.p_holm)},
          {"effect_size", optional_json(difference.effect)},
          {"pairs", difference.pairs}};
}

}  // namespace

StudyComparison compare_studies(const fs::path& a, const fs::path& b) {
  const std::vector<ArmRuns> of_a = read_side(a);
  const std::vector<ArmRuns> of_b = read_side(b);
  StudyComparison comparison{.a = a.string(), .b = b.string()};
  const bool are_studies = is_study_folder(a) && is_study_folder(b);
  const auto only_a = are_studies ? only_in(of_a, of_b) : std::vector<std::string>();
  const auto only_b = are_studies ? only_in(of_b, of_a) : std::vector<std::string>();
  if (only_a.size() == of_a.size()) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("no arm is in both: {} has {}; {} has {}. Runs of different arms can be compared "
                    "by their folders, such as {}",
                    a.string(), fmt::join(only_a, ", "), b.string(), fmt::join(only_b, ", "),
                    study_runs(a).front().folder.string()));
  }
  for (const auto& [arm_a, arm_b] : opposites(of_a, of_b))
    comparison.arms.push_back(compare_arm(*arm_a, *arm_b));
  std::set<std::string> not_compared;
  for (const ArmComparison& arm : comparison.arms)
    not_compared.insert(arm.not_comparable.begin(), arm.not_comparable.end());
  for (const std::string& metric : not_compared) {
    comparison.notes.push_back(fmt::format(
        "{} is other SQL in A than in B: there is no difference of it where that is so.", printable(metric)));
  }
  adjust_for_many(comparison.arms, &FigureComparison::over_replicates);
  adjust_for_many(comparison.arms, &FigureComparison::over_agents);
  note_sides(a, "A", only_a, comparison.notes);
  note_sides(b, "B", only_b, comparison.notes);
  return comparison;
}

std::string study_comparison_text(const StudyComparison& comparison) {
  std::string text = fmt::format("  A  {}\n  B  {}\n\n", printable(comparison.a), printable(comparison.b));
  Table table(
      {"arm", "figure", "A", "B", "B - A over replicates", "p (Holm)", "over agents", "p (Holm)", "d"});
  for (const ArmComparison& arm : comparison.arms) {
    text += fmt::format("  {}\n", printable(basis_of(arm)));
    for (const FigureComparison& figure : arm.figures) {
      table.add_row({arm.arm, figure.label, text_of(figure.a), text_of(figure.b),
                     text_of(figure.over_replicates), p_text(figure.over_replicates.p_holm),
                     text_of(figure.over_agents), p_text(figure.over_agents.p_holm),
                     figure.over_agents.effect ? fmt::format("{:+.2f}", *figure.over_agents.effect) : "-"});
    }
  }
  for (const std::string& note : comparison.notes) text += fmt::format("  {}\n", note);
  return text + "\n" + table.text() +
         "  ± is half the width of the 95 % confidence interval (Student's t), of A and B over replicates.\n"
         "  Differences are taken between runs of the same seed, where there are any, and agent by agent (an "
         "agent's is its mean over\n  these); p is that of a difference of 0, adjusted by Holm's method for "
         "all of a column; d is the mean difference over agents in\n  standard deviations of these.\n";
}

Json study_comparison_json(const StudyComparison& comparison) {
  Json arms = Json::array();
  for (const ArmComparison& arm : comparison.arms) {
    Json figures = Json::array();
    for (const FigureComparison& figure : arm.figures) {
      figures.push_back({{"metric", figure.metric},
                         {"a", mean_json(figure.a)},
                         {"b", mean_json(figure.b)},
                         {"over_replicates", difference_json(figure.over_replicates)},
                         {"over_agents", difference_json(figure.over_agents)}});
    }
    arms.push_back({{"arm", arm.arm},
                    {"runs_a", arm.runs_a},
                    {"runs_b", arm.runs_b},
                    {"pairs", arm.pairs},
                    {"same_digest", arm.same},
                    {"figures", std::move(figures)}});
  }
  return {{"a", printable(comparison.a)},
          {"b", printable(comparison.b)},
          {"notes", comparison.notes},
          {"arms", std::move(arms)}};
}

}  // namespace throng

#include "scenarios/report/study_figures.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/exposure.h"
#include "engine/base/statistics.h"
#include "scenarios/report/compare.h"
#include "scenarios/report/page.h"
#include "scenarios/store/run_reader.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

std::vector<double> values_of(const ByReplicate& figures) {
  std::vector<double> values;
  for (const auto& [replicate, value] : figures) values.push_back(value);
  return values;
}

void add_rounds(const RunReader& run, std::uint32_t replicate, ArmFigures& arm) {
  std::map<std::string, std::vector<double>> bubble;
  std::map<std::pair<std::string, std::uint16_t>, std::vector<double>> places;
  for (const RoundMetric& metric : run.round_metrics()) {
    if (metric.is_by_position()) {
      const auto [figure, place] = chart_and_curve(metric.metric);
      places[{figure, static_cast<std::uint16_t>(std::stoul(place) - 1)}].push_back(metric.value);
    } else if (metric.is_overall()) {
      arm.last_round = std::max<std::size_t>(arm.last_round, metric.round + 1U);
      arm.rounds[{metric.metric, metric.round}][replicate] = metric.value;
      if (!arm.metrics.contains(metric.metric)) bubble[metric.metric].push_back(metric.value);
    }
  }
  for (const auto& [figure, of_rounds] : bubble) arm.bubble[figure][replicate] = mean_of(of_rounds);
  for (const auto& [key, of_rounds] : places) arm.places[key][replicate] = mean_of(of_rounds);
}

void add_run(const StudyRun& study_run, StudyFigures& figures, ArmFigures& arm) {
  const RunReader run(study_run.folder);
  if (!figures.a_run) figures.a_run = study_run.folder;
  if (++arm.runs == 1) arm.agents = run.traits().size();  // none where only a summary was kept
  for (const Metric& metric : run.metrics()) {
    if (std::ranges::find(figures.metrics, metric.name) == figures.metrics.end())
      figures.metrics.push_back(metric.name);
    figures.words.emplace(metric.name, words_of(metric));
    arm.agents = std::max(arm.agents, metric.agents);
    if (metric.agents == 0) continue;
    arm.metrics[metric.name][study_run.replicate] = metric.mean;
    if (const auto half_width = half_width_of(metric); half_width && arm.runs == 1)
      arm.over_agents[metric.name] = *half_width;
  }
  for (const std::string& sentence : caveats_of(run)) {
    if (std::ranges::find(figures.caveats, sentence) == figures.caveats.end())
      figures.caveats.push_back(sentence);
  }
  add_rounds(run, study_run.replicate, arm);
}

/// Agent by agent, of all that `metrics` are the means of.
std::vector<MetricValues> run_values(const RunReader& run) {
  const std::vector<Outcome>& outcomes = run.outcomes();
  std::vector<MetricValues> values = headline_values(outcomes);
  std::ranges::move(alignment_values(outcomes), std::back_inserter(values));
  std::ranges::move(action_values(outcomes, run.actions()), std::back_inserter(values));
  std::ranges::move(run.own_values(), std::back_inserter(values));
  return values;
}

// --- Differences -------------------------------------------------------------------------------------------

bool has_groups(const std::string& metric) { return metric.starts_with("p_advert_"); }

/// All that a value of the agent counts in.
std::vector<std::string> figures_with(const std::string& metric, AgentId agent,
                                      std::span<const TraitGroups> traits) {
  std::vector<std::string> figures{metric};
  if (!has_groups(metric)) return figures;
  const TraitGroups& groups = traits_of(agent, traits);
  for (const std::size_t group : {groups.activity - 1, 3 + groups.conformity - 1, 6 + groups.diversity - 1})
    figures.push_back(group_figure(metric, group));
  return figures;
}

std::map<std::string, RunsOfArm> finished_runs(const std::filesystem::path& study) {
  std::map<std::string, RunsOfArm> runs;
  for (const StudyRun& run : study_runs(study)) {
    if (run_status(run.folder) == "finished") runs[run.arm][run.replicate] = run.folder;
  }
  return runs;
}

}  // namespace

ValuesOfArm values_of_arm(const RunsOfArm& runs) {
  ValuesOfArm values;
  for (const auto& [replicate, folder] : runs) values[replicate] = run_values(RunReader(folder));
  return values;
}

std::map<std::string, Differences> differences_by_agent(const RunsOfArm& arm, const ValuesOfArm& baseline) {
  struct Sum {
    double sum = 0;
    double replicates = 0;
  };
  std::map<std::string, Differences> differences;
  std::map<std::string, std::map<AgentId, Sum>> sums;
  for (const auto& [replicate, folder] : arm) {
    const auto other = baseline.find(replicate);
    if (other == baseline.end()) continue;
    const std::vector<MetricValues>& of_baseline = other->second;
    const RunReader run(folder);
    const std::vector<TraitGroups> traits = run.traits();
    for (const MetricValues& metric : run_values(run)) {
      const auto same = std::ranges::find(of_baseline, metric.name, &MetricValues::name);
      if (same == of_baseline.end()) continue;
      std::map<AgentId, double> baselines;
      for (const AgentValue& value : same->agents) baselines[value.agent] = value.value;
      for (const AgentValue& value : metric.agents) {
        const auto paired = baselines.find(value.agent);
        if (paired == baselines.end()) continue;
        for (const std::string& figure : figures_with(metric.name, value.agent, traits)) {
          Sum& sum = sums[figure][value.agent];
          sum.sum += value.value - paired->second;
          ++sum.replicates;
          differences[figure].notice(value.value, paired->second);
        }
      }
    }
  }
  for (const auto& [metric, agents] : sums) {
    for (const auto& [agent, sum] : agents) differences[metric].values.push_back(sum.sum / sum.replicates);
  }
  return differences;
}

std::string group_figure(const std::string& metric, std::size_t group) {
  return metric + "_of_" + trait_group_name(group);
}

bool have_the_same_agents(const RunsOfArm& a, const RunsOfArm& b) {
  const RunReader of_a(a.begin()->second);
  const RunReader of_b(b.begin()->second);
  return match_populations(of_a.agents(), of_b.agents()).pairs();
}

namespace {

PairedDifference difference_over_replicates(const ByReplicate& arm, const ByReplicate& baseline) {
  Differences differences;
  for (const auto& [replicate, value] : arm) {
    if (const auto other = baseline.find(replicate); other != baseline.end())
      differences.add(value, other->second);
  }
  return paired_difference(differences);
}

/// The runs of a baseline, and what agents contribute there.
struct Baseline {
  std::string arm;
  RunsOfArm runs;
  ValuesOfArm values;
};

void add_over_agents(const RunsOfArm& arm, const Baseline& baseline,
                     std::initializer_list<std::span<ArmDifference>> lists) {
  if (arm.empty() || baseline.runs.empty() || !have_the_same_agents(arm, baseline.runs)) return;
  auto by_agent = differences_by_agent(arm, baseline.values);
  for (const std::span<ArmDifference> differences : lists) {
    for (ArmDifference& difference : differences)
      difference.over_agents = paired_difference(by_agent[difference.figure]);
  }
}

std::vector<ArmDifference> differences_of(const ArmFigures& arm, const ArmFigures& baseline,
                                          std::span<const std::string> metrics) {
  std::vector<ArmDifference> differences;
  for (const std::string& metric : metrics) {
    differences.push_back({.arm = arm.arm,
                           .baseline = baseline.arm,
                           .figure = metric,
                           .over_replicates = difference_over_replicates(
                               figure_of(arm.metrics, metric), figure_of(baseline.metrics, metric))});
  }
  for (const auto& [figure, values] : arm.bubble) {
    differences.push_back(
        {.arm = arm.arm,
         .baseline = baseline.arm,
         .figure = figure,
         .over_replicates = difference_over_replicates(values, figure_of(baseline.bubble, figure))});
  }
  return differences;
}

std::vector<ArmDifference> group_differences_of(const ArmFigures& arm, const ArmFigures& baseline,
                                                std::span<const std::string> metrics) {
  std::vector<ArmDifference> differences;
  for (const std::string& metric : metrics) {
    for (std::size_t group = 0; has_groups(metric) && group < kTraitGroups; ++group) {
      differences.push_back(
          {.arm = arm.arm, .baseline = baseline.arm, .figure = group_figure(metric, group)});
    }
  }
  return differences;
}

/// Round by round; of studies of one round nothing that `differences_of` does not say.
std::vector<ArmDifference> round_differences_of(const ArmFigures& arm, const ArmFigures& baseline) {
  std::vector<ArmDifference> differences;
  for (const auto& [key, values] : arm.rounds) {
    const auto& [figure, round] = key;
    differences.push_back(
        {.arm = arm.arm,
         .baseline = baseline.arm,
         .figure = figure,
         .round = round,
         .over_replicates = difference_over_replicates(values, figure_at(baseline.rounds, figure, round))});
  }
  if (std::ranges::all_of(differences, [](const ArmDifference& each) { return each.round == 0; }))
    differences.clear();
  return differences;
}

void adjust_for_many(StudyFigures& figures, PairedDifference ArmDifference::*unit) {
  std::vector<PairedDifference*> all;
  for (std::vector<ArmDifference>* differences :
       {&figures.differences, &figures.round_differences, &figures.group_differences}) {
    for (ArmDifference& difference : *differences) all.push_back(&(difference.*unit));
  }
  adjust_by_holm(all);
}

/// What the arms have, such as "agents", where it is not the same in all: "a 60, b 20". Of many arms, one for each number, then others.
void note_unequal(const std::vector<ArmFigures>& arms, std::size_t ArmFigures::*number, const char* of_what,
                  const char* so, std::vector<std::string>& notes) {
  constexpr std::size_t most = 8;
  std::set<std::size_t> numbers;
  std::vector<std::string> all;
  std::vector<std::string> firsts;
  std::vector<std::string> others;
  for (const ArmFigures& arm : arms) {
    if (arm.runs == 0) continue;
    all.push_back(fmt::format("{} {}", arm.arm, arm.*number));
    (numbers.insert(arm.*number).second ? firsts : others).push_back(all.back());
  }
  if (numbers.size() < 2) return;
  const bool are_many = all.size() > most;
  if (are_many) {
    all = std::move(firsts);
    std::ranges::move(others, std::back_inserter(all));
    all.resize(most);
  }
  notes.push_back(fmt::format("Arms have unequal numbers of {} ({}{}): {}.", of_what, fmt::join(all, ", "),
                              are_many ? ", ..." : "", so));
}

void add_differences(const std::filesystem::path& folder, StudyFigures& figures) {
  auto runs = finished_runs(folder);
  std::vector<std::string> names;
  for (const ArmFigures& arm : figures.arms) names.push_back(arm.arm);
  std::map<std::string, OwnSql> sql;
  for (const auto& [arm, of_arm] : runs) sql[arm] = own_sql(of_arm.begin()->second);
  Baseline read;  // one at a time: they hold a value for each agent
  for (const ArmFigures& arm : figures.arms) {
    const std::string baseline = baseline_for(arm.arm, figures.baseline, names);
    if (arm.arm == baseline || std::ranges::find(names, baseline) == names.end()) continue;
    if (read.arm != baseline)
      read = {.arm = baseline, .runs = runs[baseline], .values = values_of_arm(runs[baseline])};
    std::vector<ArmDifference> differences = differences_of(arm, figures.arm(baseline), figures.metrics);
    std::vector<ArmDifference> of_groups = group_differences_of(arm, figures.arm(baseline), figures.metrics);
    add_over_agents(runs[arm.arm], read, {differences, of_groups});
    for (const std::string& metric : names_with_other_sql(sql[arm.arm], sql[baseline])) {
      std::erase_if(differences, [&](const ArmDifference& each) { return each.figure == metric; });
      figures.caveats.push_back(fmt::format(
          "{} is other SQL in the arm {} than in {}: there is no difference.", metric, arm.arm, baseline));
    }
    std::ranges::move(differences, std::back_inserter(figures.differences));
    std::ranges::move(of_groups, std::back_inserter(figures.group_differences));
    std::ranges::move(round_differences_of(arm, figures.arm(baseline)),
                      std::back_inserter(figures.round_differences));
  }
  adjust_for_many(figures, &ArmDifference::over_replicates);
  adjust_for_many(figures, &ArmDifference::over_agents);
}

}  // namespace

ReplicateMean mean_over_replicates(const ByReplicate& figures) {
  const std::vector<double> values = values_of(figures);
  ReplicateMean result{.mean = mean_of(values), .replicates = values.size()};
  result.half_width = half_width_95(standard_error_of(values), values.size());
  return result;
}

void Differences::notice(double value, double baseline) {
  scale = std::max({scale, std::abs(value), std::abs(baseline)});
}

void Differences::add(double value, double baseline) {
  values.push_back(value - baseline);
  notice(value, baseline);
}

PairedDifference paired_difference(const Differences& differences) {
  const StudentTest test = students_test(differences.values, differences.scale);
  return {.pairs = differences.values.size(),
          .mean = mean_of(differences.values),
          .half_width = test.half_width,
          .p = test.p,
          .effect = test.effect};
}

void adjust_by_holm(std::span<PairedDifference* const> differences) {
  std::vector<PairedDifference*> tested;
  std::vector<double> p;
  for (PairedDifference* const difference : differences) {
    if (!difference->p) continue;
    tested.push_back(difference);
    p.push_back(*difference->p);
  }
  const std::vector<double> adjusted = holm(p);
  for (std::size_t test = 0; test < tested.size(); ++test) tested[test]->p_holm = adjusted[test];
}

std::string text_of(const ReplicateMean& mean) {
  if (mean.replicates == 0) return "-";
  return mean.half_width ? fmt::format("{:.3f} ± {:.3f}", mean.mean, *mean.half_width)
                         : fmt::format("{:.3f}", mean.mean);
}

std::string text_of(const PairedDifference& difference) {
  if (difference.pairs == 0) return "-";
  return difference.half_width ? fmt::format("{:+.3f} ± {:.3f}", difference.mean, *difference.half_width)
                               : fmt::format("{:+.3f}", difference.mean);
}

std::string p_text(const std::optional<double>& p) {
  if (!p) return "-";
  return *p < 0.0001 ? "<0.0001" : fmt::format("{:.4f}", *p);
}

ByReplicate figure_of(const std::map<std::string, ByReplicate>& figures, const std::string& name) {
  const auto found = figures.find(name);
  return found == figures.end() ? ByReplicate() : found->second;
}

ByReplicate figure_at(const FiguresAlong& figures, const std::string& name, std::uint16_t at) {
  const auto found = figures.find({name, at});
  return found == figures.end() ? ByReplicate() : found->second;
}

const ArmFigures& StudyFigures::arm(const std::string& name) const {
  return *std::ranges::find(arms, name, &ArmFigures::arm);
}

StudyFigures study_figures(const std::filesystem::path& folder) {
  StudyFigures figures{.baseline = baseline_of(folder)};
  for (const StudyRun& run : study_runs(folder)) {
    figures.replicates = std::max<std::size_t>(figures.replicates, run.replicate);
    auto arm = std::ranges::find(figures.arms, run.arm, &ArmFigures::arm);
    if (arm == figures.arms.end()) arm = figures.arms.insert(arm, ArmFigures{.arm = run.arm});
    if (run_status(run.folder) == "finished") add_run(run, figures, *arm);
  }
  note_unequal(figures.arms, &ArmFigures::agents, "agents",
               "differences over replicates are those of means over other agents", figures.caveats);
  note_unequal(figures.arms, &ArmFigures::last_round, "rounds",
               "figures of the whole run are means over all rounds that an arm has", figures.caveats);
  add_differences(folder, figures);
  return figures;
}

}  // namespace throng

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/report/run_figures.h"

namespace throng {

/// A mean over replicates; ± half_width is its 95 % interval (half_width_95), empty for fewer than two replicates.
struct ReplicateMean {
  double mean = 0;
  std::optional<double> half_width;
  std::size_t replicates = 0;  ///< 0: there is no mean
};

/// A figure of each replicate that has it, by replicate.
using ByReplicate = std::map<std::uint32_t, double>;

ReplicateMean mean_over_replicates(const ByReplicate& values);

/// Figures along something that is counted from 0, such as rounds: by what they are called and where.
using FiguresAlong = std::map<std::pair<std::string, std::uint16_t>, ByReplicate>;

/// The finished runs of one arm of a study.
struct ArmFigures {
  std::string arm;
  std::size_t runs = 0;                        ///< finished
  std::size_t agents = 0;                      ///< of one run
  std::size_t last_round = 0;                  ///< from 1; 0: none has figures
  std::map<std::string, ByReplicate> metrics;  ///< headline metrics; without those that rest on no agent
  std::map<std::string, double>
      over_agents;      ///< half the width of their 95 % intervals over the agents of the first run
  FiguresAlong rounds;  ///< what changes from round to round
  std::map<std::string, ByReplicate> bubble;  ///< the same as means over the rounds, but for headline metrics
  /// "viewed_by_position", "viewed_by_page", ...: shares of the items that stood there (means, of ratings), means over the rounds.
  FiguresAlong places;
};

/// A mean of differences between what belongs together, and what students_test says of them.
struct PairedDifference {
  std::size_t pairs = 0;  ///< 0: there is no difference
  double mean = 0;
  std::optional<double> half_width;  ///< of the 95 % interval
  std::optional<double> p;
  std::optional<double>
      p_holm;  ///< adjusted for all differences of the study over the same units, of rounds, too
  std::optional<double> effect;  ///< Cohen's d_z
};

/// Differences of pairs.
struct Differences {
  std::vector<double> values;
  double scale = 0;  ///< the size of the largest number that they are differences of: see students_test

  void add(double value, double baseline);
  void notice(double value, double baseline);  ///< their size
};

PairedDifference paired_difference(const Differences& differences);
/// Gives those of them that have a p their p_holm: adjusted for all of these.
void adjust_by_holm(std::span<PairedDifference* const> differences);

// For tables: "0.421 ± 0.003", "+0.010 ± 0.020", "0.0123" or "<0.0001"; "-" for what there is not.
std::string text_of(const ReplicateMean& mean);
std::string text_of(const PairedDifference& difference);
std::string p_text(const std::optional<double>& p);

/// The finished runs of an arm, by replicate.
using RunsOfArm = std::map<std::uint32_t, std::filesystem::path>;

/// What agents contribute to the headline metrics, by replicate.
using ValuesOfArm = std::map<std::uint32_t, std::vector<MetricValues>>;
ValuesOfArm values_of_arm(const RunsOfArm& runs);

/// By headline metric, each agent's mean difference over the replicates in which it has a value in both. Those of adverts are there for
/// each trait group, too (group_figure).
std::map<std::string, Differences> differences_by_agent(const RunsOfArm& arm, const ValuesOfArm& baseline);
/// A metric of the agents in one trait group (trait_group_name), such as "p_advert_view_of_activity_3".
std::string group_figure(const std::string& metric, std::size_t group);

/// Whether agents of the same number are the same in the first runs of both, which are not empty.
bool have_the_same_agents(const RunsOfArm& a, const RunsOfArm& b);

/// A figure of an arm less that of the baseline.
struct ArmDifference {
  std::string arm;
  std::string baseline;                  ///< the arm that it is compared with; see baseline_for
  std::string figure;                    ///< a headline metric, or one of `bubble`
  std::optional<std::uint16_t> round{};  ///< of this round alone, from 0; none: of the whole run
  PairedDifference over_replicates;      ///< those that both have
  /// An agent's values are its means over the replicates. None of figures that agents do not have, and where agents are not the
  /// same in both arms.
  PairedDifference over_agents;
};

/// What the finished runs of a study show; the study itself may be unfinished.
struct StudyFigures {
  std::vector<ArmFigures> arms;              ///< in their order
  std::string baseline;                      ///< the arm that the others are compared with
  std::vector<std::string> metrics;          ///< the names of the headline metrics, in their order
  std::map<std::string, MetricWords> words;  ///< of each of them
  std::vector<ArmDifference> differences;    ///< arm by arm, of all but the baseline
  /// Likewise of each round where there are several, arm by arm, then figure by figure: headline metrics and those of `bubble`, over
  /// replicates.
  std::vector<ArmDifference> round_differences;
  /// Likewise of adverts in each trait group (group_figure), over agents.
  std::vector<ArmDifference> group_differences;
  std::vector<std::string> caveats;            ///< of the finished runs, each once
  std::size_t replicates = 0;                  ///< that the study is to have
  std::optional<std::filesystem::path> a_run;  ///< one of the finished runs; empty without any

  const ArmFigures& arm(const std::string& name) const;
};

/// Throws Failure(data) if the study or a run of it is damaged.
StudyFigures study_figures(const std::filesystem::path& folder);

/// The figure of each replicate; none if there is no such figure.
ByReplicate figure_of(const std::map<std::string, ByReplicate>& figures, const std::string& name);
ByReplicate figure_at(const FiguresAlong& figures, const std::string& name, std::uint16_t at);

}  // namespace throng

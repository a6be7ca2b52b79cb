#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agents/metrics.h"
#include "scenarios/store/run_reader.h"

namespace throng {

inline constexpr std::uint16_t kResamples = 2000;
/// Of the draws that resample: the same values always give the same interval.
inline constexpr std::uint64_t kBootstrapSeed = 1;

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

/// The 95 % percentile bootstrap interval of the mean (Efron 1979): from the 2.5th to the 97.5th percentile of
/// the means of kResamples resamples. One value at least, and below 2^32; a value is drawn with a bias below
/// values / 2^32.
Interval bootstrap_mean(std::span<const double> values);

/// Any figure of the agents with these numbers, some of which come more than once.
using FigureOfAgents = std::function<double(std::span<const std::uint32_t> agents)>;

/// The same of a figure of `agents` agents (one at least), who are resampled together; called from several threads.
Interval bootstrap_figure(std::size_t agents, const FigureOfAgents& figure);

/// The same of mean(b) - mean(a), with `a` and `b` resampled independently.
Interval bootstrap_difference(std::span<const double> a, std::span<const double> b);

/// Which agents of two runs, A and B, are the same: the same number, user of the dataset, traits, and both or
/// neither perturbed.
struct PopulationMatch {
  std::size_t same = 0;
  std::size_t only_a = 0;  ///< agents whose number B does not have
  std::size_t only_b = 0;
  std::optional<AgentId> first_other;  ///< the first number that stands for different agents

  /// Whether agents can be paired by number.
  bool pairs() const { return same > 0 && !first_other; }
};

/// Both in agent order.
PopulationMatch match_populations(const RowStream<StoredAgent>& a, const RowStream<StoredAgent>& b);

enum class Pairing { paired, unpaired };

/// A headline metric of B against A.
struct MetricDifference {
  std::string metric;
  double a = 0;           ///< mean over the agents that the difference rests on; 0 if there are none
  double b = 0;           ///< likewise
  double difference = 0;  ///< b - a; 0 if one of the two has no agents
  std::optional<Interval>
      interval;              ///< of the difference; empty with fewer than two agents in one of the two
  std::size_t agents_a = 0;  ///< how many agents it rests on; paired: the same agents in both
  std::size_t agents_b = 0;

  bool has_value() const { return agents_a > 0 && agents_b > 0; }
};

/// Of the metrics that both have, in the order of `a`. Paired: over the agents that have a value in both, resampled
/// together; unpaired: over those that have one in their run, resampled independently.
std::vector<MetricDifference> metric_differences(std::span<const MetricValues> a,
                                                 std::span<const MetricValues> b, Pairing pairing);

/// The SQL of a scenario's own metrics, by name.
using OwnSql = std::map<std::string, std::string>;

/// As a run's scenario.json has it; none without that file. Throws Failure(data) if it cannot be read.
OwnSql own_sql(const std::filesystem::path& run_folder);

/// The names that mean other SQL in both: what they are called by cannot be compared.
std::set<std::string> names_with_other_sql(const OwnSql& a, const OwnSql& b);

/// Where two runs part: the first round in which agents' digests differ.
struct Parting {
  std::uint16_t round = 0;
  std::size_t agents = 0;      ///< how many differ in this round
  std::vector<AgentId> first;  ///< up to kFirstAgents of them, ascending
};

inline constexpr std::size_t kFirstAgents = 5;

struct DigestComparison {
  std::size_t in_both = 0;  ///< sessions (agent and round) that both runs have; only these can part
  std::size_t only_a = 0;
  std::size_t only_b = 0;
  std::optional<Parting> parting;

  bool identical() const { return !parting && only_a == 0 && only_b == 0; }
};

/// Both by agent, then round. Holds no more than a row of each.
DigestComparison compare_digests(const RowStream<SessionDigest>& a, const RowStream<SessionDigest>& b);

}  // namespace throng

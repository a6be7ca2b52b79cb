#include "scenarios/report/compare.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/base/statistics.h"

namespace throng {
namespace {

constexpr Draws kDraws{kBootstrapSeed};
constexpr Purpose kFirst{"compare/first"};
constexpr Purpose kSecond{"compare/second"};

/// Draws as many of `count` as there are, with replacement.
template <class Take>
void resample_each(std::size_t count, Purpose purpose, std::uint16_t resample, const Take& take) {
  for (std::size_t drawn = 0; drawn < count;) {
    // One block holds four numbers of 32 bits: a million agents mean 10^10 draws.
    const auto words =
        kDraws.block(purpose, {.agent = static_cast<std::uint32_t>(drawn / 4), .round = resample});
    for (std::size_t i = 0; i < words.size() && drawn < count; ++i, ++drawn)
      take(static_cast<std::uint64_t>(words[i]) * count >> 32U);
  }
}

/// The mean of as many values as there are, drawn with replacement.
double resampled_mean(std::span<const double> values, Purpose purpose, std::uint16_t resample) {
  double sum = 0;
  resample_each(values.size(), purpose, resample, [&](std::size_t drawn) { sum += values[drawn]; });
  return sum / static_cast<double>(values.size());
}

Interval interval_of(const std::function<double(std::uint16_t)>& resampled) {
  std::vector<double> figures(kResamples);
  parallel_for(kResamples, [&](std::size_t i) { figures[i] = resampled(static_cast<std::uint16_t>(i)); });
  return {.low = percentile(figures, 2.5), .high = percentile(figures, 97.5)};
}

/// Walks two streams that ascend by `key`: `both(a, b)` for rows of the same key, `only_a()` and `only_b()`
/// for the others.
template <class Row, class Key, class Both, class OnlyA, class OnlyB>
void merge(const RowStream<Row>& a, const RowStream<Row>& b, Key key, Both both, OnlyA only_a, OnlyB only_b) {
  std::optional<Row> of_a = a();
  std::optional<Row> of_b = b();
  while (of_a || of_b) {
    if (of_a && of_b && key(*of_a) == key(*of_b)) {
      both(*of_a, *of_b);
      of_a = a();
      of_b = b();
    } else if (of_a && (!of_b || key(*of_a) < key(*of_b))) {
      only_a();
      of_a = a();
    } else {
      only_b();
      of_b = b();
    }
  }
}

bool are_same(const StoredAgent& a, const StoredAgent& b) {
  return a.external_id == b.external_id && a.traits == b.traits && a.perturbed == b.perturbed;
}

/// The values of agents that have one in both, side by side.
struct Pairs {
  std::vector<double> a;
  std::vector<double> b;
};

Pairs pairs_of(std::span<const AgentValue> a, std::span<const AgentValue> b) {
  Pairs pairs;
  auto of_b = b.begin();
  for (const AgentValue& of_a : a) {
    while (of_b != b.end() && of_b->agent < of_a.agent) ++of_b;
    if (of_b == b.end()) break;
    if (of_b->agent != of_a.agent) continue;
    pairs.a.push_back(of_a.value);
    pairs.b.push_back(of_b->value);
  }
  return pairs;
}

std::vector<double> all_of(std::span<const AgentValue> agents) {
  std::vector<double> values;
  values.reserve(agents.size());
  for (const AgentValue& agent : agents) values.push_back(agent.value);
  return values;
}

MetricDifference paired_difference(const MetricValues& a, const MetricValues& b) {
  const Pairs pairs = pairs_of(a.agents, b.agents);
  std::vector<double> differences(pairs.a.size());
  std::ranges::transform(pairs.b, pairs.a, differences.begin(), std::minus());
  MetricDifference difference{.metric = a.name,
                              .a = mean_of(pairs.a),
                              .b = mean_of(pairs.b),
                              .difference = mean_of(differences),
                              .agents_a = differences.size(),
                              .agents_b = differences.size()};
  if (differences.size() >= 2) difference.interval = bootstrap_mean(differences);
  return difference;
}

MetricDifference unpaired_difference(const MetricValues& a, const MetricValues& b) {
  const std::vector<double> of_a = all_of(a.agents);
  const std::vector<double> of_b = all_of(b.agents);
  MetricDifference difference{.metric = a.name,
                              .a = mean_of(of_a),
                              .b = mean_of(of_b),
                              .agents_a = of_a.size(),
                              .agents_b = of_b.size()};
  if (difference.has_value()) difference.difference = difference.b - difference.a;
  if (of_a.size() >= 2 && of_b.size() >= 2) difference.interval = bootstrap_difference(of_a, of_b);
  return difference;
}

/// Keeps the earliest round; sessions come by agent.
void add_difference(const SessionDigest& session, std::optional<Parting>& parting) {
  if (parting && session.round > parting->round) return;
  if (!parting || session.round < parting->round) parting = Parting{.round = session.round};
  ++parting->agents;
  if (parting->first.size() < kFirstAgents) parting->first.push_back(session.agent);
}

}  // namespace

Interval bootstrap_mean(std::span<const double> values) {
  return interval_of([&](std::uint16_t resample) { return resampled_mean(values, kFirst, resample); });
}

Interval bootstrap_figure(std::size_t agents, const FigureOfAgents& figure) {
  return interval_of([&](std::uint16_t resample) {
    std::vector<std::uint32_t> drawn;
    drawn.reserve(agents);
    resample_each(agents, kFirst, resample,
                  [&](std::size_t agent) { drawn.push_back(static_cast<std::uint32_t>(agent)); });
    return figure(drawn);
  });
}

Interval bootstrap_difference(std::span<const double> a, std::span<const double> b) {
  return interval_of([&](std::uint16_t resample) {
    return resampled_mean(b, kSecond, resample) - resampled_mean(a, kFirst, resample);
  });
}

PopulationMatch match_populations(const RowStream<StoredAgent>& a, const RowStream<StoredAgent>& b) {
  PopulationMatch match;
  const auto compare = [&](const StoredAgent& of_a, const StoredAgent& of_b) {
    if (are_same(of_a, of_b)) {
      ++match.same;
    } else if (!match.first_other) {
      match.first_other = of_a.agent;
    }
  };
  merge(
      a, b, [](const StoredAgent& agent) { return agent.agent; }, compare, [&] { ++match.only_a; },
      [&] { ++match.only_b; });
  return match;
}

std::vector<MetricDifference> metric_differences(std::span<const MetricValues> a,
                                                 std::span<const MetricValues> b, Pairing pairing) {
  std::vector<MetricDifference> differences;
  for (const MetricValues& of_a : a) {
    const auto of_b = std::ranges::find(b, of_a.name, &MetricValues::name);
    if (of_b == b.end()) continue;
    differences.push_back(pairing == Pairing::paired ? paired_difference(of_a, *of_b)
                                                     : unpaired_difference(of_a, *of_b));
  }
  return differences;
}

OwnSql own_sql(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / "scenario.json";
  OwnSql sql;
  if (!std::filesystem::exists(file)) return sql;
  const Json scenario = read_json(file, ErrorKind::data);
  try {
    const Json metrics = scenario.value("metrics", Json::object());
    for (const auto& [name, metric] : metrics.items()) sql[name] = metric.at("sql").get<std::string>();
  } catch (const Json::exception&) {
    throw Failure(ErrorKind::data, fmt::format("{}: /metrics: expected an object of metrics, each with "
                                               "\"sql\"",
                                               file.string()));
  }
  return sql;
}

std::set<std::string> names_with_other_sql(const OwnSql& a, const OwnSql& b) {
  std::set<std::string> names;
  for (const auto& [name, sql] : a) {
    if (const auto other = b.find(name); other != b.end() && other->second != sql) names.insert(name);
  }
  return names;
}

DigestComparison compare_digests(const RowStream<SessionDigest>& a, const RowStream<SessionDigest>& b) {
  DigestComparison comparison;
  const auto compare = [&](const SessionDigest& of_a, const SessionDigest& of_b) {
    ++comparison.in_both;
    if (of_a.digest != of_b.digest) add_difference(of_a, comparison.parting);
  };
  merge(
      a, b, [](const SessionDigest& session) { return std::tuple(session.agent, session.round); }, compare,
      [&] { ++comparison.only_a; }, [&] { ++comparison.only_b; });
  return comparison;
}

}  // namespace throng

#include "scenarios/report/comparison_report.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"
#include "scenarios/report/run_figures.h"
#include "scenarios/report/table.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

constexpr std::size_t kRowsInText = 10;

const std::filesystem::path& no_study(const std::filesystem::path& folder) {
  if (is_study_folder(folder)) {
    throw Failure(ErrorKind::data, fmt::format("{}: a study of several runs: compare the runs in its folders",
                                               folder.string()));
  }
  return folder;
}

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

bool is_finished(const ComparedRun& run) { return run.run.meta("status") == "finished"; }

std::string paired_note(const PopulationMatch& match) {
  std::string note = fmt::format("Paired by agent: {} in both runs",
                                 match.same == 1 ? "1 agent is" : fmt::format("{} agents are", match.same));
  if (match.only_a + match.only_b == 0) return note + ".";
  return note + fmt::format("; {} only in A and {} only in B are left out.", match.only_a, match.only_b);
}

/// Whether agents are paired, with the reason among the notes.
Pairing find_pairing(const ComparedRun& a, const ComparedRun& b, std::vector<std::string>& notes) {
  const std::string dataset_a = a.run.meta("dataset");
  const std::string dataset_b = b.run.meta("dataset");
  if (dataset_a != dataset_b) {
    notes.push_back(
        fmt::format("Not paired: A has users of {}, B of {}.", printable(dataset_a), printable(dataset_b)));
    return Pairing::unpaired;
  }
  const PopulationMatch match = match_populations(a.run.agents(), b.run.agents());
  if (match.pairs()) {
    notes.push_back(paired_note(match));
    return Pairing::paired;
  }
  notes.push_back(match.first_other
                      ? fmt::format("Not paired: agent {} is not the same in both runs (user, traits or "
                                    "perturbation).",
                                    index(*match.first_other))
                      : std::string("Not paired: the runs have no agent in common."));
  return Pairing::unpaired;
}

void add_notes(const ComparedRun& a, const ComparedRun& b, std::vector<std::string>& notes) {
  for (const auto& [name, run] : {std::pair("A", &a), std::pair("B", &b)}) {
    if (is_finished(*run)) continue;
    notes.push_back(fmt::format("{} is not finished ({}): this is what it has so far.", name,
                                printable(run->run.meta("status"))));
  }
  if (a.rounds == b.rounds) return;
  notes.push_back(fmt::format("A has {}, B has {}: an agent's values are means over its sessions in each.",
                              counted(a.rounds, "round"), counted(b.rounds, "round")));
}

std::vector<RowDifference> rows_of_first(const ComparedRun& a, const ComparedRun& b, const Parting& parting) {
  const auto session = [&](const ComparedRun& run) {
    return run.run.session(parting.first.front(), parting.round);
  };
  const auto titles = [](const ComparedRun& run) -> ItemTitle {
    return [&run](ItemId item) { return run.run.item(item).title; };
  };
  return differing_rows(session(a), titles(a), session(b), titles(b));
}

std::string agents_text(const MetricDifference& metric, Pairing pairing) {
  return pairing == Pairing::paired ? std::to_string(metric.agents_a)
                                    : fmt::format("{} / {}", metric.agents_a, metric.agents_b);
}

std::string metrics_text(std::span<const MetricDifference> metrics, Pairing pairing, const char* heading) {
  Table table({heading, "A", "B", "B - A", "95 % interval", "agents"});
  for (const MetricDifference& metric : metrics) {
    const auto figure = [](bool exists, double value) {
      return exists ? fmt::format("{:.3f}", value) : std::string("-");
    };
    table.add_row({words_of(Metric{.name = metric.metric}).label, figure(metric.agents_a > 0, metric.a),
                   figure(metric.agents_b > 0, metric.b),
                   metric.has_value() ? fmt::format("{:+.3f}", metric.difference) : "-",
                   metric.interval
                       ? fmt::format("{:+.3f} to {:+.3f}", metric.interval->low, metric.interval->high)
                       : "-",
                   agents_text(metric, pairing)});
  }
  return table.text();
}

std::string agents_of(const Parting& parting) {
  std::vector<std::size_t> numbers;
  for (const AgentId agent : parting.first) numbers.push_back(index(agent));
  return fmt::format("{}: {}{}", counted(parting.agents, "agent"), fmt::join(numbers, ", "),
                     parting.agents > numbers.size() ? ", ..." : "");
}

std::string rows_text(const std::vector<RowDifference>& rows) {
  if (rows.empty()) return "  Its rows are the same: the digests tell of something that no row holds.\n";
  Table table({"differs", "A", "B"});
  for (std::size_t i = 0; i < std::min(rows.size(), kRowsInText); ++i) {
    const auto cell = [](const std::string& text) { return text.empty() ? "-" : text; };
    table.add_row({rows[i].row, cell(rows[i].a), cell(rows[i].b)});
  }
  if (rows.size() <= kRowsInText) return table.text();
  return table.text() + fmt::format("  and {} more\n", counted(rows.size() - kRowsInText, "row"));
}

std::string parting_text(const ComparedRun& a, const ComparedRun& b, const Comparison& comparison) {
  const DigestComparison& digests = comparison.digests;
  if (digests.identical() && is_finished(a) && is_finished(b)) {
    return fmt::format("  No difference: same digest {}\n", printable(a.run.meta("digest")));
  }
  std::string text;
  if (digests.parting) {
    text = fmt::format("  The runs part in round {}, at {}\n", digests.parting->round + 1,
                       agents_of(*digests.parting));
  } else if (digests.in_both == 0) {
    text = "  The runs have no session in common.\n";
  } else {
    text = fmt::format("  No difference in {} that both runs have.\n", counted(digests.in_both, "session"));
  }
  if (digests.only_a + digests.only_b > 0) {
    text += fmt::format("  {} only in A, {} only in B.\n", counted(digests.only_a, "session"),
                        counted(digests.only_b, "session"));
  }
  if (!digests.parting) return text;
  return text + fmt::format("\n  Agent {} in round {}:\n{}", index(digests.parting->first.front()),
                            digests.parting->round + 1, rows_text(comparison.rows));
}

Json metric_json(const MetricDifference& metric, Pairing pairing) {
  const auto figure = [](bool exists, double value) { return exists ? Json(value) : Json(); };
  const bool paired = pairing == Pairing::paired;
  return {{"metric", metric.metric},
          {"a", figure(metric.agents_a > 0, metric.a)},
          {"b", figure(metric.agents_b > 0, metric.b)},
          {"difference", figure(metric.has_value(), metric.difference)},
          {"low", metric.interval ? Json(metric.interval->low) : Json()},
          {"high", metric.interval ? Json(metric.interval->high) : Json()},
          {"agents", paired ? metric.agents_a : metric.agents_a + metric.agents_b},
          {"agents_a", metric.agents_a},
          {"agents_b", metric.agents_b},
          {"paired", paired}};
}

Json parting_json(const Comparison& comparison) {
  if (!comparison.digests.parting) return nullptr;
  const Parting& parting = *comparison.digests.parting;
  Json first = Json::array();
  for (const AgentId agent : parting.first) first.push_back(index(agent));
  Json rows = Json::array();
  const auto cell = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  for (const RowDifference& row : comparison.rows) {
    rows.push_back({{"row", row.row}, {"a", cell(row.a)}, {"b", cell(row.b)}});
  }
  return {{"round", parting.round + 1}, {"agents", parting.agents}, {"first", first}, {"rows", rows}};
}

}  // namespace

ComparedRun::ComparedRun(const std::filesystem::path& path) : folder(path.string()), run(no_study(path)) {
  const std::vector<Outcome>& outcomes = run.outcomes();
  if (outcomes.empty()) {
    throw Failure(ErrorKind::data,
                  fmt::format("{}: has no rows of sessions to compare: it was run with --store summary, or "
                              "stopped before the first of them",
                              folder));
  }
  values = headline_values(outcomes);
  std::ranges::move(alignment_values(outcomes), std::back_inserter(values));
  std::ranges::move(action_values(outcomes, kAllActions), std::back_inserter(values));
  std::ranges::move(run.own_values(), std::back_inserter(values));
  positions = run.position_values();
  rounds = std::ranges::max(outcomes, {}, &Outcome::round).round + 1U;
}

Comparison compare_runs(const ComparedRun& a, const ComparedRun& b) {
  Comparison comparison;
  comparison.pairing = find_pairing(a, b, comparison.notes);
  add_notes(a, b, comparison.notes);
  comparison.metrics = metric_differences(a.values, b.values, comparison.pairing);
  // Of what agents may do by a scenario's leave only that which some did, and hidden items only where they are known.
  std::erase_if(comparison.metrics, [&](const MetricDifference& metric) {
    const bool is_optional =
        std::ranges::count(alignment_values({}), metric.metric, &MetricValues::name) > 0 ||
        std::ranges::count(action_values({}, kAllActions), metric.metric, &MetricValues::name) > 0;
    return is_optional && metric.a == 0 && metric.b == 0;
  });
  for (const std::string& name : names_with_other_sql(own_sql(a.folder), own_sql(b.folder))) {
    std::erase_if(comparison.metrics, [&](const MetricDifference& metric) { return metric.metric == name; });
    comparison.notes.push_back(
        fmt::format("{} is other SQL in A than in B: it is not compared.", printable(name)));
  }
  const std::size_t common = std::min(a.positions.size(), b.positions.size());
  comparison.positions = metric_differences(std::span(a.positions).first(common),
                                            std::span(b.positions).first(common), comparison.pairing);
  comparison.digests = compare_digests(a.run.digests(), b.run.digests());
  if (comparison.digests.parting) comparison.rows = rows_of_first(a, b, *comparison.digests.parting);
  return comparison;
}

std::string comparison_text(const ComparedRun& a, const ComparedRun& b, const Comparison& comparison) {
  std::string notes;
  for (const std::string& note : comparison.notes) notes += fmt::format("  {}\n", note);
  return fmt::format(
      "  A  {}\n  B  {}\n\n{}\n{}\n{}"
      "  Intervals: percentile bootstrap over agents, {} resamples, seed {}: the same every time.\n\n{}",
      printable(a.folder), printable(b.folder),
      metrics_text(comparison.metrics, comparison.pairing, "metric"),
      metrics_text(comparison.positions, comparison.pairing, "place on the page"), notes, kResamples,
      kBootstrapSeed, parting_text(a, b, comparison));
}

Json comparison_json(const ComparedRun& a, const ComparedRun& b, const Comparison& comparison) {
  const auto list = [&](std::span<const MetricDifference> differences) {
    Json metrics = Json::array();
    for (const MetricDifference& metric : differences)
      metrics.push_back(metric_json(metric, comparison.pairing));
    return metrics;
  };
  const DigestComparison& digests = comparison.digests;
  return {
      {"a", printable(a.folder)},
      {"b", printable(b.folder)},
      {"paired", comparison.pairing == Pairing::paired},
      {"notes", comparison.notes},
      {"bootstrap", {{"resamples", kResamples}, {"seed", kBootstrapSeed}, {"confidence", 0.95}}},
      {"metrics", list(comparison.metrics)},
      {"positions", list(comparison.positions)},
      {"sessions", {{"in_both", digests.in_both}, {"only_a", digests.only_a}, {"only_b", digests.only_b}}},
      {"parts", parting_json(comparison)}};
}

}  // namespace throng

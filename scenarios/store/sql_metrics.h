#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "engine/base/json.h"

namespace throng {

/// A metric that a scenario defines: a SELECT over the tables of run.db. It gives one number (a row of one column), or a number for
/// each agent that has one (columns `agent` and `value`); null is no number.
struct SqlMetric {
  std::string name;
  std::string sql;
  std::string title;  ///< what reports call it; untrusted
  std::string unit;   ///< untrusted; may be empty
  bool operator==(const SqlMetric&) const = default;
};

/// How many steps of SQLite's virtual machine a metric may take: counted, so that no clock decides what has a value. A hundred
/// million take about a second.
inline constexpr std::int64_t kMostSqlSteps = 4'000'000'000;

/// How many bytes SQLite may hold for a metric beyond what it held before: sorters and tables in passing, whose rows a step may add to.
inline constexpr std::int64_t kMostSqlBytes = std::int64_t{1} << 30;

/// How long a text may be that a metric reads or makes, in bytes: what a function does takes one step, however long its arguments are.
inline constexpr int kLongestSqlText = 20'000;

/// Why no run could be asked this, in SQLite's words where it is SQLite that refuses; empty if any could. The SQL is prepared
/// against tables without rows: one SELECT that reads the tables of run.db but `meta`, `metrics` and `agent_metrics`, with functions
/// that depend on nothing else (no clock, no random numbers, no files), and nothing beside it. Thread-safe.
std::string sql_fault(const std::string& sql);

/// Throws Failure(usage) if the run.db was made by a version that knew no such metrics, Failure(data) if it cannot be read.
void check_knows_metrics(const std::filesystem::path& run_db);

/// Takes the metrics from the rows of a run that is over, and puts them into its run.db and its summary, in place of those that it
/// had; one run at a time, since SQLite counts the bytes of the whole process. Agents that were abandoned are left out, as of
/// headline metrics. One whose SQL gives something else than it should, or takes more than `most_steps` or `most_bytes`, rests on no
/// agent, and `metric_faults` of both says why. A run over several ranks is asked as one file, which is made for that (MergedCopy).
/// Nobody writes the run meanwhile. Throws SQLite::Exception if run.db cannot be written; Failure(usage) as
/// check_knows_metrics; as MergedCopy.
void sum_up_metrics(const std::filesystem::path& run_db, std::span<const SqlMetric> metrics, Json& summary,
                    std::int64_t most_steps = kMostSqlSteps, std::int64_t most_bytes = kMostSqlBytes);

}  // namespace throng

#pragma once

#include <span>
#include <string>

#include "agents/metrics.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// The headline metrics with their 95 % intervals and what they rest on.
std::string metrics_table(std::span<const Metric> metrics);

/// What `throng report` prints of a run: metrics, ratings, exit pages and trait groups, all computed from the
/// rows of run.db.
std::string run_tables(const RunReader& run);

}  // namespace throng

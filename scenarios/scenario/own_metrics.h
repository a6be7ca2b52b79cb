#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "scenarios/store/sql_metrics.h"

namespace throng {

/// A scenario's `metrics`, in their order. Throws Failure(usage) for a name that Throng's own metrics have or may come to have, and
/// for SQL that no run could be asked (sql_fault).
std::vector<SqlMetric> read_metrics(const Json& json, const std::string& source);

Json write_metrics(std::span<const SqlMetric> metrics);

}  // namespace throng

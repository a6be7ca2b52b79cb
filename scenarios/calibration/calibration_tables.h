#pragma once

#include <string>

#include "agents/calibration/calibration.h"
#include "engine/base/json.h"

namespace throng {

/// What `throng calibrate` prints: every number with its standard error, then how likely the recordings are by part, against models
/// of intercepts, and what the data cannot tell apart.
std::string calibration_tables(const Calibration& calibration);

/// What `throng calibrate --json` prints: "agents" {"fitted", "held_out"}, "pages", "strange_pages", "parameters" as
/// `mind.parameters` takes them, and "parts": [{"name", "likelihood", "numbers": [{"name", "value", "standard_error"}],
/// "fitted" and "held_out": {"observations", "log_likelihood", "intercepts_only"}, "undecided": [text], "converged"}].
Json calibration_json(const Calibration& calibration);

}  // namespace throng

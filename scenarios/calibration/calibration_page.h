#pragma once

#include <span>
#include <string>

#include "agents/calibration/calibration.h"
#include "scenarios/calibration/simulated_check.h"

namespace throng {

/// A calibration as html_report's data, without "version": recorded against simulated distributions, the gaps between them, and
/// the tables that the terminal shows. `command` makes it again.
Json calibration_page(const Calibration& calibration, std::span<const SimulatedCheck> checks,
                      const std::string& command);

}  // namespace throng

#pragma once

#include <string>
#include <vector>

#include "recsys/data/dataset.h"
#include "scenarios/run/scenario.h"

namespace throng {

/// Where the results of a scenario lose part of their meaning on this dataset, for whoever reads them: sentences.
std::vector<std::string> caveats(const Scenario& scenario, const Dataset& dataset);

}  // namespace throng

#pragma once

#include <string>

#include "scenarios/store/run_reader.h"

namespace throng {

/// One agent's story, page by page: profile, what was shown, aligned, viewed, rated and felt, the memory, the
/// decision and the interview. Throws Failure(usage) if the run has no such agent.
std::string story(const RunReader& run, AgentId agent);

}  // namespace throng

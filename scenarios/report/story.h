#pragma once

#include <string>

#include "scenarios/store/run_reader.h"

namespace throng {

/// One agent's story, page by page: profile, what was shown, aligned, viewed, rated and felt, the memory, the
/// decision and the interview. Throws Failure(usage) if the run has no such agent.
std::string story(const RunReader& run, AgentId agent);

/// Every call that the agent made of a language model, in order: what was asked, word by word, and the reply. A message that
/// is the same as in the call before is not told again. Throws Failure(usage) if the run has no journal.
std::string conversation(const std::filesystem::path& run_folder, AgentId agent);

}  // namespace throng

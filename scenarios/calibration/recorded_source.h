#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agents/session_record.h"
#include "recsys/data/dataset.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// What one agent of a recording did.
struct RecordedAgent {
  std::string name;
  AgentId agent{};  ///< in `RecordedSource::scenario`
  std::vector<SessionRecord> sessions;
};

/// Recorded agents, and a scenario in which statistical ones meet the same: dataset, population, recommender and session.
struct RecordedSource {
  std::string description;  ///< such as "gpt-3.5.jsonl, digest 12ab, 100 agents"
  Scenario scenario;
  Dataset dataset;
  std::vector<RecordedAgent> agents;
};

/// Reads a file of transcripts, whose agents are the users of the dataset by their ids, or the folder of a run. Of a run that
/// language models have played agents of, only these count.
/// `data`: the dataset; of a run it may be left out. `overrides`: of the scenario, see read_scenario; a transcript file does not
/// say what recommender its agents saw: `mf` is assumed. Throws Failure(usage) if there is no `data` where it is needed,
/// Failure(data) naming the place of what cannot be read, and what read_scenario throws.
RecordedSource read_recorded(const std::filesystem::path& source, const std::optional<std::string>& data,
                             const std::vector<std::string>& overrides);

}  // namespace throng

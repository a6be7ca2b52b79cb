#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agents/interview/question.h"
#include "agents/session_record.h"
#include "engine/base/json.h"
#include "scenarios/run/progress.h"

namespace throng {

struct InterviewOptions {
  std::filesystem::path run;  ///< the folder of a run that has finished
  AgentId agent{};
  InterviewQuestion question;
  std::vector<std::string> overrides;           ///< of the run's scenario: operational keys only
  std::optional<std::filesystem::path> replay;  ///< a run whose interviews have the reply: nobody is asked
  Progress::Output progress = Progress::Output::stderr_;
};

struct Interviewed {
  Answer answer;
  std::uint16_t after_round = 0;    ///< of the agent's last session
  std::vector<std::string> prompt;  ///< see llm::logical_parts
  Json llm;                         ///< call_report, of all interviews of the run
};

/// Where a run's interviews are kept: a journal and a log of their budget, which is as large as the scenario's and apart from the
/// run's.
std::filesystem::path interviews_folder(const std::filesystem::path& run);

/// Asks an agent of a finished run, with its memory as it was at the end, through the scenario's endpoints. What it has been asked before is
/// answered from the journal. Nothing of the run itself is written.
///
/// Throws Failure(usage) if the run has not finished or keeps no rows, if a statistical mind plays the agent, or an override would
/// change results; Failure(data) for a run that cannot be read; Failure(stopped) as the gateway throws: the same command goes on;
/// Failure(quality) if nothing that the model said could be used.
Interviewed interview_agent(const InterviewOptions& options);

}  // namespace throng

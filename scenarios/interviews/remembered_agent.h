#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/memory/memory.h"
#include "engine/sim/external.h"
#include "scenarios/run/simulation.h"
#include "scenarios/store/run_reader.h"

namespace throng {

/// An agent of a finished run as it was when its last session ended: its profile and mind from the scenario, its memory from the rows
/// of run.db. No recommender is fitted.
class RememberedAgent {
 public:
  /// `scenario` knows its dataset's digest and outlives this. Throws Failure(usage) if the agent has had no session, Failure(data) if
  /// run.db is damaged.
  RememberedAgent(const Scenario& scenario, Dataset dataset, const RunReader& run, AgentId agent,
                  FitObserver& observer);

  const Memory& memory() const { return memory_; }
  std::uint16_t last_round() const { return last_.round; }

  /// What it answers, as if it was asked after that session. None: nothing that it said could be used, and `notes()` say why. Throws
  /// what the gateway throws.
  std::optional<Answer> ask(const InterviewQuestion& question, Gateway& gateway);
  const Notes& notes() const { return notes_; }
  /// What was asked last, as llm::logical_parts: with what was asked before if a reply could not be used.
  const std::vector<std::string>& last_prompt() const { return last_prompt_; }

 private:
  const Scenario& scenario_;
  Dataset dataset_;
  Split split_;
  Draws draws_;
  TasteSpace space_;
  Population population_;
  std::vector<float> mean_ratings_;
  Minds minds_;
  AgentId agent_;
  Memory memory_;
  SessionRecord last_;
  Notes notes_;
  std::vector<std::string> last_prompt_;
};

}  // namespace throng

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "llm/endpoint_options.h"
#include "scenarios/run/rehearsal.h"
#include "scenarios/run/simulation.h"

namespace throng {

/// What a run's calls will take, or those of one model.
struct CallEstimate {
  std::string model;
  double agents = 0;  ///< that the model plays
  double calls = 0;
  double prompt_tokens = 0;
  double completion_tokens = 0;
  std::optional<double> usd;  ///< without prompt caching; none: an endpoint of the model has no price
  double seconds =
      0;  ///< the least: what the rate limits allow, and a call's `latency` where many must wait for slots
};

/// What agents took of a rehearsal, for a sample of those that language models play; ascending.
struct RehearsedAgent {
  AgentId agent{};
  AgentCalls calls;
};

/// Plays the first round of at most `sample` agents, evenly spread, with plausible replies that cost nothing.
std::vector<RehearsedAgent> rehearse(Simulation& simulation, std::size_t sample);

/// By how much a pilot's calls differ from the rehearsal's.
struct Correction {
  double calls = 1;
  double prompt_tokens = 1;
  double completion_tokens = 1;
};

/// The rehearsed agents' first round, for all agents, rounds and `scenario.replicates`, model by model. `latency`: seconds of a call.
std::vector<CallEstimate> estimate(const Scenario& scenario, const Simulation& simulation,
                                   const std::vector<RehearsedAgent>& rehearsed, const Correction& correction,
                                   double latency);

}  // namespace throng

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agents/played/played_agent.h"
#include "engine/sim/external.h"
#include "llm/endpoint_options.h"
#include "llm/mock/mock_core.h"
#include "llm/wire/messages.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/simulation.h"

namespace throng {

/// What one agent's calls take.
struct AgentCalls {
  std::int64_t calls = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t texts = 0;  ///< that were embedded
  std::int64_t text_tokens = 0;

  AgentCalls& operator+=(const AgentCalls& other);

  std::int64_t tokens() const { return prompt_tokens + completion_tokens; }
};

/// A gateway without a server: the plausible agents of the mock server answer at once, vectors are those of the local embedder, and
/// tokens are estimated.
class Rehearsal : public Gateway {
 public:
  explicit Rehearsal(played::Obey obey = played::Obey::nobody);

  void submit(const CallKey& key, ExternalRequest request) override;
  void wait(const Deliver& deliver) override;

  const std::map<ActorId, AgentCalls>& agents() const { return agents_; }

 private:
  llm::mock::MockCore model_;
  llm::LogicalRequestReader reader_;
  std::vector<std::pair<CallKey, std::string>> arrived_;
  std::map<ActorId, AgentCalls> agents_;
  std::set<CallKey> embedded_;  ///< which nobody is asked again
};

/// What a run's calls will take, or those of one model.
struct CallEstimate {
  std::string model;
  bool embeds = false;
  double agents = 0;  ///< that the model plays, or whose texts it embeds
  double calls = 0;   ///< or texts
  double prompt_tokens = 0;
  double completion_tokens = 0;
  std::optional<double> usd;  ///< without prompt caching; none: an endpoint of the model has no price
  double seconds =
      0;  ///< the least: what the rate limits allow, and a call's `latency` where many must wait for slots
};

/// What agents took of a rehearsal, for a sample of those that language models play; ascending.
struct RehearsedAgent {
  AgentId agent{};
  AgentCalls calls;       ///< of the first round
  AgentCalls at_the_end;  ///< what the last round's take more, if it is another
};

/// Plays the first round of at most `sample` agents, evenly spread, with plausible replies that cost nothing. Where agents come more
/// than once, their texts are counted as if no memory fitted into a prompt: then each is embedded sooner or later.
std::vector<RehearsedAgent> rehearse(Simulation& simulation, std::size_t sample);

/// By how much a pilot's calls differ from the rehearsal's.
struct Correction {
  double calls = 1;
  double prompt_tokens = 1;
  double completion_tokens = 1;
};

/// The rehearsed agents' rounds, each like the first but for the end of the last, for all agents and `scenario.replicates`, model by
/// model, those that embed last. `latency`: seconds of a call.
std::vector<CallEstimate> estimate(const Scenario& scenario, const Simulation& simulation,
                                   const std::vector<RehearsedAgent>& rehearsed, const Correction& correction,
                                   double latency);

/// What really asking for a few agents taught.
struct Pilot {
  std::vector<AgentId> agents;
  Correction correction;
  double latency = 0;  ///< seconds of a call, the mean
  double usd = 0;      ///< what it took
};

/// Plays the first round of `agents` of the rehearsed agents for real: those in the middle of equal parts of all, ordered by
/// their tokens. The replies are journaled in `folder`, which becomes a run's that `--resume` completes. Throws what
/// RunGateway throws, and Failure(usage) if the folder is in the way.
Pilot run_pilot(const Scenario& scenario, Simulation& simulation,
                const std::vector<RehearsedAgent>& rehearsed, std::size_t agents,
                const std::filesystem::path& folder, Progress& progress);

}  // namespace throng

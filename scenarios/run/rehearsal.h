#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "agents/played/played_agent.h"
#include "engine/sim/external.h"
#include "llm/mock/mock_core.h"
#include "llm/wire/messages.h"

namespace throng {

/// What one agent's calls take.
struct AgentCalls {
  std::int64_t calls = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;

  std::int64_t tokens() const { return prompt_tokens + completion_tokens; }
};

/// An outside without a server: the plausible agents of the mock server answer at once, and tokens are estimated.
class Rehearsal : public Exchange {
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
};

}  // namespace throng

#include "scenarios/run/rehearsal.h"

#include "llm/job.h"
#include "llm/tokens.h"
#include "llm/wire/chat_completions.h"

namespace throng {
namespace {

/// The mock has no limits here, so that no time is as good as any other.
constexpr llm::mock::MockCore::TimePoint kNoTime{};

}  // namespace

Rehearsal::Rehearsal(played::Obey obey) : model_({.source = played::played_agents(obey)}, kNoTime) {}

void Rehearsal::submit(const CallKey& key, ExternalRequest request) {
  const llm::ChatRequest asked = reader_.read(request.parts);
  net::HttpRequest http{.target = "/v1/chat/completions"};
  llm::encode_chat(asked, {}, http.body);
  const llm::mock::Plan plan = model_.take(http, kNoTime);
  auto decoded = llm::decode_chat(plan.body, {});
  const llm::Completion& completion = std::get<llm::Completion>(decoded);
  AgentCalls& agent = agents_[key.actor];
  ++agent.calls;
  agent.prompt_tokens += llm::size_of(asked).prompt;
  agent.completion_tokens += llm::estimate_tokens(completion.text);
  arrived_.emplace_back(key, llm::completion_text(completion));
}

void Rehearsal::wait(const Deliver& deliver) {
  for (auto& [key, reply] : std::exchange(arrived_, {})) deliver(key, std::move(reply));
}

}  // namespace throng

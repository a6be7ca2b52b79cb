#include "scenarios/run/estimate.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "agents/memory/text_embedder.h"
#include "llm/job.h"
#include "llm/tokens.h"
#include "llm/wire/chat_completions.h"
#include "llm/wire/embeddings.h"
#include "scenarios/gateway/run_gateway.h"
#include "scenarios/run/run.h"

namespace throng {
namespace {

/// The mock has no limits here, so that no time is as good as any other.
constexpr llm::mock::MockCore::TimePoint kNoTime{};

/// What the endpoints of one model offer together.
struct Supply {
  double requests_per_second = 0;  ///< 0: no limit
  double tokens_per_second = 0;    ///< 0: no limit
  double slots = 0;
  llm::Price price;    ///< the mean over the endpoints
  bool priced = true;  ///< all of them
};

Supply supply_of(const std::string& model, const std::vector<llm::EndpointOptions>& endpoints) {
  Supply supply;
  double count = 0;
  bool rpm_limited = true;
  bool tpm_limited = true;
  for (const llm::EndpointOptions& endpoint : endpoints) {
    if (endpoint.model != model) continue;
    ++count;
    rpm_limited = rpm_limited && endpoint.rpm > 0;
    tpm_limited = tpm_limited && endpoint.tpm > 0;
    supply.requests_per_second += endpoint.rpm / 60.0;
    supply.tokens_per_second += endpoint.tpm / 60.0;
    supply.slots += endpoint.max_in_flight;
    supply.priced = supply.priced && endpoint.priced;
    supply.price.prompt += endpoint.price.prompt;
    supply.price.completion += endpoint.price.completion;
  }
  if (!rpm_limited) supply.requests_per_second = 0;  // one without a limit takes all that the others cannot
  if (!tpm_limited) supply.tokens_per_second = 0;
  supply.price.prompt /= count;
  supply.price.completion /= count;
  return supply;
}

/// The lower bound of the client's own order of service: requests, tokens, slots, or the longest chain of calls.
double seconds_for(const CallEstimate& estimate, double requests, const Supply& supply, double longest_chain,
                   double latency) {
  double seconds = std::max(longest_chain * latency, requests * latency / supply.slots);
  if (supply.requests_per_second > 0) seconds = std::max(seconds, requests / supply.requests_per_second);
  if (supply.tokens_per_second > 0) {
    seconds =
        std::max(seconds, (estimate.prompt_tokens + estimate.completion_tokens) / supply.tokens_per_second);
  }
  return seconds;
}

std::vector<RehearsedAgent> typical(std::vector<RehearsedAgent> rehearsed, std::size_t agents) {
  std::ranges::stable_sort(rehearsed, {}, [](const RehearsedAgent& each) { return each.calls.tokens(); });
  const std::size_t size = std::min(agents, rehearsed.size());
  std::vector<RehearsedAgent> chosen;
  for (std::size_t i = 0; i < size; ++i)
    chosen.push_back(rehearsed[(2 * i + 1) * rehearsed.size() / (2 * size)]);
  std::ranges::sort(chosen, {}, &RehearsedAgent::agent);
  return chosen;
}

/// Minds to whose prompts no memory fits, so that they ask how relevant every one is; none if all ask nobody.
std::vector<MindOptions> without_room(std::vector<MindOptions> minds) {
  bool some_ask = false;
  for (MindOptions& mind : minds) {
    if (!mind.llm || !mind.llm->mind.embedder) continue;
    mind.llm->views.memory_tokens = 0;
    some_ask = true;
  }
  return some_ask ? minds : std::vector<MindOptions>();
}

std::map<ActorId, AgentCalls> rehearsed_calls(
    Simulation& simulation, std::span<const AgentId> agents,
    Simulation::EndQuestions end = Simulation::EndQuestions::if_it_is_the_last) {
  Rehearsal rehearsal;
  RunObserver quiet;
  simulation.run_first_round(agents, quiet, &rehearsal, end);
  return rehearsal.agents();
}

/// What a sample of a model's agents took.
struct Sampled {
  AgentCalls calls;
  std::int64_t longest = 0;
  double agents = 0;

  void add(const AgentCalls& of_agent) {
    calls += of_agent;
    longest = std::max(longest, of_agent.calls);
    ++agents;
  }
};

void set_price(CallEstimate& estimate, const Supply& supply) {
  if (!supply.priced) return;
  estimate.usd =
      (estimate.prompt_tokens * supply.price.prompt + estimate.completion_tokens * supply.price.completion) /
      1e6;
}

AgentCalls difference(const AgentCalls& all, const AgentCalls& part) {
  return {.calls = all.calls - part.calls,
          .prompt_tokens = all.prompt_tokens - part.prompt_tokens,
          .completion_tokens = all.completion_tokens - part.completion_tokens};
}

double ratio(std::int64_t real, std::int64_t rehearsed) {
  return rehearsed == 0 ? 1 : static_cast<double>(real) / static_cast<double>(rehearsed);
}

}  // namespace

AgentCalls& AgentCalls::operator+=(const AgentCalls& other) {
  calls += other.calls;
  prompt_tokens += other.prompt_tokens;
  completion_tokens += other.completion_tokens;
  texts += other.texts;
  text_tokens += other.text_tokens;
  return *this;
}

Rehearsal::Rehearsal(played::Obey obey) : model_({.source = played::played_agents(obey)}, kNoTime) {}

void Rehearsal::submit(const CallKey& key, ExternalRequest request) {
  if (request.kind == RequestKind::embedding) {
    if (embedded_.insert(key).second)
      agents_[key.actor] += {.texts = 1, .text_tokens = llm::estimate_tokens(request.parts[1])};
    arrived_.emplace_back(key, llm::vector_text(text_vector(request.parts[1])));
    return;
  }
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

std::vector<RehearsedAgent> rehearse(Simulation& simulation, std::size_t sample) {
  std::vector<AgentId> asking;
  for (const AgentId agent : simulation.population().everyone()) {
    if (simulation.minds().asks(agent)) asking.push_back(agent);
  }
  std::vector<AgentId> chosen;
  const std::size_t size = std::min(sample, asking.size());
  for (std::size_t i = 0; i < size; ++i) chosen.push_back(asking[(2 * i + 1) * asking.size() / (2 * size)]);
  std::vector<RehearsedAgent> rehearsed;
  for (const auto& [agent, calls] : rehearsed_calls(simulation, chosen))
    rehearsed.push_back({agent, calls, {}});
  if (simulation.ends_with_questions()) {
    auto with_questions = rehearsed_calls(simulation, chosen, Simulation::EndQuestions::all);
    for (RehearsedAgent& each : rehearsed)
      each.at_the_end = difference(with_questions.at(each.agent), each.calls);
  }
  const Scenario& scenario = simulation.scenario();
  const std::vector<MindOptions> minds = without_room(scenario.minds);
  if (scenario.rounds == 1 || minds.empty()) return rehearsed;
  simulation.replace_minds(minds, Draws(scenario.seed));
  auto all_embedded = rehearsed_calls(simulation, chosen);
  simulation.replace_minds(scenario.minds, Draws(scenario.seed));
  for (RehearsedAgent& each : rehearsed) {
    each.calls.texts = all_embedded[each.agent].texts;
    each.calls.text_tokens = all_embedded[each.agent].text_tokens;
  }
  return rehearsed;
}

std::vector<CallEstimate> estimate(const Scenario& scenario, const Simulation& simulation,
                                   const std::vector<RehearsedAgent>& rehearsed, const Correction& correction,
                                   double latency) {
  const Minds& minds = simulation.minds();
  std::map<std::string, Sampled> players;
  std::map<std::string, Sampled> embedders;
  for (const RehearsedAgent& each : rehearsed) {
    AgentCalls all = each.at_the_end;
    for (int round = 0; round < scenario.rounds; ++round) all += each.calls;
    players[minds.name_of(each.agent)].add(all);
    if (const std::string& embedder = minds.embedder_of(each.agent); !embedder.empty())
      embedders[embedder].add(all);
  }
  std::map<std::string, double> played;
  std::map<std::string, double> embedded;
  for (const AgentId agent : simulation.population().everyone()) {
    if (minds.asks(agent)) ++played[minds.name_of(agent)];
    if (const std::string& embedder = minds.embedder_of(agent); !embedder.empty()) ++embedded[embedder];
  }
  std::vector<CallEstimate> estimates;
  for (const auto& [model, sum] : players) {
    const Supply supply = supply_of(model, scenario.endpoints);
    const double scale = static_cast<double>(scenario.replicates) * played[model] / sum.agents;
    CallEstimate& made = estimates.emplace_back(CallEstimate{.model = model, .agents = played[model]});
    made.calls = scale * correction.calls * static_cast<double>(sum.calls.calls);
    made.prompt_tokens = scale * correction.prompt_tokens * static_cast<double>(sum.calls.prompt_tokens);
    made.completion_tokens =
        scale * correction.completion_tokens * static_cast<double>(sum.calls.completion_tokens);
    set_price(made, supply);
    made.seconds = seconds_for(made, made.calls, supply, static_cast<double>(sum.longest), latency);
  }
  for (const auto& [model, sum] : embedders) {
    const Supply supply = supply_of(model, scenario.endpoints);
    const double scale = static_cast<double>(scenario.replicates) * embedded[model] / sum.agents;
    CallEstimate& made =
        estimates.emplace_back(CallEstimate{.model = model, .embeds = true, .agents = embedded[model]});
    made.calls = scale * static_cast<double>(sum.calls.texts);
    made.prompt_tokens = scale * static_cast<double>(sum.calls.text_tokens);
    set_price(made, supply);
    made.seconds = seconds_for(made, made.calls / kMostTexts, supply, 0, latency);
  }
  return estimates;
}

Pilot run_pilot(const Scenario& scenario, Simulation& simulation,
                const std::vector<RehearsedAgent>& rehearsed, std::size_t agents,
                const std::filesystem::path& folder, Progress& progress) {
  RunFolder run(folder, ExistingFolder::resume, scenario);
  if (run.finished(scenario)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} has finished already: a pilot has nothing to tell", folder.string()));
  }
  run.begin(scenario);
  RunGateway gateway(scenario, gateway_options(folder, std::nullopt, progress), simulation.remote_names());
  Pilot pilot;
  AgentCalls expected;
  for (const RehearsedAgent& each : typical(rehearsed, agents)) {
    pilot.agents.push_back(each.agent);
    expected += each.calls;
  }
  RunObserver quiet;
  const auto started = std::chrono::steady_clock::now();
  simulation.run_first_round(pilot.agents, quiet, &gateway.gateway());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  AgentCalls real;
  std::int64_t longest = 1;
  for (const AgentId agent : pilot.agents) {
    std::int64_t calls = 0;
    for (const JournaledCall& call : gateway.journal().calls_of(agent)) {
      pilot.usd += call.reply.usd;
      if (call.kind != RequestKind::completion) continue;
      ++calls;
      real += {.calls = 1,
               .prompt_tokens = call.reply.prompt_tokens,
               .completion_tokens = call.reply.completion_tokens};
    }
    longest = std::max(longest, calls);
  }
  pilot.correction = {.calls = ratio(real.calls, expected.calls),
                      .prompt_tokens = ratio(real.prompt_tokens, expected.prompt_tokens),
                      .completion_tokens = ratio(real.completion_tokens, expected.completion_tokens)};
  pilot.latency = seconds / static_cast<double>(longest);  // its agents ask side by side
  return pilot;
}

}  // namespace throng

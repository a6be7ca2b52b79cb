#include "scenarios/run/estimate.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "llm/job.h"
#include "llm/tokens.h"
#include "llm/wire/chat_completions.h"
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
double seconds_for(const CallEstimate& estimate, const Supply& supply, double longest_chain, double latency) {
  double seconds = std::max(longest_chain * latency, estimate.calls * latency / supply.slots);
  if (supply.requests_per_second > 0)
    seconds = std::max(seconds, estimate.calls / supply.requests_per_second);
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

void add(const AgentCalls& one, AgentCalls& sum) {
  sum.calls += one.calls;
  sum.prompt_tokens += one.prompt_tokens;
  sum.completion_tokens += one.completion_tokens;
}

double ratio(std::int64_t real, std::int64_t rehearsed) {
  return rehearsed == 0 ? 1 : static_cast<double>(real) / static_cast<double>(rehearsed);
}

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

std::vector<RehearsedAgent> rehearse(Simulation& simulation, std::size_t sample) {
  std::vector<AgentId> asking;
  for (const AgentId agent : simulation.population().everyone()) {
    if (simulation.minds().asks(agent)) asking.push_back(agent);
  }
  std::vector<AgentId> chosen;
  const std::size_t size = std::min(sample, asking.size());
  for (std::size_t i = 0; i < size; ++i) chosen.push_back(asking[(2 * i + 1) * asking.size() / (2 * size)]);
  Rehearsal rehearsal;
  RunObserver quiet;
  simulation.run_first_round(chosen, quiet, &rehearsal);
  std::vector<RehearsedAgent> rehearsed;
  for (const auto& [agent, calls] : rehearsal.agents()) rehearsed.push_back({agent, calls});
  return rehearsed;
}

std::vector<CallEstimate> estimate(const Scenario& scenario, const Simulation& simulation,
                                   const std::vector<RehearsedAgent>& rehearsed, const Correction& correction,
                                   double latency) {
  struct Sum {
    AgentCalls calls;
    std::int64_t longest = 0;
    double agents = 0;
  };
  std::map<std::string, Sum> sampled;
  for (const auto& [agent, calls] : rehearsed) {
    Sum& sum = sampled[simulation.minds().name_of(agent)];
    sum.calls.calls += calls.calls;
    sum.calls.prompt_tokens += calls.prompt_tokens;
    sum.calls.completion_tokens += calls.completion_tokens;
    sum.longest = std::max(sum.longest, calls.calls);
    ++sum.agents;
  }
  std::map<std::string, double> all;
  for (const AgentId agent : simulation.population().everyone()) {
    if (simulation.minds().asks(agent)) ++all[simulation.minds().name_of(agent)];
  }
  std::vector<CallEstimate> estimates;
  for (const auto& [model, sum] : sampled) {
    const Supply supply = supply_of(model, scenario.endpoints);
    const double scale = static_cast<double>(scenario.replicates) * scenario.rounds * all[model] / sum.agents;
    CallEstimate& made = estimates.emplace_back(CallEstimate{.model = model, .agents = all[model]});
    made.calls = scale * correction.calls * static_cast<double>(sum.calls.calls);
    made.prompt_tokens = scale * correction.prompt_tokens * static_cast<double>(sum.calls.prompt_tokens);
    made.completion_tokens =
        scale * correction.completion_tokens * static_cast<double>(sum.calls.completion_tokens);
    if (supply.priced) {
      made.usd =
          (made.prompt_tokens * supply.price.prompt + made.completion_tokens * supply.price.completion) / 1e6;
    }
    made.seconds = seconds_for(made, supply, scenario.rounds * static_cast<double>(sum.longest), latency);
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
  RunGateway gateway(scenario,
                     {.folder = folder,
                      .budget_log = folder / "budget.log",
                      .earlier = std::nullopt,
                      .say = [&](const std::string& text) { progress.say(text); },
                      .update = [&](const std::string& text) { progress.update(text); }},
                     simulation.remote_names());
  Pilot pilot;
  AgentCalls expected;
  for (const RehearsedAgent& each : typical(rehearsed, agents)) {
    pilot.agents.push_back(each.agent);
    add(each.calls, expected);
  }
  RunObserver quiet;
  const auto started = std::chrono::steady_clock::now();
  simulation.run_first_round(pilot.agents, quiet, &gateway.gateway());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  AgentCalls real;
  std::int64_t longest = 1;
  for (const AgentId agent : pilot.agents) {
    std::vector<JournaledCall> calls = gateway.journal().calls_of(agent);
    std::erase_if(calls, [](const JournaledCall& call) { return call.kind != RequestKind::completion; });
    longest = std::max(longest, std::ssize(calls));
    for (const JournaledCall& call : calls) {
      add({.calls = 1,
           .prompt_tokens = call.reply.prompt_tokens,
           .completion_tokens = call.reply.completion_tokens},
          real);
      pilot.usd += call.reply.usd;
    }
  }
  pilot.correction = {.calls = ratio(real.calls, expected.calls),
                      .prompt_tokens = ratio(real.prompt_tokens, expected.prompt_tokens),
                      .completion_tokens = ratio(real.completion_tokens, expected.completion_tokens)};
  pilot.latency = seconds / static_cast<double>(longest);  // its agents ask side by side
  return pilot;
}

}  // namespace throng

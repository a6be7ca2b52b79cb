#include "scenarios/run/estimate.h"

#include <algorithm>
#include <map>

namespace throng {
namespace {

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

}  // namespace

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
  const std::vector<llm::EndpointOptions> endpoints = all_endpoints(scenario.json["mind"]);
  std::vector<CallEstimate> estimates;
  for (const auto& [model, sum] : sampled) {
    const Supply supply = supply_of(model, endpoints);
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

}  // namespace throng

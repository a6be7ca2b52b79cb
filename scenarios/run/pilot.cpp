#include "scenarios/run/pilot.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "scenarios/run/outside.h"
#include "scenarios/run/run_folder.h"

namespace throng {
namespace {

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

Pilot run_pilot(const Scenario& scenario, Simulation& simulation,
                const std::vector<RehearsedAgent>& rehearsed, std::size_t agents,
                const std::filesystem::path& folder, Progress& progress) {
  RunFolder run(folder, ExistingFolder::resume, scenario);
  if (run.finished(scenario)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} has finished already: a pilot has nothing to tell", folder.string()));
  }
  run.begin(scenario);
  RunOutside outside(scenario, {.folder = folder, .budget_log = folder / "budget.log"},
                     simulation.remote_names(), progress);
  Pilot pilot;
  AgentCalls expected;
  for (const RehearsedAgent& each : typical(rehearsed, agents)) {
    pilot.agents.push_back(each.agent);
    add(each.calls, expected);
  }
  RunObserver quiet;
  const auto started = std::chrono::steady_clock::now();
  simulation.run_first_round(pilot.agents, quiet, &outside.exchange());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  AgentCalls real;
  std::int64_t longest = 1;
  for (const AgentId agent : pilot.agents) {
    std::vector<JournaledCall> calls = outside.journal().calls_of(agent);
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

#include "scenarios/interviews/interview.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/redact.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/interviews/remembered_agent.h"
#include "scenarios/run/run.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& problem) { throw Failure(ErrorKind::usage, problem); }

void check_can_be_asked(const RunReader& run, const fs::path& folder, AgentId agent) {
  if (run.meta("status") != "finished") {
    refuse(fmt::format("{} has not finished ({}): its agents can be asked when it has", folder.string(),
                       run.meta("status")));
  }
  if (run.meta("store") == "summary") {
    refuse(fmt::format("{} keeps only what sums it up (--store summary): nobody's memory is in it",
                       folder.string()));
  }
  const std::optional<StoredAgent> stored = run.agent(agent);
  if (!stored) refuse(fmt::format("the run has no agent {}", index(agent)));
  if (stored->mind == "statistical") {
    refuse(
        fmt::format("agent {} is played by the statistical mind, which has no words: only agents that "
                    "language models play can be asked",
                    index(agent)));
  }
}

/// The run's scenario with what may have changed since.
Scenario scenario_of(const InterviewOptions& options) {
  const fs::path file = options.run / "scenario.json";
  const Json written = read_json(file, ErrorKind::data);
  Scenario scenario = parse_scenario(written, file.string(), options.overrides);
  if (const std::string difference = result_difference(written, resolved(scenario)); !difference.empty()) {
    refuse(fmt::format("--set: {}: what decides the results of a run that has finished cannot change",
                       difference));
  }
  return scenario;
}

/// A run folder does not keep what is secret, and an endpoint is not to be sent what stands in its place.
void check_nothing_is_hidden(const Scenario& scenario) {
  const Json values = resolved(scenario)["mind"].flatten();
  for (const auto& [path, value] : values.items()) {
    if (!value.is_string() || value.get_ref<const std::string&>().find(kRedacted) == std::string::npos)
      continue;
    std::string keys = "mind" + path;
    std::ranges::replace(keys, '/', '.');
    refuse(
        fmt::format("/mind{}: the run folder does not keep this value: --set {}=... states it", path, keys));
  }
}

std::optional<EarlierRun> earlier_of(const InterviewOptions& options) {
  if (!options.replay) return std::nullopt;
  return EarlierRun{interviews_folder(*options.replay), EarlierRun::Missing::stops};
}

std::optional<Answer> ask(RememberedAgent& agent, const InterviewQuestion& question, RunGateway& gateway) {
  try {
    return agent.ask(question, gateway.gateway());
  } catch (const Failure& failure) {
    if (failure.kind() != ErrorKind::stopped) throw;
    throw Failure(ErrorKind::stopped, fmt::format("{}; the same command asks again", failure.what()));
  }
}

}  // namespace

fs::path interviews_folder(const fs::path& run) { return run / "interviews"; }

Interviewed interview_agent(const InterviewOptions& options) {
  const RunReader run(options.run);
  check_can_be_asked(run, options.run, options.agent);
  Scenario scenario = scenario_of(options);
  if (!options.replay) check_nothing_is_hidden(scenario);
  Progress progress(options.progress);
  Dataset dataset = load_pinned_dataset(scenario);
  RememberedAgent agent(scenario, std::move(dataset), run, options.agent, progress);

  CallsFolder calls(interviews_folder(options.run), scenario, earlier_of(options), progress);
  RunGateway& gateway = calls.gateway();
  const std::optional<Answer> answer = ask(agent, options.question, gateway);
  progress.finish();
  if (!answer) {
    throw Failure(ErrorKind::quality,
                  fmt::format("nothing that agent {} said could be used, the last reply because {}",
                              index(options.agent), agent.notes().unusable.back().problem));
  }
  return {.answer = *answer,
          .after_round = agent.last_round(),
          .prompt = agent.last_prompt(),
          .llm = call_report(gateway.journal(), gateway.counts(), gateway.embedding_counts())};
}

}  // namespace throng

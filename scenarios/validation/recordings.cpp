#include "scenarios/validation/recordings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/calibration/behaviour.h"
#include "scenarios/transcripts/session.h"
#include "scenarios/validation/tasks.h"

namespace throng {
namespace {

/// Distances of distributions and differences of means, each beside what chance alone makes of it.
void add_gaps(std::span<const BehaviourGap> gaps, std::size_t agents, std::vector<Figure>& figures) {
  for (const BehaviourGap& gap : gaps) {
    if (!gap.gap) continue;
    const auto add = [&](const char* metric, const char* who, double value) -> Figure& {
      return figures.emplace_back(Figure{.task = "transcripts, sessions",
                                         .setting = gap.name,
                                         .metric = metric,
                                         .who = who,
                                         .value = value,
                                         .agents = agents});
    };
    const char* distance = gap.is_divergence ? "divergence" : "difference";
    if (gap.recorded) add("mean", "recorded", *gap.recorded);
    if (gap.simulated) add("mean", "agents", *gap.simulated);
    add(distance, "agents", *gap.gap);
    add(distance, "chance", gap.floor_mean).interval = Interval{.low = 0, .high = gap.floor_95};
  }
}

}  // namespace

Recordings read_recordings(std::span<const std::filesystem::path> files, const TrainingWorld& world,
                           TaskResult& result) {
  std::map<std::string, AgentId> agents;
  for (const AgentId agent : world.population().everyone())
    agents[world.whole().users[index(world.population().user_of(agent))].external_id] = agent;
  Recordings recordings;
  std::size_t unknown = 0;
  for (const std::filesystem::path& file : files) {
    TranscriptReader reader(file, world.catalogue());
    while (std::optional<Transcript> transcript = reader.next()) {
      const auto agent = agents.find(transcript->agent);
      if (agent == agents.end()) {
        ++unknown;
      } else {
        recordings[agent->second].push_back(std::move(*transcript));
      }
    }
  }
  if (recordings.empty()) {
    std::vector<std::string> names;
    for (const std::filesystem::path& file : files) names.push_back(file.string());
    throw Failure(ErrorKind::data, fmt::format("{}: no agent of it is a user of {}", fmt::join(names, ", "),
                                               world.whole().name));
  }
  if (unknown > 0) {
    result.notes.push_back(
        fmt::format("transcripts: {} recorded agents are none of the scenario's and are left out", unknown));
  }
  return recordings;
}

void compare_sessions(const Scenario& scenario, TrainingWorld& world, const Recordings& recordings,
                      const Asking& asking, FitObserver& observer, TaskResult& result) {
  if (scenario.has_remote_recommender()) {
    result.notes.emplace_back(
        "transcripts: sessions take a recommender that is fitted here and are left out");
    return;
  }
  std::vector<AgentId> agents;
  std::vector<Behaviour> recorded;
  for (const auto& [agent, of_agent] : recordings) {
    agents.push_back(agent);
    recorded.emplace_back().add(session_of(of_agent.front(), world.catalogue(), world.mean_ratings()),
                                world.population().traits_of(agent));
  }
  LocalRanker ranker(fitted_recommender(scenario.recommender, world, observer));
  const Interactions known = all_but(world.all(), world.split().validation);
  Behaviour ours;
  const std::uint16_t plays = asking.gateway == nullptr ? kPlays : 1;
  for (std::uint16_t luck = 0; luck < plays; ++luck) {
    const Sitting sitting{.ranker = ranker,
                          .mind = world.minds().mind(),
                          .session = scenario.session,
                          .not_recommended = known,
                          .round = luck};
    for (const SessionRecord& session : play(world, sitting, agents, asking)) {
      if (!session.abandoned()) ours.add(session, world.population().traits_of(session.agent));
    }
  }
  add_gaps(behaviour_gaps(recorded, ours, /*luck=*/1), agents.size(), result.figures);
}

}  // namespace throng

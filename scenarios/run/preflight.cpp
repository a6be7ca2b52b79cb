#include "scenarios/run/preflight.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "llm/endpoint_options.h"
#include "scenarios/run/simulation.h"
#include "scenarios/scenario/mind_options.h"
#include "scenarios/store/run_writer.h"

namespace throng {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A fit was broken off after so many epochs; the rest would take so long at most.
struct FitCutOff {
  double epoch_seconds = 0;
  int epochs = 0;
};

/// Breaks a fit off after some seconds.
class ShortFit : public FitObserver {
 public:
  explicit ShortFit(Progress& progress) : progress_(progress) {}

  void on_progress(const FitProgress& progress) override {
    constexpr double most_seconds = 5;
    progress_.on_progress(progress);
    if (!first_epoch_) first_epoch_ = {Clock::now(), progress.epoch};
    const int epochs = progress.epoch - first_epoch_->second;
    if (epochs < 1 || seconds_since(started_) < most_seconds) return;
    throw FitCutOff{.epoch_seconds = seconds_since(first_epoch_->first) / epochs, .epochs = progress.epoch};
  }

 private:
  Progress& progress_;
  Clock::time_point started_ = Clock::now();
  std::optional<std::pair<Clock::time_point, int>> first_epoch_;
};

/// Writes sessions as a run does.
class WritingObserver : public RunObserver {
 public:
  explicit WritingObserver(RunWriter& writer) : writer_(writer) {}
  void on_partition(const PartitionResult& result) override { writer_.write_sessions(result.sessions); }

 private:
  RunWriter& writer_;
};

std::vector<AgentId> pilot_agents(const Simulation& simulation) {
  constexpr std::size_t most = 8;  // so that all cores of a common machine have work
  std::vector<AgentId> agents = simulation.population().everyone();
  const std::size_t partitions = partition_of(agents.back()) + 1;
  std::set<std::size_t> chosen;
  for (std::size_t i = 0; i < most; ++i) chosen.insert(i * partitions / most);
  std::erase_if(agents, [&](AgentId agent) {
    return simulation.minds().asks(agent) || !chosen.contains(partition_of(agent));
  });
  return agents;
}

/// Plays the first round of some agents, and measures them.
void play_pilot(Simulation& simulation, const Scenario& scenario, RunEstimate& estimate) {
  // Of a row in `agents` (dbstat of run.db): 80 in scenarios/million.json, 98 on Amazon-Book, 104 on MovieLens 100K.
  constexpr double agent_bytes = 95;
  const std::vector<AgentId> agents = pilot_agents(simulation);
  estimate.pilot_agents = agents.size();
  if (agents.empty()) return;
  const TemporaryFolder folder(fs::temp_directory_path() / fmt::format("throng-check-{}", getpid()));
  const fs::path file = folder.path() / "run.db";
  RunWriter writer(file);
  writer.write_items(simulation.dataset(), simulation.mean_ratings());
  writer.commit();
  WritingObserver observer(writer);
  const Clock::time_point start = Clock::now();
  simulation.run_first_round(agents, observer, nullptr);
  writer.commit();
  const auto count = static_cast<double>(agents.size());
  estimate.session_seconds = seconds_since(start) / count;
  writer.finish();
  std::error_code error;
  const auto whole = static_cast<double>(fs::file_size(file, error));
  // The items' rows are the same for any number of agents.
  const fs::path items_file = folder.path() / "items.db";
  RunWriter items(items_file);
  items.write_items(simulation.dataset(), simulation.mean_ratings());
  items.finish();
  const auto fixed = static_cast<double>(fs::file_size(items_file, error));
  const double sessions = static_cast<double>(simulation.population().size()) * scenario.rounds;
  estimate.bytes = fixed + static_cast<double>(simulation.population().size()) * agent_bytes +
                   sessions * std::max(0.0, whole - fixed) / count;
}

fs::path nearest_existing(fs::path folder) {
  std::error_code error;
  folder = fs::absolute(folder, error).lexically_normal();
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

}  // namespace

void check_keys(const Scenario& scenario) {
  for (const llm::EndpointOptions& endpoint : scenario.endpoints) {
    llm::read_api_key(endpoint, llm::process_environment()).value();
    llm::read_extra_headers(endpoint, llm::process_environment()).value();
  }
  const std::string remote_key = scenario.recommender.value("api_key_env", "");
  if (!remote_key.empty() && llm::process_environment()(remote_key).value_or("").empty()) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("the environment variable {} is not set; it holds the recommender's key", remote_key));
  }
}

std::string check_output(const fs::path& folder) {
  const fs::path there = nearest_existing(folder);
  std::error_code error;
  if (!fs::is_directory(there, error))
    throw Failure(ErrorKind::usage, fmt::format("{}: {} is in the way", folder.string(), there.string()));
  const fs::path trial = there / fmt::format(".throng-check-{}", getpid());  // permissions alone do not tell
  if (!fs::create_directory(trial, error)) throw cannot_write(folder, error);
  fs::remove(trial, error);
  if (!fs::exists(folder / "scenario.json", error)) return "";
  return fmt::format(
      "{} exists already: --resume completes it, --overwrite replaces it, --out names another folder",
      folder.string());
}

std::string check_room(const fs::path& folder, double bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(nearest_existing(folder), error);
  if (error || bytes < static_cast<double>(space.available)) return "";
  return fmt::format("the disk under {} has only {:.1f} GB left", folder.string(),
                     static_cast<double>(space.available) / 1e9);
}

RunEstimate estimate_run(const Scenario& scenario, const Dataset& dataset, Progress& progress) {
  RunEstimate estimate;
  const auto prepare = [&](const Scenario& of, FitObserver& observer) {
    const Clock::time_point start = Clock::now();
    Simulation simulation(of, dataset, observer);
    estimate.preparing_seconds += seconds_since(start);
    play_pilot(simulation, of, estimate);
  };
  FitObserver quiet;
  Scenario with_popularity = scenario;
  with_popularity.recommender = {{"kind", "popularity"}};
  if (scenario.has_remote_recommender()) {
    prepare(with_popularity, quiet);
  } else {
    try {
      ShortFit observer(progress);
      prepare(scenario, observer);
    } catch (const FitCutOff& cut) {
      estimate.is_upper_bound = true;
      prepare(with_popularity, quiet);
      estimate.preparing_seconds += cut.epoch_seconds * scenario.recommender.value("max_epochs", cut.epochs);
    }
  }
  const double runs = scenario.replicates;
  const double fits = scenario.retrain.learns ? scenario.rounds : 1.0;
  const double sessions =
      estimate.pilot_agents == 0
          ? 0.0
          : scenario.rounds * static_cast<double>(scenario.population.agents > 0 ? scenario.population.agents
                                                                                 : dataset.users.size());
  estimate.seconds = runs * (fits * estimate.preparing_seconds + sessions * estimate.session_seconds);
  estimate.bytes *= runs;
  return estimate;
}

}  // namespace throng

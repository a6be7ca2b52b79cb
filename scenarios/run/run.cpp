#include "scenarios/run/run.h"

#include <chrono>

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "engine/base/files.h"
#include "engine/sim/digest.h"
#include "recsys/data/dataset_digest.h"
#include "recsys/data/load.h"
#include "scenarios/run/interrupt.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/simulation.h"
#include "scenarios/store/run_writer.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

Failure stopped(const fs::path& folder) {
  return {ErrorKind::stopped,
          fmt::format("interrupted; the same command with --resume completes {}", folder.string())};
}

/// Writes what happens to the store, and keeps what the summary needs.
class Recorder : public RunObserver {
 public:
  Recorder(RunWriter& writer, Progress& progress, const InterruptGuard& interrupt, std::size_t agents)
      : writer_(writer), progress_(progress), interrupt_(interrupt), agents_(agents) {}

  void on_window_started(const Window& /*window*/) override {
    window_digest_ = {};
    agents_done_ = 0;
    progress_.on_agents(0, agents_, 0);
  }
  void on_sessions(std::span<const SessionRecord> sessions) override {
    writer_.write_sessions(sessions);
    for (const SessionRecord& session : sessions) {
      outcomes_.push_back(outcome_of(session));
      window_digest_.add(session.digest);
      pages_ += session.pages.size();
    }
    agents_done_ += sessions.size();
    progress_.on_agents(agents_done_, agents_, pages_);
  }
  void on_window_finished(const Window& window) override {
    writer_.write_window(window, window_digest_.value());
    writer_.commit();
    run_digest_.add(window_digest_.value());
    ++windows_;
  }
  bool wants_stop() const override { return interrupt_.interrupted(); }

  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  const Hash128& digest() const { return run_digest_.value(); }
  std::size_t pages() const { return pages_; }
  std::size_t windows() const { return windows_; }

 private:
  RunWriter& writer_;
  Progress& progress_;
  const InterruptGuard& interrupt_;
  std::size_t agents_;
  std::size_t agents_done_ = 0;  ///< in this window
  std::size_t pages_ = 0;
  std::size_t windows_ = 0;
  std::vector<Outcome> outcomes_;
  DigestChain window_digest_;
  DigestChain run_digest_;
};

/// Ends a fit when an interrupt has been seen.
class InterruptibleFit : public FitObserver {
 public:
  InterruptibleFit(Progress& progress, const InterruptGuard& interrupt, fs::path folder)
      : progress_(progress), interrupt_(interrupt), folder_(std::move(folder)) {}

  void on_progress(const FitProgress& progress) override {
    progress_.on_progress(progress);
    if (interrupt_.interrupted()) throw stopped(folder_);
  }

 private:
  Progress& progress_;
  const InterruptGuard& interrupt_;
  fs::path folder_;
};

std::size_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

bool is_run_folder(const fs::path& folder) {
  return fs::exists(folder / "scenario.json") || fs::exists(folder / "run.db");
}

/// The folder must hold the same scenario, interrupted or finished.
void check_resumable(const Scenario& scenario, const fs::path& folder) {
  const Json stored = read_json(folder / "scenario.json", ErrorKind::data);
  const std::string path = first_result_difference(stored, scenario.json);
  if (path.empty()) return;
  const auto value_in = [&](const Json& json) {
    const Json::json_pointer pointer(path);
    return json.contains(pointer) ? json[pointer].dump() : std::string("absent");
  };
  throw Failure(ErrorKind::usage,
                fmt::format("{} cannot be resumed with another scenario: {} was {}, now it is {}",
                            folder.string(), path, value_in(stored), value_in(scenario.json)));
}

/// The dataset the scenario names; the scenario then says which content it had.
Dataset load_pinned_dataset(Scenario& scenario) {
  Dataset dataset = load_dataset(scenario.dataset_path);
  const std::string digest = dataset_digest(dataset).hex();
  Json& pinned = scenario.json["dataset"]["digest"];
  if (pinned.is_string() && pinned != digest) {
    throw Failure(ErrorKind::usage, fmt::format("/dataset/digest: the scenario wants {}, but {} has {}",
                                                pinned.dump(), scenario.dataset_path, digest));
  }
  pinned = digest;
  return dataset;
}

/// Whether the run may have the folder; returns the summary if there is nothing left to do. Changes nothing.
std::optional<Json> check_folder(const Scenario& scenario, const RunOptions& options) {
  const fs::path& folder = options.folder;
  const bool in_the_way = fs::exists(folder) && !(fs::is_directory(folder) && fs::is_empty(folder));
  if (!in_the_way) return std::nullopt;
  if (!is_run_folder(folder)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} exists and is not a run folder: it is left alone", folder.string()));
  }
  if (options.existing == ExistingFolder::refuse) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("{} exists already: --resume completes it, --overwrite replaces it, --out names "
                    "another folder",
                    folder.string()));
  }
  if (options.existing == ExistingFolder::overwrite) return std::nullopt;
  check_resumable(scenario, folder);
  if (!fs::exists(folder / "summary.json")) return std::nullopt;
  return read_json(folder / "summary.json", ErrorKind::data);
}

/// Makes the folder, with nothing in it but the scenario.
void start_folder(const Scenario& scenario, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{} cannot be created: {}", folder.string(), error.message()));
  }
  for (const char* file : {"run.db", "run.db-wal", "run.db-shm", "summary.json", "report.html"}) fs::remove(folder / file);
  write_file(folder / "scenario.json", scenario.json.dump(2) + "\n");
}

Json summarise(const Scenario& scenario, const Recorder& recorder, std::span<const Metric> metrics) {
  Json means = Json::object();
  Json errors = Json::object();
  for (const Metric& metric : metrics) {
    means[metric.name] = metric.mean;
    errors[metric.name] = metric.standard_error;
  }
  return {{"name", scenario.name},
          {"version", THRONG_VERSION},
          {"seed", scenario.seed},
          {"digest", recorder.digest().hex()},
          {"agents", recorder.outcomes().size()},
          {"pages", recorder.pages()},
          {"windows", recorder.windows()},
          {"metrics", means},
          {"standard_errors", errors}};
}

void write_world(RunWriter& writer, const Scenario& scenario, const Simulation& simulation) {
  writer.write_meta("status", "running");
  writer.write_meta("version", THRONG_VERSION);
  writer.write_meta("seed", std::to_string(scenario.seed));
  writer.write_meta("dataset", simulation.dataset().name);
  writer.write_items(simulation.dataset(), simulation.mean_ratings());
  writer.write_agents(simulation.population(), simulation.dataset(), simulation.taste_space());
  writer.commit();
}

/// Runs the simulation into run.db and sums it up.
Json record_run(const Scenario& scenario, Simulation& simulation, const fs::path& folder, Progress& progress,
                const InterruptGuard& interrupt) {
  RunWriter writer(folder / "run.db");
  write_world(writer, scenario, simulation);
  Recorder recorder(writer, progress, interrupt, simulation.population().size());
  const bool finished = simulation.run(recorder);
  progress.finish();
  if (!finished) {
    writer.write_meta("status", "stopped");
    writer.commit();
    throw stopped(folder);
  }
  const std::vector<Metric> metrics = headline_metrics(recorder.outcomes());
  writer.write_metrics(metrics);
  writer.write_meta("digest", recorder.digest().hex());
  writer.write_meta("status", "finished");
  writer.commit();
  return summarise(scenario, recorder, metrics);
}

}  // namespace

Json run_scenario(Scenario scenario, const RunOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  const InterruptGuard interrupt;
  Progress progress(options.progress);

  Dataset dataset = load_pinned_dataset(scenario);
  if (std::optional<Json> summary = check_folder(scenario, options)) {
    progress.say(fmt::format("{} has finished already", options.folder.string()));
    return *std::move(summary);
  }
  progress.say(fmt::format("{}: {} users, {} items, {} interactions", dataset.name, dataset.users.size(),
                           dataset.catalogue.size(), dataset.interactions.size()));
  InterruptibleFit fit(progress, interrupt, options.folder);
  Simulation simulation(scenario, std::move(dataset), fit);
  start_folder(scenario, options.folder);
  try {
    Json summary = record_run(scenario, simulation, options.folder, progress, interrupt);
    summary["wall_seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    summary["peak_rss_bytes"] = peak_rss_bytes();
    write_file(options.folder / "summary.json", summary.dump(2) + "\n");
    return summary;
  } catch (const SQLite::Exception& error) {
    throw Failure(
        ErrorKind::stopped,
        fmt::format("{}/run.db cannot be written: {}; when that is mended, --resume completes the run",
                    options.folder.string(), error.what()));
  }
}

}  // namespace throng

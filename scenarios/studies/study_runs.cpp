#include "scenarios/studies/study_runs.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "engine/base/log.h"
#include "engine/base/parallel.h"
#include "engine/base/process.h"
#include "engine/ranks/failed_elsewhere.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

/// The run of an earlier study that stands where this one will; none if that has no such run and the rest may be asked for.
std::optional<EarlierRun> earlier_run(const std::optional<EarlierRun>& study, const Scenario& scenario,
                                      const std::string& run) {
  if (!study || !scenario.asks_anybody()) return std::nullopt;
  const fs::path folder = study->folder / run;
  if (fs::exists(folder / "journal.db")) return EarlierRun{folder, study->missing};
  if (study->missing == EarlierRun::Missing::is_asked_for) return std::nullopt;
  throw Failure(ErrorKind::stopped,
                fmt::format("{} is not there to be replayed; --reuse instead of --replay asks for it",
                            (folder / "journal.db").string()));
}

class StudyRuns {
 public:
  StudyRuns(const Scenario& study, const RunOptions& options, SharedWorlds& shared)
      : options_(options),
        ranks_(*options.ranks),
        shared_(shared),
        progress_(ranks_.is_first() ? options.progress : Progress::Output::none,
                  study.replicates * arms_of(study).size()) {
    const std::vector<std::string> arms = arms_of(study);
    for (std::uint32_t replicate = 0; replicate < study.replicates; ++replicate) {
      for (const std::string& arm : arms) {
        Run& run = runs_.emplace_back(Run{.played = {.arm = arm, .replicate = replicate},
                                          .scenario = run_of(study, arm, replicate),
                                          .place = study_run(options.folder, arm, replicate + 1)});
        run.words = arms.size() == 1       ? fmt::format("replicate {}", replicate + 1)
                    : study.replicates > 1 ? fmt::format("{}, replicate {}", arm, replicate + 1)
                                           : arm;
      }
    }
    const std::string had_finished = on_first(ranks_, [&] {
      std::string marks;
      for (const Run& run : runs_) {
        const fs::path& folder = run.place.folder;
        marks += fs::exists(folder / "summary.json") && fs::exists(folder / "run.db") ? '1' : '0';
      }
      return marks;
    });
    for (std::size_t number = 0; number < runs_.size(); ++number) {
      runs_[number].had_finished = had_finished[number] == '1';
      if (!runs_[number].had_finished) shared.expect(runs_[number].scenario);
    }
  }

  void play(std::size_t at_once) {
    if (at_once == 1 || asks_anybody() || !ranks_.is_alone()) {
      play_rest(LogOf::process);
    } else {
      if (at_once == 0) {
        const std::size_t of_one = play_until_measured();
        at_once = runs_that_fit(available_memory_bytes(), of_one);
      }
      parallel_jobs(std::min(at_once, runs_.size()), [&](std::size_t /*lane*/) { play_rest(LogOf::thread); });
    }
    if (!failures_.empty()) std::rethrow_exception(failures_.begin()->second);
  }

  std::vector<PlayedRun> take() {
    std::vector<PlayedRun> played;
    for (Run& run : runs_) played.push_back(std::move(run.played));
    return played;
  }

 private:
  struct Run {
    PlayedRun played;
    Scenario scenario;
    StudyRun place;
    std::string words{};
    bool had_finished = false;  ///< before this process
  };

  bool is_interrupted() {
    const std::vector<std::string> all =
        on_all(ranks_, [&] { return interrupt_.interrupted() ? "interrupted" : ""; });
    return std::ranges::any_of(all, [](const std::string& rank) { return !rank.empty(); });
  }

  bool asks_anybody() const {
    return std::ranges::any_of(runs_, [](const Run& run) { return run.scenario.asks_anybody(); });
  }

  /// The number of the next run; none if there is none, or no more are to begin.
  std::optional<std::size_t> next() {
    const std::lock_guard lock(mutex_);
    if (next_ == runs_.size() || !failures_.empty()) return std::nullopt;
    if (!is_interrupted()) return next_++;
    failures_.emplace(next_, std::make_exception_ptr(Failure(ErrorKind::stopped, "interrupted")));
    return std::nullopt;
  }

  void play_rest(LogOf log) {
    while (const std::optional<std::size_t> number = next()) play_or_note(*number, log);
  }

  /// Plays one run alone, after those that had finished, and returns the memory that it took; 0: there was none to play.
  std::size_t play_until_measured() {
    const std::size_t before = rss_bytes();
    while (const std::optional<std::size_t> number = next()) {
      play_or_note(*number, LogOf::process);
      if (!runs_[*number].had_finished) return peak_rss_bytes() - std::min(peak_rss_bytes(), before);
    }
    return 0;
  }

  void play_or_note(std::size_t number, LogOf log) {
    try {
      play_one(number, log);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failures_.emplace(number, std::current_exception());
    }
  }

  void play_one(std::size_t number, LogOf log) {
    Run& run = runs_[number];
    RunOptions options = options_;
    options.folder = run.place.folder;
    options.existing = ExistingFolder::resume;
    options.earlier = earlier_run(options_.earlier, run.scenario, run.place.name());
    options.study.emplace(PartOfStudy{.folder = options_.folder,
                                      .shared = shared_,
                                      .progress = {.study = progress_, .run = number, .name = run.words},
                                      .log = log});
    tell("a run begins or goes on", run);
    try {
      run.played.summary = run_scenario(run.scenario, options);
    } catch (const Failure& failure) {
      const bool is_told_elsewhere =
          !ranks_.is_first() && dynamic_cast<const FailedElsewhere*>(&failure) != nullptr;
      if (failure.kind() == ErrorKind::stopped || is_told_elsewhere) throw;
      throw Failure(failure.kind(), fmt::format("{}: {}", run.place.name(), failure.what()));
    }
    if (ranks_.is_first()) run.played.round_metrics = RunReader(options.folder).round_metrics();
    tell("a run has finished", run);
    if (run.had_finished) {
      progress_.had_finished(number, run.words);
    } else {
      progress_.has_finished(number, run.words);
    }
  }

  static void tell(std::string_view what, const Run& run) {
    log_event(LogLevel::info, "study", what,
              {{"arm", run.played.arm}, {"replicate", run.played.replicate + 1}});
  }

  const RunOptions& options_;
  Ranks& ranks_;
  SharedWorlds& shared_;
  StudyProgress progress_;
  InterruptGuard interrupt_;
  std::vector<Run> runs_;
  std::mutex mutex_;  ///< of what follows
  std::size_t next_ = 0;
  std::map<std::size_t, std::exception_ptr> failures_;  ///< by run
};

}  // namespace

std::size_t runs_that_fit(std::optional<std::size_t> available, std::size_t of_one) {
  if (!available) return 1;
  if (of_one == 0) return std::numeric_limits<std::size_t>::max();
  // Other arms may take more than the first, and the system has other uses for memory.
  constexpr double share = 0.6;
  return static_cast<std::size_t>(
      std::max(1.0, share * static_cast<double>(*available) / static_cast<double>(of_one)));
}

std::vector<PlayedRun> play_runs(const Scenario& study, const RunOptions& options, SharedWorlds& shared,
                                 std::size_t at_once) {
  StudyRuns runs(study, options, shared);
  runs.play(at_once);
  return runs.take();
}

}  // namespace throng

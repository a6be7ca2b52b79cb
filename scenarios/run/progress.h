#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "recsys/recommender/recommender.h"

namespace throng {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP (a terminal that is closed; not under nohup) is remembered instead of
/// ending the process; a second one ends it. Of several at once (a study and its runs) each remembers what has come since the
/// first of them. Any thread.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;
};

/// Lines on stderr about what goes on: one live line on a terminal, else a plain line now and then. Any thread.
class ProgressLines {
 public:
  enum class Output { stderr_, none };
  /// A line that comes too soon after the last one is left out unless it must be seen.
  enum class Urgency { may_be_left_out, must_be_seen };

  explicit ProgressLines(Output output);
  ~ProgressLines() { finish(); }
  ProgressLines(const ProgressLines&) = delete;
  ProgressLines& operator=(const ProgressLines&) = delete;

  void print(const std::string& line, Urgency urgency);
  /// Ends the live line.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  std::mutex mutex_;
  Output output_;
  bool is_terminal_;
  bool line_open_ = false;
  Clock::time_point last_print_{};
};

/// How far the runs of a study are, and how long the rest will take if it goes on like this.
class StudyShares {
 public:
  explicit StudyShares(std::size_t runs) : done_(runs) {}

  /// Before this process, which says nothing about how fast it is.
  void had_finished(std::size_t run);
  /// The share of a run that is done, 0 to 1.
  void reached(std::size_t run, double share) { done_[run] = share; }

  std::size_t runs() const { return done_.size(); }
  std::size_t finished() const;
  /// After so many seconds; none: nothing is done yet.
  std::optional<double> seconds_left(double seconds) const;

 private:
  std::vector<double> done_;
  double before_ = 0;  ///< runs that had finished
};

/// What the runs of a study, some of them at once, say of themselves, and how far the study is. Any thread.
class StudyProgress {
 public:
  StudyProgress(ProgressLines::Output output, std::size_t runs);

  /// A sentence that several runs may have to say: it is said once.
  void say_once(const std::string& sentence);
  void had_finished(std::size_t run, const std::string& name);
  void has_finished(std::size_t run, const std::string& name);
  /// How a run goes, completing "control, replicate 2: ...".
  void say(const std::string& name, const std::string& state, ProgressLines::Urgency urgency);
  void reached(std::size_t run, double share);

 private:
  /// Such as "3 of 10 runs, 2 min left".
  std::string head();

  ProgressLines lines_;
  std::mutex mutex_;  ///< of what follows
  StudyShares shares_;
  std::chrono::steady_clock::time_point started_;
  std::set<std::string> said_;
};

/// Which run of a study says something.
struct RunOfStudy {
  StudyProgress& study;
  std::size_t run = 0;  ///< in the order of runs, from 0
  std::string name;     ///< such as "control, replicate 2"
};

/// Progress of a run, or of whatever else takes its time. Not thread-safe.
class Progress : public FitObserver {
 public:
  using Output = ProgressLines::Output;
  explicit Progress(Output output = Output::stderr_);
  explicit Progress(RunOfStudy run) : run_(std::move(run)) {}

  /// A step that has no progress of its own, such as "reading the dataset".
  void say(const std::string& step);
  /// The same of what other runs of a study may say, too: then it is said once for all.
  void say_once(const std::string& sentence);
  /// How something goes that says so all the time: left out if the last line is recent.
  void update(const std::string& state);
  void on_progress(const FitProgress& progress) override;
  /// A round begins, counted from 1.
  void on_round(std::size_t round, std::size_t rounds);
  /// `agents` of `total` have had their session in this round, and visited `pages` pages.
  void on_agents(std::size_t agents, std::size_t total, std::size_t pages);
  /// Ends the live line.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  using Urgency = ProgressLines::Urgency;

  void print(const std::string& line, Urgency urgency);

  std::unique_ptr<ProgressLines> lines_;  ///< null: those of the study
  std::optional<RunOfStudy> run_;
  std::size_t round_ = 0;  ///< 0: none has begun
  std::size_t rounds_ = 1;
  Clock::time_point round_began_{};
};

}  // namespace throng

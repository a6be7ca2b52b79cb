#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "recsys/recommender/recommender.h"

namespace throng {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP (a terminal that is closed; not under nohup) is remembered instead of
/// ending the process; a second one ends it. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;
};

/// Progress of a run on stderr: one live line on a terminal, else a plain line now and then. Not thread-safe.
class Progress : public FitObserver {
 public:
  enum class Output { stderr_, none };
  explicit Progress(Output output = Output::stderr_);
  ~Progress() override;

  /// A step that has no progress of its own, such as "reading the dataset".
  void say(const std::string& step);
  /// How something goes that says so all the time: left out if the last line is recent.
  void update(const std::string& state);
  void on_progress(const FitProgress& progress) override;
  /// `agents` of `total` have had their session in this round, and visited `pages` pages.
  void on_agents(std::size_t agents, std::size_t total, std::size_t pages);
  /// Ends the live line.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  /// Prints `line`; one that comes too soon after the last one is left out unless it `must` be seen.
  enum class Urgency { may_be_left_out, must_be_seen };
  void print(const std::string& line, Urgency urgency);

  Output output_;
  bool is_terminal_;
  bool line_open_ = false;
  Clock::time_point last_print_{};
  Clock::time_point agents_started_{};
};

}  // namespace throng

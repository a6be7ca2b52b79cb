#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "agents/observer.h"
#include "scenarios/gateway/run_gateway.h"
#include "scenarios/run/recorder.h"

namespace throng {

/// How far a run is. All counts are of this process, and of the ranks it shares the run with.
struct RunFigures {
  std::uint64_t agents = 0;  ///< that have had their session, in all rounds
  std::uint64_t pages = 0;
  CallCounts calls;
  std::int64_t attempts = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  double usd = 0;
};

/// Logs once a minute how a run stands: its memory, and what it did in that minute. Single-threaded.
class MinuteLog {
 public:
  using Clock = std::chrono::steady_clock;

  explicit MinuteLog(Clock::time_point now = Clock::now()) : last_(now) {}

  /// Where figures come from, once there are any; null: there are none any more.
  void read_from(std::function<RunFigures()> read) { read_ = std::move(read); }
  /// To be called whenever the run has a moment; nearly always nothing is due, which costs a look at the clock.
  void tick(Clock::time_point now = Clock::now());

 private:
  std::function<RunFigures()> read_;
  Clock::time_point last_;
  RunFigures before_;
};

/// Logs the rounds of a run, and each minute how it stands; everything goes on to `next`. Both of them, and the gateway (null:
/// nobody is asked), outlive it.
class RunLog : public RunObserver {
 public:
  RunLog(Recorder& next, const RunGateway* gateway, MinuteLog& minutes);
  ~RunLog() override { minutes_.read_from(nullptr); }

  void on_offline_accuracy(std::uint16_t round, const Accuracy& accuracy) override;
  void on_window_started(const Window& window) override;
  void on_partition(const PartitionResult& result) override;
  void on_window_finished(const Window& window) override;
  void on_stopped(std::span<const SessionRecord> over) override { next_.on_stopped(over); }
  bool wants_stop() const override { return next_.wants_stop(); }

 private:
  RunFigures figures() const;

  Recorder& next_;
  const RunGateway* gateway_;
  MinuteLog& minutes_;
  MinuteLog::Clock::time_point round_began_;
  MinuteLog::Clock::time_point
      last_partition_;  ///< when this rank had played it; what follows is the window's end
  std::pair<std::size_t, std::size_t> before_round_;  ///< Recorder::so_far
};

}  // namespace throng

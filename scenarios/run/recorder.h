#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agents/metrics.h"
#include "agents/observer.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/run_digest.h"
#include "scenarios/run/simulation.h"
#include "scenarios/store/run_writer.h"

namespace throng {

/// A run's accounting: writes what happens to run.db, folds figures in the order of partitions and windows, and
/// keeps what the summary needs. A window is committed when it has finished.
class Recorder : public RunObserver {
 public:
  /// Everything outlives the recorder.
  Recorder(RunWriter& writer, Store store, Progress& progress, const InterruptGuard& interrupt,
           const Simulation& simulation);

  void on_offline_accuracy(std::uint16_t round, const Accuracy& accuracy) override;
  void on_window_started(const Window& window) override;
  void on_partition(const PartitionResult& result) override;
  void on_window_finished(const Window& window) override;
  /// Rows only: no figure of the window is whole.
  void on_stopped(std::span<const SessionRecord> over) override;
  bool wants_stop() const override { return interrupt_.interrupted(); }

  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  const Hash128& digest() const { return digest_.of_run(); }
  const ReplyQuality& reply_quality() const { return reply_quality_; }
  /// What summary.json says of the run itself; `metrics`: of `outcomes`. See run_scenario.
  Json summary(const Scenario& scenario, std::span<const Metric> metrics) const;

 private:
  RunWriter& writer_;
  Store store_;
  Progress& progress_;
  const InterruptGuard& interrupt_;
  const Catalogue& catalogue_;
  std::size_t agents_;
  std::size_t rounds_;
  std::size_t agents_done_ = 0;      ///< in this window
  std::size_t pages_in_window_ = 0;  ///< in this window
  std::size_t pages_ = 0;            ///< in finished windows
  Exposures exposures_{catalogue_.size()};
  PositionCounts positions_;
  std::optional<Accuracy> offline_;  ///< of this window's recommender
  std::size_t windows_ = 0;
  std::size_t before_window_ = 0;  ///< of `outcomes_`: those of earlier windows
  std::vector<Outcome> outcomes_;
  ReplyQuality reply_quality_;
  RunDigest digest_;
};

}  // namespace throng

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "agents/metrics.h"
#include "agents/observer.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/run_digest.h"
#include "scenarios/run/simulation.h"
#include "scenarios/store/run_writer.h"

namespace throng {

/// What the partitions of a window sum up to, in their order: of one rank, or of the ranks in their order.
struct WindowSums {
  explicit WindowSums(std::size_t items = 0) : exposures(items) {}

  void add(const PartitionResult& result);
  /// Of the next rank.
  void merge(const WindowSums& other);

  std::vector<std::pair<std::size_t, Hash128>> digests;  ///< of each partition, with its number
  Exposures exposures;
  PositionCounts positions;
  ReplyQuality quality;
  std::size_t agents = 0;  ///< that have had their session
  std::size_t pages = 0;
};

/// A run's accounting: writes what happens to run.db, folds figures in the order of partitions and windows, and
/// keeps what the summary needs. A window is committed when it has finished. Of a run over several ranks each writes its own rows and
/// keeps the outcomes of its own agents; the other figures are all with rank 0, nowhere else.
class Recorder : public RunObserver {
 public:
  /// `writer`: of this rank's `file`. Everything else outlives the recorder. What cannot be written is a Failure(stopped).
  Recorder(RunWriter& writer, std::filesystem::path file, Store store, Progress& progress,
           const InterruptGuard& interrupt, const Simulation& simulation, Ranks& ranks);

  void on_offline_accuracy(std::uint16_t round, const Accuracy& accuracy) override;
  void on_window_started(const Window& window) override;
  void on_partition(const PartitionResult& result) override;
  /// Collective.
  void on_window_finished(const Window& window) override;
  /// Rows only: no figure of the window is whole.
  void on_stopped(std::span<const SessionRecord> over) override;
  bool wants_stop() const override { return interrupt_.interrupted(); }

  /// Collective, once all windows have finished: of all ranks' agents, on all ranks.
  std::vector<Metric> metrics(const AllowedActions& allowed) const {
    return run_metrics(outcomes_, allowed, ranks_);
  }
  /// How many sessions have been had, in all windows, and their pages; on rank 0 of all ranks.
  std::pair<std::size_t, std::size_t> so_far() const;
  const Hash128& digest() const { return digest_.of_run(); }
  const ReplyQuality& reply_quality() const { return reply_quality_; }
  /// What summary.json says of the run itself. See run_scenario.
  Json summary(const Scenario& scenario, std::span<const Metric> metrics) const;

 private:
  /// How many agents of a rank have had their session, and their pages.
  struct HowFar {
    std::uint16_t round = 0;
    std::size_t agents = 0;
    std::size_t pages = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(round, agents, pages);
    }
  };

  void tell_progress();
  HowFar how_far() const;
  WindowSums sums_of_all_ranks();
  void write_figures(const Window& window, const WindowSums& sums, std::span<const Metric> headline);

  RunWriter& writer_;
  std::filesystem::path file_;
  Store store_;
  Progress& progress_;
  const InterruptGuard& interrupt_;
  Ranks& ranks_;
  const Catalogue& catalogue_;
  std::size_t agents_;
  std::pair<AgentId, AgentId> own_agents_;
  std::size_t rounds_;
  WindowSums window_{catalogue_.size()};
  std::uint16_t round_ = 0;                       ///< of this window
  std::vector<HowFar> how_far_;                   ///< by rank: what it has told last
  std::chrono::steady_clock::time_point told_{};  ///< when this rank told last
  std::size_t sessions_ = 0;                      ///< in finished windows
  std::size_t pages_ = 0;                         ///< likewise
  std::optional<Accuracy> offline_;               ///< of this window's recommender
  std::size_t windows_ = 0;
  std::vector<Outcome> outcomes_;  ///< of this rank's agents, in all windows
  std::size_t before_window_ = 0;  ///< so many of them are of earlier windows
  ReplyQuality reply_quality_;     ///< of finished windows
  RunDigest digest_;
};

}  // namespace throng

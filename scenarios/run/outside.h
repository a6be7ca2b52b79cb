#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "scenarios/run/journaled_exchange.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/scenario.h"

namespace throng {

struct OutsideOptions {
  std::filesystem::path folder;                 ///< the run's, where the journal is
  std::filesystem::path budget_log;             ///< may be shared by the runs of a study
  std::optional<std::filesystem::path> replay;  ///< another run, whose replies are used
};

/// The outside of a run whose agents ask language models: its journal, perhaps another run's, and the line to the
/// endpoints. A replay of an unchanged scenario has no line: it asks nobody.
class RunOutside {
 public:
  /// `progress` hears how calls go and must outlive this. Throws Failure(usage) for endpoints that cannot work or a
  /// missing key, Failure(data) if there is no run to replay.
  RunOutside(const Scenario& scenario, const OutsideOptions& options, Progress& progress);
  ~RunOutside();

  Exchange& exchange() { return *exchange_; }
  /// Ends the run's calls in an orderly way: what is under way is waited for and journaled.
  void drain() { exchange_->drain(); }

  const Journal& journal() const { return *journal_; }
  const CallCounts& counts() const { return exchange_->counts(); }

 private:
  std::optional<Journal> journal_;
  std::optional<Journal> earlier_;
  std::unique_ptr<Line> line_;
  std::optional<JournaledExchange> exchange_;
};

}  // namespace throng

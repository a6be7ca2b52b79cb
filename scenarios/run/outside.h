#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "recsys/external/remote_protocol.h"
#include "scenarios/run/completion_backend.h"
#include "scenarios/run/journaled_exchange.h"
#include "scenarios/run/progress.h"
#include "scenarios/run/ranking_backend.h"
#include "scenarios/run/run_folder.h"

namespace throng {

struct OutsideOptions {
  std::filesystem::path folder;      ///< the run's, where the journal is
  std::filesystem::path budget_log;  ///< may be shared by the runs of a study
  std::optional<EarlierRun> earlier;
  std::function<void()> tick;  ///< called often while replies are waited for
};

/// The outside of a run that asks language models or a remote recommender: its journal, perhaps another run's, and the
/// backends. A replay has none: it asks nobody.
class RunOutside {
 public:
  /// `names`: what a remote recommender is asked about; null if there is none. `progress` hears how calls go. Both
  /// outlive this. Throws Failure(usage) for endpoints that cannot work or a missing key, Failure(data) if the earlier run
  /// has no journal.
  RunOutside(const Scenario& scenario, const OutsideOptions& options, const remote::Names* names,
             Progress& progress);
  ~RunOutside();

  Exchange& exchange() { return *exchange_; }
  /// Ends the run's calls in an orderly way: what is under way is waited for and journaled.
  void drain() { exchange_->drain(); }

  const Journal& journal() const { return *journal_; }
  /// Of the calls to language models.
  const CallCounts& counts() const { return exchange_->counts(RequestKind::completion); }
  /// What both did so far.
  CallCounts all_counts() const { return exchange_->counts(); }
  /// See Backend::account; of a run that asks nobody an empty object.
  Json account() const { return exchange_->account(); }
  const CallCounts& ranking_counts() const { return exchange_->counts(RequestKind::ranking); }

 private:
  std::optional<Journal> journal_;
  std::optional<Journal> earlier_;
  boost::asio::io_context io_{1};
  std::unique_ptr<CompletionBackend> models_;
  std::unique_ptr<RankingBackend> recommender_;
  std::optional<JournaledExchange> exchange_;
};

}  // namespace throng

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "recsys/external/remote_protocol.h"
#include "scenarios/gateway/backends.h"
#include "scenarios/gateway/journaled_gateway.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

/// Another run, whose replies a run takes.
struct EarlierRun {
  /// What becomes of a request that its journal has no reply to.
  enum class Missing {
    stops,         ///< the run stops; nobody is ever asked: a replay
    is_asked_for,  ///< whoever answers such requests is asked
  };

  std::filesystem::path folder;  ///< of a study: with a run for each of the study's
  Missing missing = Missing::stops;
};

struct GatewayOptions {
  std::filesystem::path folder;      ///< the run's, where the journal is
  std::filesystem::path budget_log;  ///< may be shared by the runs of a study
  std::optional<EarlierRun> earlier;
  bool can_reuse = true;  ///< whoever replays could ask for what is missing instead (--reuse)
  std::function<void(const std::string&)> say;  ///< hears what a person should
  std::function<void(const std::string&)>
      update;  ///< hears how calls go, often, while replies are waited for
};

/// The gateway of a run that asks language models or a remote recommender: its journal, perhaps another run's, and the
/// backends. A replay has none: it asks nobody. A run over several ranks has it on rank 0 (ranks_gateway.h).
class RunGateway {
 public:
  /// `names`: what a remote recommender is asked about; null if there is none. They and what `options` refer to outlive this. Throws Failure(usage) for endpoints that cannot work or a missing key, Failure(data) if the earlier run
  /// has no journal.
  RunGateway(const Scenario& scenario, const GatewayOptions& options, const remote::Names* names);
  ~RunGateway();

  JournaledGateway& gateway() { return *gateway_; }
  /// Ends the run's calls in an orderly way: what is under way is waited for and journaled.
  void drain() { gateway_->drain(); }

  const Journal& journal() const { return *journal_; }
  /// Of the calls to language models.
  const CallCounts& counts() const { return gateway_->counts(RequestKind::completion); }
  /// What both did so far.
  CallCounts all_counts() const { return gateway_->counts(); }
  /// See Backend::account; of a run that asks nobody an empty object.
  Json account() const { return gateway_->account(); }
  const CallCounts& embedding_counts() const { return gateway_->counts(RequestKind::embedding); }
  const CallCounts& ranking_counts() const { return gateway_->counts(RequestKind::ranking); }

 private:
  std::optional<Journal> journal_;
  std::optional<Journal> earlier_;
  boost::asio::io_context io_{1};
  std::unique_ptr<CompletionBackend> models_;
  std::unique_ptr<EmbeddingBackend> embedder_;
  std::unique_ptr<RankingBackend> recommender_;
  std::optional<JournaledGateway> gateway_;
};

}  // namespace throng

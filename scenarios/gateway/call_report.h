#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "agents/session_record.h"
#include "engine/base/json.h"
#include "scenarios/gateway/journaled_gateway.h"

namespace throng {

/// Counts what did not go as it should, and on how many agents and pages that was.
class ReplyQuality {
 public:
  void add(const SessionRecord& session);
  /// Adds sessions that come after these.
  void merge(const ReplyQuality& other);

  std::size_t pages() const { return pages_; }
  std::size_t degraded_pages() const { return degraded_pages_; }
  /// Of the reply that could not be used last, as sessions were added.
  const std::string& last_problem() const { return last_problem_; }
  double degraded_share() const;  ///< of all pages; 0 without any
  /// An object: sessions, pages, degraded_pages, degraded_share, abandoned_agents, missing_interviews, unusable_replies {by
  /// step}, repairs, unwrapped_replies {by what they were taken out of}.
  Json json() const;

  /// For cereal.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(sessions_, pages_, degraded_pages_, abandoned_, missing_interviews_, repairs_, last_problem_,
            unusable_, unwrapped_);
  }

 private:
  std::size_t sessions_ = 0;
  std::size_t pages_ = 0;
  std::size_t degraded_pages_ = 0;
  std::size_t abandoned_ = 0;
  std::size_t missing_interviews_ = 0;
  std::size_t repairs_ = 0;
  std::string last_problem_;
  std::map<Step, std::size_t> unusable_;
  std::map<std::string, std::size_t> unwrapped_;
};

/// What all calls to the models of a run took: asking_agents, calls, from_journal, replayed, live (as far as this process knows), attempts,
/// retries, prompt_tokens, cached_tokens, completion_tokens, usd, calls_per_agent, tokens_per_agent, by_model [the
/// same for each model at each endpoint], failed_attempts {by kind, of all processes of the run}. Embeddings count for
/// tokens and money; what else they took stands in by_model, with the kind "embedding" and texts for calls, and, if there are
/// any, in embeddings {texts, from_journal, replayed, live}. `counts`: of completions.
Json call_report(const Journal& journal, const CallCounts& counts, const CallCounts& embeddings);

/// The reports of several runs, each with its mishaps, as one.
Json sum_of_call_reports(const std::vector<Json>& reports);

/// Where a remote recommender's rankings came from: from_journal, replayed, live.
Json ranking_report(const CallCounts& counts);

}  // namespace throng

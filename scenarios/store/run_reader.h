#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/interview/question.h"
#include "agents/metrics.h"
#include "engine/base/json.h"

namespace throng {

/// An agent as run.db describes it.
struct StoredAgent {
  AgentId agent{};
  std::string external_id;
  bool perturbed = false;
  TraitGroups traits;
  std::string favourite_genres;  ///< joined by '|'
  std::string persona;
  std::string mind;  ///< who plays it: "statistical" or a language model's name
};

/// The digest of what an agent did in a round.
struct SessionDigest {
  AgentId agent{};
  std::uint16_t round = 0;
  Hash128 digest;
};

/// Rows one by one, empty after the last: for what is too long to hold. Lives no longer than its reader.
template <class Row>
using RowStream = std::function<std::optional<Row>()>;

/// An item as run.db describes it.
struct StoredItem {
  std::string title;   ///< the external id if it has none
  std::string genres;  ///< joined by '|'
};

/// An item of the catalogue and what the whole run made of it.
struct ItemFigures {
  ItemId item{};
  std::string external_id;
  std::string title;                  ///< as in the dataset; may be empty
  std::string genres;                 ///< joined by '|'
  std::optional<double> mean_rating;  ///< the historical rating displayed; none: nobody has rated it
  std::size_t interactions = 0;       ///< in the dataset
  std::size_t shown = 0;
  std::size_t viewed = 0;
  std::size_t liked = 0;
  double given_rating = 0;  ///< the mean of the agents' ratings; meaningless if viewed is 0
};

/// What agents searched for, in the words of one of them.
struct SearchFigures {
  std::string query;         ///< in small letters; untrusted
  std::size_t times = 0;     ///< that it was searched for
  std::size_t answered = 0;  ///< pages that showed what there is
  std::size_t found = 0;     ///< items on these
  std::size_t viewed = 0;    ///< of them
};

/// What an agent answered after a session.
struct StoredAnswer {
  AgentId agent{};
  std::uint16_t round = 0;
  Answer answer;
};

/// A question of the scenario and what was answered to it.
struct QuestionFigures {
  InterviewQuestion question;
  std::size_t answers = 0;
  std::size_t agents = 0;                        ///< who answered
  AgentMean score{};                             ///< of a score
  std::map<int, std::size_t> scores{};           ///< how often each was given
  std::map<std::string, std::size_t> choices{};  ///< likewise
};

/// What happened on the n-th page of all sessions that reached it.
struct PageFigures {
  std::size_t page = 0;  ///< from 1
  std::size_t sessions = 0;
  double views = 0;           ///< mean over these sessions
  double standard_error = 0;  ///< of the mean; 0 for one session
};

/// A figure of one round.
struct RoundMetric {
  std::uint16_t round = 0;
  std::string metric;
  double value = 0;

  /// Of one place on the page.
  bool is_by_position() const { return metric.starts_with("position_") || metric.starts_with("page_"); }
  /// Of the agents in one trait group, such as "viewed_novelty_of_activity_3".
  bool is_of_group() const { return metric.find("_of_") != std::string::npos; }
  /// Of all agents and places: what is drawn over the rounds.
  bool is_overall() const { return !is_by_position() && !is_of_group(); }
};

/// What items are told apart by: their places on pages; in prompts that told of the page in another order; the pages themselves.
enum class Places { on_page, in_prompt, pages };

/// Reads run.db. Everything comes in the order of agents, rounds, pages and positions; rounds count from 0, as in the
/// engine. Throws Failure(data) if the folder holds no run, not one of this version, or a damaged one: what no run
/// can have written is named by table, row and column. Not thread-safe.
class RunReader {
 public:
  explicit RunReader(const std::filesystem::path& run_folder);
  ~RunReader();
  RunReader(const RunReader&) = delete;
  RunReader& operator=(const RunReader&) = delete;

  /// Empty if there is no such key.
  std::string meta(const std::string& key) const;
  /// Gives the JSON under this key, if there is one, to `use`. JSON that cannot be read, or not be used (`use` throws
  /// Json::exception), is damage.
  void with_meta(const std::string& key, const std::function<void(const Json&)>& use) const;
  /// Read once, and kept.
  const std::vector<Outcome>& outcomes() const;
  /// The headline metrics as the run wrote them, those of its scenario last; empty before it has finished.
  std::vector<Metric> metrics() const;
  /// Agent by agent what the scenario's own metrics are the means of, but for those that are one number.
  std::vector<MetricValues> own_values() const;
  std::vector<TraitGroups> traits() const;  ///< of every agent, in agent order
  /// How often the ratings 1 to 5 were given.
  std::array<std::size_t, 5> rating_counts() const;
  std::optional<StoredAgent> agent(AgentId agent) const;
  RowStream<StoredAgent> agents() const;  ///< in agent order
  std::vector<SessionRecord> sessions(AgentId agent) const;
  /// Without pages if the agent has no session in this round.
  SessionRecord session(AgentId agent, std::uint16_t round) const;
  RowStream<SessionDigest> digests() const;  ///< by agent, then round
  StoredItem item(ItemId item) const;
  /// The whole catalogue, in item order.
  std::vector<ItemFigures> items() const;
  std::vector<PageFigures> pages() const;  ///< by page, ascending
  AllowedActions actions() const;          ///< what agents might do
  /// The most frequent first, ties by the query; degraded pages count nowhere.
  std::vector<SearchFigures> searches() const;
  /// In order.
  std::vector<PositionFigures> positions(Places places) const;
  /// Agent by agent what `positions(Places::on_page)` are the means of: position_1_aligned, position_1_viewed, position_1_rating, ...
  std::vector<MetricValues> position_values() const;
  std::vector<RoundMetric> round_metrics() const;  ///< by metric, then round
  /// In the order of the scenario.
  std::vector<QuestionFigures> questions() const;
  RowStream<StoredAnswer> answers() const;  ///< by agent, round, then question
  /// Answers in words, or reasons: at most `most`, evenly spread over the agents that gave some.
  std::vector<StoredAnswer> words_of(const std::string& question, std::size_t most) const;

 private:
  struct Connection;

  /// Moves what was found by searches out of what was recommended.
  void add_searches(std::vector<Outcome>& outcomes) const;
  void add_adverts(std::vector<Outcome>& outcomes) const;
  void add_alignment(std::vector<Outcome>& outcomes) const;
  /// Of a session that rows tell of; `outcomes` by agent, then round. That there is none is damage.
  Outcome& outcome_at(std::vector<Outcome>& outcomes, AgentId agent, std::uint16_t round) const;
  void add_impressions(SessionRecord& session) const;
  void add_words(SessionRecord& session) const;
  void add_prompt_orders(SessionRecord& session) const;
  void add_answers(SessionRecord& session) const;
  std::vector<InterviewQuestion> asked_questions() const;
  Notes notes(AgentId agent, std::uint16_t round) const;

  std::vector<Outcome> read_outcomes() const;

  std::unique_ptr<Connection> connection_;
  mutable std::optional<std::vector<Outcome>> outcomes_;
};

}  // namespace throng

#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/action.h"
#include "agents/population.h"
#include "engine/base/hash.h"
#include "engine/sim/virtual_time.h"
#include "recsys/data/interactions.h"

namespace throng {

/// Whether a mean rating is one: 0 stands for none (Dataset::mean_ratings).
inline bool is_rated(double mean_rating) { return mean_rating > 0; }

/// An item shown on a page.
struct Impression {
  ItemId item{};
  float mean_rating = 0;  ///< the historical rating that was displayed, or 0 if nobody has rated it
  bool aligned = false;   ///< whether it fits the taste
  /// Whether the agent's user met it in the validation part (World::hidden); none: of this user that is not known of any item.
  std::optional<bool> hidden{};
  bool operator==(const Impression&) const = default;
};

/// The positions of a page's items, from 1, in the order in which a prompt told of them.
using PromptOrder = std::vector<std::uint16_t>;

/// Whether to go on, and why. Satisfaction and fatigue in [0, 1]; none: the agent did not say.
struct Decision {
  std::optional<double> satisfaction;  ///< with everything so far
  std::optional<double> fatigue;
  bool exits = false;
  std::string
      search;  ///< for this, in place of the next page of the ranking; empty: it does not search. Untrusted.
};

/// So much of what an agent searches for counts.
inline constexpr std::size_t kSearchBytes = 200;

/// A conclusion drawn from memory when enough importance has gathered.
struct Reflection {
  double satisfaction = 0;  ///< in [0, 1]
};

struct Interview {
  std::uint8_t score = 0;  ///< satisfaction with the recommender, 1 .. 10
};

/// What an agent answered to an InterviewQuestion of its scenario.
struct Answer {
  std::string question{};      ///< its name
  std::optional<int> score{};  ///< of the kind score
  std::string choice{};        ///< of the kind choice: one of the options
  std::string words{};         ///< of the kind words the answer, of the others its reason; untrusted
  bool operator==(const Answer&) const = default;
};

/// Between the scale that people are asked on, 1 to 10, and [0, 1].
inline double satisfaction_of(int score) { return (score - 1) / 9.0; }
inline int score_of(double satisfaction) { return static_cast<int>(std::lround(1 + 9 * satisfaction)); }

/// An advert: an item that a PagePolicy showed as one, and what stood beside it.
struct WordsBeside {
  std::uint16_t position = 0;  ///< of the item on the page, from 1
  std::string text;            ///< untrusted; empty: it was placed like an advert, without words
  bool operator==(const WordsBeside&) const = default;
};

struct PageRecord {
  std::uint16_t page = 0;  ///< from 1
  VirtualTime shown_at;
  std::string results_of;               ///< the search that the page answers; empty: it shows the ranking
  std::vector<Impression> impressions;  ///< in the order of the page
  std::vector<WordsBeside> words;       ///< by position
  PromptOrder prompt_order;             ///< empty: as on the page, or no prompt told of it
  std::vector<Action> actions;          ///< by position, then kind
  std::optional<double> satisfaction;   ///< with this page, in [0, 1]; none: the agent did not say
  std::optional<Decision> decision;
  std::optional<Reflection> reflection;  ///< drawn after this page's decision

  /// What the agent made of the page could not be made out: it leaves every numerator and denominator, and nothing is learned
  /// from it. If it said what it viewed and only its decision is missing, it remembers the page: that was its own word.
  bool degraded() const { return !decision; }

  /// It answers a search: nothing that the recommender is judged by.
  bool shows_results() const { return !results_of.empty(); }

  ItemId item_of(const Action& action) const { return impressions[action.position - 1U].item; }
};

/// What stood beside the item at this position; empty: nothing.
std::string words_beside(const PageRecord& page, std::size_t position);

/// What an agent is asked.
enum class Step : std::uint8_t { react = 1, decide = 2, reflect = 3, interview = 4, question = 5 };

/// Such as "react".
const char* to_string(Step step);
/// The inverse of `to_string`; react for any other text.
Step step_from(std::string_view text);
/// What is asked when the session is over.
inline bool is_of_interview(Step step) { return step == Step::interview || step == Step::question; }

/// An agent's own words. Those of an interview belong to the last page visited; 0: there was none.
struct Saying {
  enum class About : std::uint8_t {
    alignment = 1,  ///< why an item aligns with the taste or does not
    feeling = 2,    ///< what a viewed item left behind; of no item: why it feels about it all as it does
    decision = 3,
    reflection = 4,
    interview = 5,
    taste = 6,   ///< what a reflection concluded of it
    share = 7,   ///< to those whom an item is shared with
    search = 8,  ///< what was searched for; only in memories, a Decision has it
  };
  std::uint16_t page = 0;
  std::uint16_t position = 0;  ///< of the item on the page, from 1; 0: no item's
  About about = About::decision;
  std::string text;  ///< untrusted
};

/// Such as "alignment".
const char* to_string(Saying::About about);
inline bool is_of_reflection(Saying::About about) {
  return about == Saying::About::reflection || about == Saying::About::taste;
}
/// The inverse of `to_string`; decision for any other text.
Saying::About about_from(std::string_view text);

/// A complete reply that could not be used. Its page: as of a Saying.
struct UnusableReply {
  std::uint16_t page = 0;
  Step step = Step::react;
  std::string problem;   ///< what is wrong with it
  std::string reply;     ///< as it came; untrusted
  bool gave_up = false;  ///< the model was not told and asked again
};

/// What numbers do not say, in the order in which it happened.
struct Notes {
  std::vector<Saying> sayings;
  std::vector<UnusableReply> unusable;
  std::vector<std::string_view>
      unwrapped;  ///< replies that were used: what each was taken out of, see llm::Output
};

/// All that one session left behind.
struct SessionRecord {
  AgentId agent{};
  std::uint16_t round = 0;  ///< from 0: the window that the session belongs to
  VirtualTime started;
  VirtualTime ended;
  std::vector<PageRecord> pages;
  std::optional<Interview> interview;  ///< none: abandoned, or what it said could not be made out
  std::vector<Answer> answers{};  ///< in the order of the questions; without those that could not be made out
  Notes notes;
  Hash128 digest;  ///< of the agent's events in the session's window

  /// Two degraded pages in a row ended the session: the agent is left out of per-agent means and does not come back.
  bool abandoned() const;
};

}  // namespace throng

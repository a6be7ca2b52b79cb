#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/action.h"
#include "engine/base/hash.h"

namespace throng::llm::mock {
struct ChatCall;
}

namespace throng::played {

/// Whom the model shall play, as far as the prompt says it. Traits: -1 (low), 0 (middling) or 1 (high).
struct Persona {
  int activity = 0;
  int conformity = 0;
  int diversity = 0;
  std::vector<std::string> tastes;
  std::string rates_high;
  std::string rates_low;
};

/// One line of a page.
struct ListedItem {
  int number = 0;
  std::string title;
  std::string genres;           ///< may be empty
  std::optional<double> rated;  ///< what others gave it
  std::string summary;          ///< may be empty
};

/// What the prompt says of an earlier page, or of a reflection.
struct RememberedPage {
  std::vector<double> ratings;
  std::optional<double> satisfaction;  ///< 1 to 10
  std::optional<bool> positive;        ///< how it felt
};

enum class Question { page, decision, reflection, interview, other };

/// Of a score, both included.
struct Scale {
  int least = 1;
  int most = 10;
};

/// How the answer shall look.
enum class AnswerForm {
  json,   ///< the protocol "structured"
  lines,  ///< the protocol "agent4rec"
};

/// What a prompt asks of the user that the model plays.
struct AgentPrompt {
  Question question = Question::page;
  AnswerForm form = AnswerForm::json;
  Persona persona;
  std::vector<RememberedPage> memories;  ///< as listed, the newest last
  std::vector<ListedItem> items;         ///< of the page in question
  int page = 1;
  std::string label = "MOVIE";         ///< what lines about an item start with
  bool reflects = false;               ///< a page's answer shall have a reflection too
  AllowedActions allowed;              ///< as far as the prompt says so
  std::optional<Scale> scale{};        ///< another question asks for a score on it
  std::vector<std::string> options{};  ///< or for one of these; or else for words
  Hash128 key;  ///< of the model and of all that is read here, not of how the call was put to this server
};

/// Reads the prompt of a simulated user (agents/prompts); nothing if it is another kind of prompt. Line by line, whatever
/// the roles of the messages, the last question counts. It looks for
///   persona    lines "Activity: low. ...", "Conformity: ...", "Diversity: ..." (low, middling or high), "Taste:" and
///              lines "- ..." after it, "Rates high: ...", "Rates low: ..."; the first quoted text of each, of `- games like "a", "b"` each
///   memories   lines "- ..." after "WHAT YOU REMEMBER": outside of what is quoted "you rated it 4", "satisfaction with"
///              (the first number after it), "you felt positive" or "negative"
///   a page     lines `1. "title" | "genres" | others rate it 3.9 of 5 | "summary"`, where all but the title may be
///              missing; "PAGE 3"
///   others     a line DECISION, REFLECTION or INTERVIEW, the page being the first number below it; only with a
///              persona or memories
///   reflection `give a "reflection"` below a page
///   what may be done, such as save: `"save" true`, `"save" null`, `{"save":`, or a line with "SAVE:" or "[SAVE:" first
///   questions  a line QUESTION, the page likewise, and all lines below it: "- ..." after "Choose one of:", `"score" from 1 to 5`,
///              "RATING: <1 to 5>"
/// Double quotes hold JSON strings. Lines are asked for, of a page where the prompt says "ALIGN:", of an interview or a question where
/// it says "RATING:", "CHOICE:" or "ANSWER:", and always for the other two; otherwise JSON. A call with a JSON Schema is an agent's only
/// if the schema has the properties items and decision, or score, choice or answer.
std::optional<AgentPrompt> read_agent_prompt(const llm::mock::ChatCall& call);

/// What the JSON string says that `text` starts with, which is dropped from there; nothing, without effect, if it starts with
/// none. A string that is no valid JSON is taken as it stands.
std::optional<std::string> take_quoted(std::string_view& text);

/// The first number in `text`: digits, perhaps with a decimal point; at most 10^6.
std::optional<double> first_number(std::string_view text);

/// `text` with blanks for control characters, and without those at its ends.
std::string one_line(std::string_view text);

}  // namespace throng::played

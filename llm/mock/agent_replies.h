#pragma once

#include <string>

#include "llm/mock/agent_words.h"

namespace throng::llm::mock {

/// Answers in the form of the protocol "structured". What `answer` holds is written as it is, fitting or not.
std::string page_json(const PageAnswer& answer, AgentWords& words);
std::string interview_json(int score, AgentWords& words);

/// The same, and the other answers, in the form of "agent4rec". `label` starts the lines about an item. Titles are written as
/// the prompt has them, or, the same way in all of a reply, shortened as models do: without the year, or with the
/// article in front too ("Usual Suspects, The (1995)": "The Usual Suspects"); never so that two items of the page
/// become one.
std::string page_lines(const PageAnswer& answer, std::string_view label, AgentWords& words,
                       const Draws& draws);
std::string decision_lines(const Mood& mood, AgentWords& words);
std::string reflection_lines(int satisfaction, AgentWords& words);
std::string interview_lines(int score, AgentWords& words);

}  // namespace throng::llm::mock

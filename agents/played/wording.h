#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agents/played/play.h"
#include "llm/mock/text.h"

namespace throng::played {

/// Puts the answers to one prompt into words, drawn one after the other: a few where JSON was asked for, one or two
/// sentences otherwise. What an answer holds is written as it is, fitting or not.
class Wording {
 public:
  Wording(AnswerForm form, const Draws& draws);

  /// In the form of the protocol "structured".
  std::string page_json(const AgentPrompt& prompt, const PageAnswer& answer);
  std::string interview_json(int score);
  /// To another question, whose kind the prompt tells; the words are about how satisfied the user is, by `score`, from 1 to 10.
  std::string answer_json(const AgentPrompt& prompt, int score);

  /// In the form of "agent4rec". Titles are written as `spoken_titles` has them.
  std::string page_lines(const AgentPrompt& prompt, const PageAnswer& answer);
  std::string decision_lines(const Mood& mood);
  std::string reflection_lines(const Persona& persona, int satisfaction);
  std::string interview_lines(int score);
  std::string answer_lines(const AgentPrompt& prompt, int score);

 private:
  bool brief() const { return form_ == AnswerForm::json; }
  std::string one_of(std::string_view what, std::string_view kind = {});
  std::string alignment(const ItemAnswer& item);
  std::string shared_words(const ItemAnswer& item);
  /// What is done beside viewing.
  std::string optional_lines(const PageAnswer& answer, const std::vector<std::string>& titles,
                             const AllowedActions& allowed);
  std::string decision(const Mood& mood);
  std::string reflection(int satisfaction);
  std::string taste(const Persona& persona);
  std::string interview(int score);

  AnswerForm form_;
  Draws draws_;
  llm::mock::DrawStream stream_;
};

/// The titles of a page as a reply names them, each on one line: half of the replies as they are, a third without the
/// year, the others without the year and with the article in front ("Usual Suspects, The (1995)": "The Usual Suspects").
/// As they are, if two would otherwise be the same.
std::vector<std::string> spoken_titles(const std::vector<ItemAnswer>& items, const Draws& draws);

}  // namespace throng::played

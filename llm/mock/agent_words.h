#pragma once

#include <string>
#include <string_view>

#include "llm/mock/agent_play.h"
#include "llm/mock/draw_stream.h"

namespace throng::llm::mock {

/// Puts answers into words, drawn one after the other: a few where JSON was asked for, one or two sentences otherwise.
class AgentWords {
 public:
  AgentWords(AnswerForm form, const Draws& draws);

  std::string alignment(const ItemAnswer& item);
  std::string choice(bool any);
  /// A sentence, for `lines`.
  std::string feeling(int rating);
  std::string overall(bool positive);
  std::string decision(const Mood& mood);
  std::string reflection(int satisfaction);
  std::string interview(int score);

 private:
  bool brief() const { return form_ == AnswerForm::json; }

  AnswerForm form_;
  DrawStream stream_;
};

/// "upset", "disappointed", "indifferent", "pleased" or "delighted"; the nearest for other ratings than 1 to 5.
std::string_view feeling_word(int rating);

}  // namespace throng::llm::mock

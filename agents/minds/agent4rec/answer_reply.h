#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agents/interview/question.h"
#include "agents/session_record.h"

namespace throng {

/// What a reply answers to a question of the scenario. Like the other readers of this protocol (agent4rec_reply.h) it takes any
/// bytes: a score with its reason as of an interview, on the question's scale; a choice by the one option that the line "CHOICE: ..."
/// names or, without such a line, the reply, whatever its case and punctuation; words behind "ANSWER:", or all of the reply.
struct AnswerReading {
  Answer answer;
  std::vector<std::string> problems;  ///< empty if there is an answer; the reason of a choice may be missing

  bool complete() const { return problems.empty(); }
};

AnswerReading read_answer(std::string_view reply, const InterviewQuestion& question);

}  // namespace throng

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/sim/event.h"

namespace throng {

/// A question that a scenario asks its agents, beside the interview that all have.
struct InterviewQuestion {
  enum class Kind : std::uint8_t { score, choice, words };
  enum class When : std::uint8_t {
    exit,  ///< after each session
    end,   ///< after the last one
  };

  std::string name{};  ///< unique in its scenario
  std::string text{};
  Kind kind = Kind::words;
  int least = 1;  ///< of a score
  int most = 10;
  std::vector<std::string> options{};  ///< of a choice
  double share = 1;                    ///< of the agents that are asked
  When when = When::exit;
};

/// Such as "score".
const char* to_string(InterviewQuestion::Kind kind);

/// As it stands in a scenario, which has checked it; keys with their defaults are left out.
InterviewQuestion question_from(const Json& json);
Json to_json(const InterviewQuestion& question);

/// Addresses what is drawn for the question: it follows from its name, so that other questions beside it shift nobody's luck.
std::uint32_t number_of(const InterviewQuestion& question);

/// Which of `all` this agent is asked after a session; `is_last`: it does not come back. Who is asked is drawn by agent and
/// question, and the same in every session.
std::vector<const InterviewQuestion*> questions_for(std::span<const InterviewQuestion> all, ActorId agent,
                                                    bool is_last, const Draws& draws);

}  // namespace throng

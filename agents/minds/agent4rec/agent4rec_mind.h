#pragma once

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/llm_mind.h"

namespace throng {

/// The `agent4rec` protocol: Agent4Rec's sequence of calls (react, decide, reflect, interview) and its reply format, in wording of
/// our own. A decision's satisfaction is 1 (positive), 0 (negative) or not said, a reflection's on the scale of the interview
/// (`satisfaction_of`). Satisfaction with a page and fatigue are not asked. The feeling that is recorded follows from the rating; what
/// the agent is reminded of is its own sentence.
class Agent4RecMind : public LlmMind {
 public:
  Agent4RecMind(LlmMindOptions options, const Prompts& prompts, const PromptViews& views,
                const Catalogue& catalogue, const Draws& draws)
      : LlmMind(std::move(options), prompts, views, draws), catalogue_(catalogue) {}

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override;
  Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) override;
  Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) override;
  Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) override;
  Task<std::optional<Answer>> answer(Actor& self, const Situation& situation,
                                     const InterviewQuestion& asked) override;

 private:
  const Catalogue& catalogue_;
};

}  // namespace throng

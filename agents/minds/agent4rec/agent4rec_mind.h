#pragma once

#include "agents/minds/agent4rec/agent4rec_reply.h"
#include "agents/minds/llm_mind.h"

namespace throng {

/// The `agent4rec` protocol: Agent4Rec's sequence of calls (react, decide, reflect, interview) and its reply format, in wording of
/// our own. What their replies do not state is computed: the satisfaction with a page is (mean rating - 1) / 4, 0 if nothing
/// was viewed; a feeling follows from its rating; a decision's satisfaction is 1 (positive), 0 (negative) or 0.5, a
/// reflection's (rating - 1) / 9; fatigue is not told.
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

 private:
  /// A call whose reply is a rating from 1 to 10 and its reason.
  Task<std::optional<InterviewReading>> rate_all(Actor& self, const Situation& situation,
                                                 const Question& question, const std::string& prompt);

  const Catalogue& catalogue_;
};

}  // namespace throng

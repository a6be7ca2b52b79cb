#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "agents/minds/llm_mind.h"

namespace throng {

/// What a page's call of the `structured` protocol brings.
struct StructuredReaction {
  Reaction reaction;  ///< with its decision, and its reflection if one was asked for
  std::vector<Saying> sayings;
};

struct StructuredInterview {
  Interview interview;
  std::string reason;
};

/// Whether a page's call asks for a reflection too.
enum class Reflects : bool { no, yes };

/// The JSON Schema of the reply about a page of `items` items; of the interview's reply.
std::shared_ptr<const llm::OutputSchema> structured_page_schema(std::size_t items,
                                                                Reflects reflects = Reflects::no,
                                                                const AllowedActions& allowed = {});
std::shared_ptr<const llm::OutputSchema> structured_interview_schema();
/// Of the reply to a question of the scenario.
std::shared_ptr<const llm::OutputSchema> structured_answer_schema(const InterviewQuestion& question);

/// What a reply says that fits the schema of a page of `items` items. `page` is the page's number, for the sayings.
StructuredReaction read_structured_reaction(const Json& reply, std::size_t items, std::uint16_t page);
StructuredInterview read_structured_interview(const Json& reply);
Answer read_structured_answer(const Json& reply, const InterviewQuestion& question);

/// The `structured` protocol: one call per page brings reaction and decision, one call the interview, each under a JSON Schema,
/// with items named by their number on the page. Satisfaction with a page is said on the scale of the interview
/// (`satisfaction_of`), fatigue from 0 to 10; a satisfaction with everything so far is asked in reflections only. A reflection costs
/// no call of its own: where one is due with the page at hand (of swings and importance: those before it), its reply has one.
class StructuredMind : public LlmMind {
 public:
  using LlmMind::LlmMind;

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override;
  /// The reaction has it already.
  Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) override;
  Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) override;
  Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) override;
  Task<std::optional<Answer>> answer(Actor& self, const Situation& situation,
                                     const InterviewQuestion& asked) override;

 private:
  std::shared_ptr<const llm::OutputSchema> page_schema(std::size_t items, Reflects reflects,
                                                       const AllowedActions& allowed);
  std::shared_ptr<const llm::OutputSchema> answer_schema(const InterviewQuestion& question);

  std::mutex mutex_;
  std::map<std::pair<std::size_t, Reflects>, std::shared_ptr<const llm::OutputSchema>>
      page_schemas_;  ///< by number of items; what is allowed is the same for all
  std::map<std::string, std::shared_ptr<const llm::OutputSchema>> answer_schemas_;  ///< by name
};

}  // namespace throng

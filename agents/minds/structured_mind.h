#pragma once

#include <map>
#include <mutex>

#include "agents/minds/llm_mind.h"

namespace throng {

/// The `structured` protocol: one call per page brings reaction and decision, one call the interview, each under a JSON Schema,
/// with items named by their number on the page. It does not reflect: every page's call states the satisfaction so far.
class StructuredMind : public LlmMind {
 public:
  using LlmMind::LlmMind;

  Task<std::optional<Reaction>> react(Actor& self, const Situation& situation,
                                      std::span<const ShownItem> page) override;
  /// The reaction has it already.
  Task<std::optional<Decision>> decide(Actor& self, const Situation& situation) override;
  Task<std::optional<Reflection>> reflect(Actor& self, const Situation& situation) override;
  Task<std::optional<Interview>> interview(Actor& self, const Situation& situation) override;

 private:
  std::shared_ptr<const llm::OutputSchema> page_schema(std::size_t items);

  std::mutex mutex_;
  std::map<std::size_t, std::shared_ptr<const llm::OutputSchema>> page_schemas_;  ///< by number of items
};

}  // namespace throng

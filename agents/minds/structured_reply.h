#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agents/minds/llm_mind.h"

namespace throng {

/// What a page's call of the `structured` protocol brings.
struct StructuredReaction {
  Reaction reaction;  ///< with its decision
  std::vector<Saying> sayings;
};

struct StructuredInterview {
  Interview interview;
  std::string reason;
};

/// The JSON Schema of the reply about a page of `items` items; of the interview's reply.
std::shared_ptr<const llm::OutputSchema> structured_page_schema(std::size_t items);
std::shared_ptr<const llm::OutputSchema> structured_interview_schema();

/// What a reply says that fits the schema of a page of `items` items. `page` is the page's number, for the sayings.
StructuredReaction read_structured_reaction(const Json& reply, std::size_t items, std::uint16_t page);
StructuredInterview read_structured_interview(const Json& reply);

}  // namespace throng

#include "agents/minds/structured_mind.h"

#include "agents/minds/structured_reply.h"

namespace throng {

std::shared_ptr<const llm::OutputSchema> StructuredMind::page_schema(std::size_t items) {
  const std::lock_guard lock(mutex_);
  auto& schema = page_schemas_[items];
  if (schema == nullptr) schema = structured_page_schema(items);
  return schema;
}

Task<std::optional<Reaction>> StructuredMind::react(Actor& self, const Situation& situation,
                                                    std::span<const ShownItem> page) {
  const Question question{.step = Step::react,
                          .schema = page_schema(page.size()),
                          .chain = static_cast<std::uint32_t>(situation.max_pages - situation.page) + 1U};
  const auto words = [&] { return render("page", views().page(situation, page)); };
  const auto read = [&](const Json& reply) {
    return read_structured_reaction(reply, page.size(), situation.page);
  };
  std::optional<StructuredReaction> reply =
      co_await ask<StructuredReaction>(self, situation, question, words, read);
  if (!reply) co_return std::nullopt;
  for (Saying& said : reply->sayings) situation.notes.sayings.push_back(std::move(said));
  co_return std::move(reply->reaction);
}

Task<std::optional<Decision>> StructuredMind::decide(Actor& /*self*/, const Situation& /*situation*/) {
  co_return std::nullopt;
}

Task<std::optional<Reflection>> StructuredMind::reflect(Actor& /*self*/, const Situation& /*situation*/) {
  co_return std::nullopt;
}

Task<std::optional<Interview>> StructuredMind::interview(Actor& self, const Situation& situation) {
  static const std::shared_ptr<const llm::OutputSchema> schema = structured_interview_schema();
  const Question question{.step = Step::interview, .schema = schema};
  const auto words = [&] { return render("interview", views().situation(situation)); };
  const auto read = [](const Json& reply) { return read_structured_interview(reply); };
  std::optional<StructuredInterview> reply =
      co_await ask<StructuredInterview>(self, situation, question, words, read);
  if (!reply) co_return std::nullopt;
  situation.notes.sayings.push_back(
      {.page = situation.page, .about = Saying::About::interview, .text = std::move(reply->reason)});
  co_return reply->interview;
}

}  // namespace throng

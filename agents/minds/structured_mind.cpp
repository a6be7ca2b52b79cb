#include "agents/minds/structured_mind.h"

#include <fmt/format.h>

namespace throng {
namespace {

Json text_schema() { return {{"type", "string"}}; }
Json integer_schema(int least, std::size_t most) {
  return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}
Json object_schema(Json properties) {
  Json required = Json::array();
  for (const auto& [key, value] : properties.items()) required.push_back(key);
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}
Json feeling_names() {
  Json names = Json::array();
  for (int rating = 1; rating <= 5; ++rating) names.push_back(to_string(static_cast<Feeling>(rating)));
  return names;
}

/// Every item has its number as key: none can be named twice, left out or made up.
Json page_schema(std::size_t items, Reflects reflects) {
  const Json view = object_schema(
      {{"rating", integer_schema(1, 5)}, {"feeling", {{"type", "string"}, {"enum", feeling_names()}}}});
  const Json item = object_schema({{"aligned", {{"type", "boolean"}}},
                                   {"reason", text_schema()},
                                   {"view", {{"anyOf", {{{"type", "null"}}, view}}}}});
  Json numbered = Json::object();
  for (std::size_t number = 1; number <= items; ++number) numbered[std::to_string(number)] = item;
  Json properties = {
      {"items", object_schema(std::move(numbered))},
      {"satisfaction", integer_schema(1, 10)},
      {"fatigue", integer_schema(0, 10)},
      {"decision", {{"type", "string"}, {"enum", {"next", "exit"}}}},
      {"reason", text_schema()},
  };
  if (reflects == Reflects::yes) {
    properties["reflection"] = object_schema(
        {{"satisfaction", integer_schema(1, 10)}, {"reason", text_schema()}, {"taste", text_schema()}});
  }
  return object_schema(std::move(properties));
}

}  // namespace

std::shared_ptr<const llm::OutputSchema> structured_page_schema(std::size_t items, Reflects reflects) {
  return llm::OutputSchema::compile("page", page_schema(items, reflects)).value();
}

std::shared_ptr<const llm::OutputSchema> structured_interview_schema() {
  return llm::OutputSchema::compile(
             "interview", object_schema({{"score", integer_schema(1, 10)}, {"reason", text_schema()}}))
      .value();
}

StructuredReaction read_structured_reaction(const Json& reply, std::size_t items, std::uint16_t page) {
  StructuredReaction read;
  for (std::size_t number = 1; number <= items; ++number) {
    const Json& item = reply["items"][std::to_string(number)];
    read.reaction.aligned.push_back(item["aligned"].get<bool>());
    if (const Json& view = item["view"]; !view.is_null()) {
      add_view(read.reaction.actions, number, view["rating"].get<std::uint8_t>(),
               feeling_from(view["feeling"].get<std::string>()));
    }
    read.sayings.push_back({.page = page,
                            .position = static_cast<std::uint16_t>(number),
                            .about = Saying::About::alignment,
                            .text = item["reason"].get<std::string>()});
  }
  read.reaction.satisfaction = satisfaction_of(reply["satisfaction"].get<int>());
  read.reaction.decision =
      Decision{.fatigue = reply["fatigue"].get<int>() / 10.0, .exits = reply["decision"] == "exit"};
  read.sayings.push_back(
      {.page = page, .about = Saying::About::decision, .text = reply["reason"].get<std::string>()});
  if (const auto reflection = reply.find("reflection"); reflection != reply.end()) {
    read.reaction.reflection =
        Reflection{.satisfaction = satisfaction_of((*reflection)["satisfaction"].get<int>())};
    for (const Saying::About about : {Saying::About::reflection, Saying::About::taste}) {
      const char* key = about == Saying::About::taste ? "taste" : "reason";
      read.sayings.push_back({.page = page, .about = about, .text = (*reflection)[key].get<std::string>()});
    }
  }
  return read;
}

StructuredInterview read_structured_interview(const Json& reply) {
  return {.interview = {.score = reply["score"].get<std::uint8_t>()},
          .reason = reply["reason"].get<std::string>()};
}

std::shared_ptr<const llm::OutputSchema> StructuredMind::page_schema(std::size_t items, Reflects reflects) {
  const std::lock_guard lock(mutex_);
  auto& schema = page_schemas_[{items, reflects}];
  if (schema == nullptr) schema = structured_page_schema(items, reflects);
  return schema;
}

Task<std::optional<Reaction>> StructuredMind::react(Actor& self, const Situation& situation,
                                                    std::span<const ShownItem> page) {
  const bool reflects = situation.memory.calls_for_reflection(reflection_rule(), 1);
  const Question question{.step = Step::react,
                          .schema = page_schema(page.size(), reflects ? Reflects::yes : Reflects::no),
                          .chain = static_cast<std::uint32_t>(situation.max_pages - situation.page) + 1U};
  const PromptOrder order = prompt_order(situation, page.size());
  const std::vector<MemoryRef> memories = co_await recall(self, situation, Step::react, page);
  const auto words = [&] {
    Prompts::View view = views().page(situation, memories, told(page, order));
    if (reflects) view.set("reflects", Prompts::View::type::bool_true);
    return render("page", view);
  };
  const auto read = [&](const Json& reply) {
    return read_structured_reaction(reply, page.size(), situation.page);
  };
  std::optional<StructuredReaction> reply =
      co_await ask<StructuredReaction>(self, situation, question, words, read);
  if (!reply) co_return std::nullopt;
  put_back(reply->reaction, reply->sayings, order);
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
  const std::vector<MemoryRef> memories = co_await recall(self, situation, Step::interview);
  const auto words = [&] { return render("interview", views().situation(situation, memories)); };
  const auto read = [](const Json& reply) { return read_structured_interview(reply); };
  std::optional<StructuredInterview> reply =
      co_await ask<StructuredInterview>(self, situation, question, words, read);
  if (!reply) co_return std::nullopt;
  situation.notes.sayings.push_back(
      {.page = situation.page, .about = Saying::About::interview, .text = std::move(reply->reason)});
  co_return reply->interview;
}

}  // namespace throng

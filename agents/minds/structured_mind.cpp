#include "agents/minds/structured_mind.h"

#include <fmt/format.h>

#include "engine/base/text.h"

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

Json decision_schema(const AllowedActions& allowed) {
  Json word = {{"type", "string"}, {"enum", {"next", "exit"}}};
  if (!allowed.search) return word;
  return {{"anyOf", {std::move(word), object_schema({{"search", text_schema()}})}}};
}

/// Every item has its number as key: none can be named twice, left out or made up.
Json page_schema(std::size_t items, Reflects reflects, const AllowedActions& allowed) {
  const auto or_null = [](Json schema) { return Json{{"anyOf", {{{"type", "null"}}, std::move(schema)}}}; };
  Json view = {{"rating", integer_schema(1, 5)},
               {"feeling", {{"type", "string"}, {"enum", feeling_names()}}}};
  if (allowed.share) view["share"] = or_null(text_schema());
  Json item = {{"aligned", {{"type", "boolean"}}},
               {"reason", text_schema()},
               {"view", or_null(object_schema(std::move(view)))}};
  if (allowed.save) item["save"] = {{"type", "boolean"}};
  item = object_schema(std::move(item));
  Json numbered = Json::object();
  for (std::size_t number = 1; number <= items; ++number) numbered[std::to_string(number)] = item;
  Json properties = {
      {"items", object_schema(std::move(numbered))},
      {"satisfaction", integer_schema(1, 10)},
      {"fatigue", integer_schema(0, 10)},
      {"decision", decision_schema(allowed)},
      {"reason", text_schema()},
  };
  if (reflects == Reflects::yes) {
    properties["reflection"] = object_schema(
        {{"satisfaction", integer_schema(1, 10)}, {"reason", text_schema()}, {"taste", text_schema()}});
  }
  return object_schema(std::move(properties));
}

}  // namespace

std::shared_ptr<const llm::OutputSchema> structured_page_schema(std::size_t items, Reflects reflects,
                                                                const AllowedActions& allowed) {
  return llm::OutputSchema::compile("page", page_schema(items, reflects, allowed)).value();
}

std::shared_ptr<const llm::OutputSchema> structured_interview_schema() {
  return llm::OutputSchema::compile(
             "interview", object_schema({{"score", integer_schema(1, 10)}, {"reason", text_schema()}}))
      .value();
}

namespace {

/// What is saved and shared of an item, if that was asked.
void add_optional(const Json& item, std::size_t number, std::uint16_t page, StructuredReaction& read) {
  const auto position = static_cast<std::uint16_t>(number);
  if (item.value("save", false))
    read.reaction.actions.push_back({.position = position, .kind = ActionKind::save});
  const Json& view = item["view"];
  if (view.is_null() || !view.contains("share") || view["share"].is_null()) return;
  const std::string words(trimmed(view["share"].get_ref<const std::string&>()));
  if (words.empty()) return;  // models that avoid null say so
  read.reaction.actions.push_back({.position = position, .kind = ActionKind::share});
  read.sayings.push_back({.page = page, .position = position, .about = Saying::About::share, .text = words});
}

/// A search for nothing is none.
Decision decision_of(const Json& reply) {
  Decision decision{.fatigue = reply["fatigue"].get<int>() / 10.0};
  const Json& said = reply["decision"];
  decision.exits = said == "exit";
  if (said.is_object())
    decision.search = beginning(trimmed(said["search"].get_ref<const std::string&>()), kSearchBytes);
  return decision;
}

}  // namespace

std::shared_ptr<const llm::OutputSchema> structured_answer_schema(const InterviewQuestion& question) {
  using Kind = InterviewQuestion::Kind;
  Json schema;
  if (question.kind == Kind::words) {
    schema = object_schema({{"answer", text_schema()}});
  } else {
    const Json answer = question.kind == Kind::score
                            ? integer_schema(question.least, static_cast<std::size_t>(question.most))
                            : Json{{"type", "string"}, {"enum", question.options}};
    schema = object_schema({{to_string(question.kind), answer}, {"reason", text_schema()}});
  }
  return llm::OutputSchema::compile("answer", schema).value();
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
    add_optional(item, number, page, read);
    read.sayings.push_back({.page = page,
                            .position = static_cast<std::uint16_t>(number),
                            .about = Saying::About::alignment,
                            .text = item["reason"].get<std::string>()});
  }
  read.reaction.satisfaction = satisfaction_of(reply["satisfaction"].get<int>());
  read.reaction.decision = decision_of(reply);
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

Answer read_structured_answer(const Json& reply, const InterviewQuestion& question) {
  using Kind = InterviewQuestion::Kind;
  Answer answer{.question = question.name};
  if (question.kind == Kind::score) answer.score = reply["score"].get<int>();
  if (question.kind == Kind::choice) answer.choice = reply["choice"].get<std::string>();
  answer.words = reply[question.kind == Kind::words ? "answer" : "reason"].get<std::string>();
  return answer;
}

std::shared_ptr<const llm::OutputSchema> StructuredMind::answer_schema(const InterviewQuestion& question) {
  const std::lock_guard lock(mutex_);
  auto& schema = answer_schemas_[question.name];
  if (schema == nullptr) schema = structured_answer_schema(question);
  return schema;
}

std::shared_ptr<const llm::OutputSchema> StructuredMind::page_schema(std::size_t items, Reflects reflects,
                                                                     const AllowedActions& allowed) {
  const std::lock_guard lock(mutex_);
  auto& schema = page_schemas_[{items, reflects}];
  if (schema == nullptr) schema = structured_page_schema(items, reflects, allowed);
  return schema;
}

Task<std::optional<Reaction>> StructuredMind::react(Actor& self, const Situation& situation,
                                                    std::span<const ShownItem> page) {
  const bool reflects = situation.memory.calls_for_reflection(reflection_rule(), 1);
  const Question question{
      .step = Step::react,
      .schema = page_schema(page.size(), reflects ? Reflects::yes : Reflects::no, situation.allowed),
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

Task<std::optional<Answer>> StructuredMind::answer(Actor& self, const Situation& situation,
                                                   const InterviewQuestion& asked) {
  const Question question{.step = Step::question, .schema = answer_schema(asked), .number = number_of(asked)};
  const std::vector<MemoryRef> memories = co_await recall(self, situation, asked);
  const auto words = [&] { return render("question", views().question(situation, memories, asked)); };
  const auto read = [&](const Json& reply) { return read_structured_answer(reply, asked); };
  std::optional<Answer> answer = co_await ask<Answer>(self, situation, question, words, read);
  co_return answer;
}

}  // namespace throng

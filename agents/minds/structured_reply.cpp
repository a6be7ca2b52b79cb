#include "agents/minds/structured_reply.h"

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

Json page_schema(std::size_t items) {
  const Json item = object_schema(
      {{"number", integer_schema(1, items)}, {"aligned", {{"type", "boolean"}}}, {"reason", text_schema()}});
  const Json view = object_schema({{"number", integer_schema(1, items)},
                                   {"rating", integer_schema(1, 5)},
                                   {"feeling", {{"type", "string"}, {"enum", feeling_names()}}}});
  return object_schema({
      {"items", {{"type", "array"}, {"items", item}, {"minItems", items}, {"maxItems", items}}},
      {"views", {{"type", "array"}, {"items", view}, {"maxItems", items}}},
      {"satisfaction", integer_schema(0, 10)},
      {"fatigue", integer_schema(0, 10)},
      {"decision", {{"type", "string"}, {"enum", {"next", "exit"}}}},
      {"reason", text_schema()},
  });
}

/// The number of items in `list`, each named once; or what is wrong.
std::string repeated_number(const Json& list, std::size_t items, const char* what) {
  std::vector<bool> named(items, false);
  for (const Json& entry : list) {
    const auto number = entry["number"].get<std::size_t>();
    if (named[number - 1]) return fmt::format("\"{}\" names number {} twice", what, number);
    named[number - 1] = true;
  }
  return "";
}

}  // namespace

std::shared_ptr<const llm::OutputSchema> structured_page_schema(std::size_t items) {
  return llm::OutputSchema::compile("page", page_schema(items)).value();
}

std::shared_ptr<const llm::OutputSchema> structured_interview_schema() {
  return llm::OutputSchema::compile(
             "interview", object_schema({{"score", integer_schema(1, 10)}, {"reason", text_schema()}}))
      .value();
}

Understood<StructuredReaction> read_structured_reaction(std::string_view text,
                                                        const llm::OutputSchema& schema, std::size_t items,
                                                        std::uint16_t page) {
  const auto checked = schema.check(text);
  if (const auto* mismatch = std::get_if<llm::OutputMismatch>(&checked)) return mismatch->message();
  const Json& reply = std::get<Json>(checked);
  for (const char* list : {"items", "views"}) {
    if (std::string problem = repeated_number(reply[list], items, list); !problem.empty()) return problem;
  }

  StructuredReaction read;
  read.reaction.items.resize(items);
  std::vector<std::string> reasons(items);
  for (const Json& item : reply["items"]) {
    const auto place = item["number"].get<std::size_t>() - 1;
    read.reaction.items[place].aligned = item["aligned"].get<bool>();
    reasons[place] = item["reason"].get<std::string>();
  }
  for (const Json& view : reply["views"]) {
    ItemReaction& item = read.reaction.items[view["number"].get<std::size_t>() - 1];
    item.viewed = true;
    item.rating = view["rating"].get<std::uint8_t>();
    item.feeling = feeling_from(view["feeling"].get<std::string>());
  }
  read.reaction.satisfaction = reply["satisfaction"].get<int>() / 10.0;
  read.reaction.decision = Decision{.satisfaction = read.reaction.satisfaction,
                                    .fatigue = reply["fatigue"].get<int>() / 10.0,
                                    .exits = reply["decision"] == "exit"};
  for (std::size_t i = 0; i < items; ++i) {
    read.sayings.push_back({.page = page,
                            .position = static_cast<std::uint16_t>(i + 1),
                            .about = Saying::About::alignment,
                            .text = std::move(reasons[i])});
  }
  read.sayings.push_back(
      {.page = page, .about = Saying::About::decision, .text = reply["reason"].get<std::string>()});
  return read;
}

Understood<StructuredInterview> read_structured_interview(std::string_view text,
                                                          const llm::OutputSchema& schema) {
  const auto checked = schema.check(text);
  if (const auto* mismatch = std::get_if<llm::OutputMismatch>(&checked)) return mismatch->message();
  const Json& reply = std::get<Json>(checked);
  return StructuredInterview{.interview = {.score = reply["score"].get<std::uint8_t>()},
                             .reason = reply["reason"].get<std::string>()};
}

}  // namespace throng

#include "agents/profile/profile_questions.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include "agents/minds/prompts.h"
#include "embedded/prompt_profile_item.h"
#include "embedded/prompt_profile_persona.h"
#include "engine/base/text.h"

namespace throng {
namespace {

using QuestionView = kainjow::mustache::data;

constexpr Purpose kToldHistory{"profile/history"};
constexpr std::size_t kProfileTextBytes = 300;
constexpr std::size_t kMostTastes = 8;  ///< asked for are six
static_assert(kMostTastes == 8, "persona_schema() says so in words");

void add_item_texts(const Item& item, const Catalogue& catalogue, QuestionView& view) {
  view.set("title",
           quoted(shown_title(item).empty() ? item.external_id : shown_title(item), kProfileTextBytes));
  if (!item.genres.empty()) view.set("genres", quoted(shown_genres(item, catalogue), kProfileTextBytes));
}

std::string rendered(std::string_view text, const QuestionView& view) {
  std::string words = kainjow::mustache::mustache(std::string(text)).render(view);
  while (words.ends_with('\n')) words.pop_back();
  return words;
}

std::string whole_text(const Json& reply, const char* key) {
  std::string text(trimmed(reply[key].get_ref<const std::string&>()));
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '|', '/');  // separates statements
  return text;
}

}  // namespace

ProfileQuestions::ProfileQuestions(const Dataset& dataset, const Interactions& train, std::string item_name,
                                   std::size_t history, const Draws& draws)
    : dataset_(dataset), train_(train), item_name_(std::move(item_name)), history_(history), draws_(draws) {}

std::vector<std::size_t> ProfileQuestions::told_of(UserId user) const {
  const auto ratings = train_.ratings_of(user);
  std::vector<std::uint32_t> order(train_.items_of(user).size());
  draws_.permutation(order, kToldHistory, {.agent = static_cast<std::uint32_t>(user)});
  order.resize(std::min(order.size(), history_));
  std::ranges::sort(order);
  if (!ratings.empty())
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint32_t i) { return ratings[i]; });
  return {order.begin(), order.end()};
}

std::string ProfileQuestions::about_user(UserId user) const {
  const auto items = train_.items_of(user);
  const auto ratings = train_.ratings_of(user);
  const bool is_rated = !ratings.empty() && dataset_.ratings_are.empty();
  kainjow::mustache::list history;
  for (const std::size_t i : told_of(user)) {
    QuestionView entry;
    add_item_texts(dataset_.catalogue[items[i]], dataset_.catalogue, entry);
    if (is_rated) entry.set("rating", fmt::format("{}", ratings[i]));
    history.push_back(std::move(entry));
  }
  QuestionView view;
  view.set("item", item_name_);
  view.set("items", plural_of(item_name_));
  view.set("rated", QuestionView(is_rated ? QuestionView::type::bool_true : QuestionView::type::bool_false));
  view.set("history", QuestionView(history));
  return rendered(embedded::prompt_profile_persona, view);
}

std::string ProfileQuestions::about_item(ItemId item) const {
  QuestionView view;
  view.set("item", item_name_);
  add_item_texts(dataset_.catalogue[item], dataset_.catalogue, view);
  return rendered(embedded::prompt_profile_item, view);
}

Hash128 ProfileQuestions::templates_digest() {
  DigestChain digest;
  digest.add(embedded::prompt_profile_persona);
  digest.add(embedded::prompt_profile_item);
  return digest.value();
}

std::shared_ptr<const llm::OutputSchema> persona_schema() {
  // Lists that have an end (kMostTastes): under a grammar a small model goes on with one until it is out of tokens.
  static const auto schema = llm::OutputSchema::compile("persona", Json::parse(R"({
        "type": "object",
        "properties": {
          "tastes": {"type": "array", "maxItems": 8, "items": {
            "type": "object",
            "properties": {"taste": {"type": "string"}, "reason": {"type": "string"}},
            "required": ["taste", "reason"], "additionalProperties": false}},
          "high_rating": {"type": "string"},
          "low_rating": {"type": "string"}},
        "required": ["tastes", "high_rating", "low_rating"], "additionalProperties": false})"))
                                 .value();
  return schema;
}

std::shared_ptr<const llm::OutputSchema> item_profile_schema() {
  static const auto schema = llm::OutputSchema::compile("item", Json::parse(R"({
        "type": "object",
        "properties": {"known": {"type": "boolean"}, "summary": {"type": "string"}},
        "required": ["known", "summary"], "additionalProperties": false})"))
                                 .value();
  return schema;
}

std::variant<Persona, std::string> read_persona(const Json& reply) {
  Persona persona{.taste = "",
                  .reason = "",
                  .high_rating = whole_text(reply, "high_rating"),
                  .low_rating = whole_text(reply, "low_rating")};
  std::size_t number = 0;
  for (const Json& entry : reply["tastes"]) {
    const std::string taste = whole_text(entry, "taste");
    if (taste.empty()) continue;
    if (++number > kMostTastes) break;
    persona.taste += (persona.taste.empty() ? "" : "|") + taste;
    persona.reason += (number == 1 ? "" : "|") + whole_text(entry, "reason");
  }
  if (persona.taste.empty()) return std::string("it names no taste");
  return persona;
}

std::variant<ItemProfile, std::string> read_item_profile(const Json& reply) {
  ItemProfile profile{.known = reply["known"].get<bool>(), .summary = whole_text(reply, "summary")};
  if (profile.known && profile.summary.empty())
    return std::string("it says that it knows the item, but not what it is about");
  return profile;
}

}  // namespace throng

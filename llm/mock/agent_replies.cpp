#include "llm/mock/agent_replies.h"

#include <algorithm>

#include <fmt/format.h>

#include "llm/json_text.h"
#include "llm/mock/spoken_titles.h"

namespace throng::llm::mock {
namespace {

void append_text(std::string& out, std::string_view key, std::string_view text) {
  append_json_string(out, key);
  out += ':';
  append_json_string(out, text);
}

void append_count(std::string& out, std::string_view key, int number) {
  append_json_string(out, key);
  out += ':';
  append_json_number(out, std::int64_t{number});
  out += ',';
}

void append_view(std::string& out, const ItemAnswer& item) {
  if (!item.viewed) {
    out += "null";
    return;
  }
  out += '{';
  append_count(out, "rating", item.rating);
  append_text(out, "feeling", feeling_word(item.rating));
  out += '}';
}

}  // namespace

std::string page_json(const PageAnswer& answer, AgentWords& words) {
  std::string out = "{";
  out.reserve(64 + answer.items.size() * 128);
  out += R"("items":{)";
  for (const ItemAnswer& item : answer.items) {
    if (out.back() != '{') out += ',';
    append_json_string(out, std::to_string(item.number));
    out += item.aligned ? R"(:{"aligned":true,)" : R"(:{"aligned":false,)";
    append_text(out, "reason", words.alignment(item));
    out += R"(,"view":)";
    append_view(out, item);
    out += '}';
  }
  out += "},";
  append_count(out, "satisfaction", answer.mood.satisfaction);
  append_count(out, "fatigue", answer.mood.fatigue);
  append_text(out, "decision", answer.mood.exits ? "exit" : "next");
  out += ',';
  append_text(out, "reason", words.decision(answer.mood));
  out += '}';
  return out;
}

std::string interview_json(int score, AgentWords& words) {
  std::string out = "{";
  append_count(out, "score", score);
  append_text(out, "reason", words.interview(score));
  out += '}';
  return out;
}

std::string page_lines(const PageAnswer& answer, std::string_view label, AgentWords& words,
                       const Draws& draws) {
  const std::vector<std::string> titles = spoken_titles(answer.items, draws);
  std::string out;
  std::string watched;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const ItemAnswer& item = answer.items[i];
    out += fmt::format("{}: {}; ALIGN: {}; REASON: {}\n", label, titles[i], item.aligned ? "yes" : "no",
                       words.alignment(item));
    if (item.viewed) watched.append(watched.empty() ? "" : ", ").append(titles[i]);
  }
  const auto views = std::ranges::count_if(answer.items, &ItemAnswer::viewed);
  out += fmt::format("\nNUM: {}; WATCH: {}; REASON: {}\n\n", views, views > 0 ? watched : "none",
                     words.choice(views > 0));
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const ItemAnswer& item = answer.items[i];
    if (item.viewed)
      out += fmt::format("{}: {}; RATING: {}; FEELING: {}\n", label, titles[i], item.rating,
                         words.feeling(item.rating));
  }
  out.erase(out.find_last_not_of('\n') + 1);
  return out;
}

std::string decision_lines(const Mood& mood, AgentWords& words) {
  const bool positive = mood.satisfaction >= 4;
  std::string out = positive ? "POSITIVE: " : "NEGATIVE: ";
  out += words.overall(positive);
  out += mood.exits ? "\n[EXIT]; Reason: " : "\n[NEXT]; Reason: ";
  return out + words.decision(mood);
}

std::string reflection_lines(int satisfaction, AgentWords& words) {
  return fmt::format("RATING: {}\nREASON: {}", std::max(1, satisfaction), words.reflection(satisfaction));
}

std::string interview_lines(int score, AgentWords& words) {
  return fmt::format("RATING: {}\nREASON: {}", score, words.interview(score));
}

}  // namespace throng::llm::mock

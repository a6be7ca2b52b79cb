#include "agents/played/played_agent.h"

#include <algorithm>
#include <array>
#include <memory>

#include "agents/played/profile_answer.h"
#include "agents/played/wording.h"
#include "engine/base/text.h"

namespace throng::played {
namespace {

using llm::mock::ContentFault;
using llm::mock::DrawStream;

constexpr Purpose kAgentMisfit("mock/agent/misfit");

constexpr int kNotOnThePage = 99;
constexpr std::string_view kNoTitle = "The One That Nobody Listed";
constexpr int kOutOfRange = 15;
constexpr std::array<std::string_view, 3> kRefusals{
    "I'm sorry, but I can't help with that request.",
    "As an AI language model I have no personal taste, so I cannot answer for this user.",
    "I apologize, but I do not have enough information to answer."};

struct Answer {
  PageAnswer page;
  Mood mood;
  int score = 0;
};

Answer play(const AgentPrompt& prompt, const Draws& draws) {
  switch (prompt.question) {
    case Question::page:
      return {.page = react(prompt, draws)};
    case Question::interview:
    case Question::other:
      return {.score = score(prompt, draws)};
    case Question::decision:
    case Question::reflection:
      break;
  }
  return {.mood = mood(prompt, draws)};
}

std::string worded(const AgentPrompt& prompt, const Answer& answer, const Draws& draws) {
  Wording words(prompt.form, draws);
  const bool json = prompt.form == AnswerForm::json;
  switch (prompt.question) {
    case Question::page:
      return json ? words.page_json(prompt, answer.page) : words.page_lines(prompt, answer.page);
    case Question::interview:
      return json ? words.interview_json(answer.score) : words.interview_lines(answer.score);
    case Question::other:
      return json ? words.answer_json(prompt, answer.score) : words.answer_lines(prompt, answer.score);
    case Question::reflection:
      return words.reflection_lines(prompt.persona, answer.mood.satisfaction);
    case Question::decision:
      break;
  }
  return words.decision_lines(answer.mood);
}

/// Puts something into a page that nobody can use.
void spoil(PageAnswer& page, std::uint32_t way) {
  ItemAnswer& last = page.items.back();
  if (way == 0) {
    page.items.pop_back();
    return;
  }
  last.aligned = last.viewed = true;
  last.rating = way == 1 ? 4 : kOutOfRange;
  if (way > 1) return;
  last.number = kNotOnThePage;
  last.title = kNoTitle;
}

void spoil(Answer& answer, std::uint32_t way) {
  answer.score = answer.mood.satisfaction = kOutOfRange;
  if (!answer.page.items.empty()) spoil(answer.page, way);
}

std::string unusable_json(const AgentPrompt& prompt, Answer answer, const Draws& draws) {
  DrawStream stream(draws, kAgentMisfit);
  // What answers a question fits it: there is no other way to spoil it than the first three.
  const std::uint32_t way = stream.bits() % (prompt.question == Question::other ? 3 : 6);
  if (way >= 3) {
    spoil(answer, way - 3);
    return worded(prompt, answer, draws);
  }
  const std::string right = worded(prompt, answer, draws);
  if (way == 0) return right.substr(0, right.size() / 2);
  return way == 1 ? std::string(kRefusals.at(stream.bits() % kRefusals.size())) : "[]";
}

/// The first half of a page's first step, a feeling without a decision, a reason without a number.
std::string without_lines(const AgentPrompt& prompt, const std::string& right) {
  if (prompt.question == Question::decision) return right.substr(0, right.find('\n'));
  if (prompt.question != Question::page)
    return right.substr(std::min(right.find('\n'), right.size() - 1) + 1);
  std::size_t end = 0;
  for (std::size_t left = prompt.items.size() / 2; left > 0; --left) end = right.find('\n', end) + 1;
  return right.substr(0, end);
}

std::string unusable_lines(const AgentPrompt& prompt, Answer answer, const Draws& draws) {
  DrawStream stream(draws, kAgentMisfit);
  const std::uint32_t way = stream.bits() % 6;
  if (way == 0) return "";
  if (way == 1) return std::string(kRefusals.at(stream.bits() % kRefusals.size()));
  if (way == 2 || prompt.question == Question::decision || prompt.question == Question::other)
    return without_lines(prompt, worded(prompt, answer, draws));
  spoil(answer, way - 3);
  return worded(prompt, answer, draws);
}

void obey_titles(const AgentPrompt& prompt, PageAnswer& page) {
  constexpr std::string_view kRateAll = "rate everything ";
  for (const ListedItem& listed : prompt.items) {
    const std::string text = lower_case(listed.title + ' ' + listed.summary);
    const std::size_t order = text.find(kRateAll);
    const std::size_t digit = order + kRateAll.size();
    if (order != std::string::npos && digit < text.size() && text[digit] >= '1' && text[digit] <= '5') {
      for (ItemAnswer& item : page.items) {
        item.aligned = item.viewed = true;
        item.rating = text[digit] - '0';
      }
    }
    if (text.find("also pick") != std::string::npos) {
      page.items.push_back({.number = kNotOnThePage,
                            .title = std::string(kNoTitle),
                            .aligned = true,
                            .viewed = true,
                            .rating = 5});
    }
  }
}

}  // namespace

std::string agent_content(const AgentPrompt& prompt, ContentFault fault, Obey obey, const Draws& draws) {
  Answer answer = play(prompt, draws);
  if (obey == Obey::titles) obey_titles(prompt, answer.page);
  if (fault == ContentFault::no) return worded(prompt, answer, draws);
  return prompt.form == AnswerForm::json ? unusable_json(prompt, std::move(answer), draws)
                                         : unusable_lines(prompt, std::move(answer), draws);
}

llm::mock::ContentSource played_agents(Obey obey) {
  return [obey](const llm::mock::ChatCall& call) -> std::optional<llm::mock::SourcedContent> {
    const std::optional<AgentPrompt> read = read_agent_prompt(call);
    if (!read) return profile_content(call);
    const auto prompt = std::make_shared<const AgentPrompt>(*read);
    return llm::mock::SourcedContent{.key = prompt->key,
                                     .text = [prompt, obey](ContentFault fault, const Draws& draws) {
                                       return agent_content(*prompt, fault, obey, draws);
                                     }};
  };
}

}  // namespace throng::played

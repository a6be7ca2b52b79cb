#include "agents/minds/agent4rec/agent4rec_mind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/minds/agent4rec/answer_reply.h"

namespace throng {
namespace {

std::string one_text(const std::vector<std::string>& problems) {
  return fmt::format("{}", fmt::join(problems, "; "));
}

/// How many calls follow one on this page if the agent stays to the end.
std::uint32_t calls_after(const Situation& situation, std::uint32_t on_this_page) {
  return on_this_page +
         2U *
             static_cast<std::uint32_t>(situation.max_pages - std::min(situation.page, situation.max_pages)) +
         1U;
}

Reaction reaction_of(const PageReading& reading) {
  Reaction reaction;
  for (std::size_t i = 0; i < reading.items.size(); ++i) {
    const ItemReading& item = reading.items[i];
    reaction.aligned.push_back(*item.aligned);
    const auto rating = static_cast<std::uint8_t>(item.rating.value_or(0));
    if (rating > 0) add_view(reaction.actions, i + 1, rating, static_cast<Feeling>(rating));
    const auto position = static_cast<std::uint16_t>(i + 1);
    for (const auto& [kind, words] : item.further)
      reaction.actions.push_back({.position = position, .kind = kind});
  }
  return reaction;
}

void add_sayings(const PageReading& reading, const Situation& situation) {
  for (std::size_t i = 0; i < reading.items.size(); ++i) {
    const auto add = [&](Saying::About about, const std::string& text) {
      if (text.empty()) return;
      situation.notes.sayings.push_back({.page = situation.page,
                                         .position = static_cast<std::uint16_t>(i + 1),
                                         .about = about,
                                         .text = text});
    };
    add(Saying::About::alignment, reading.items[i].reason);
    add(Saying::About::feeling, reading.items[i].feeling);
    for (const auto& [kind, words] : reading.items[i].further)
      add(Saying::About::share, words);  // nothing else has words
  }
}

void add_saying(const Situation& situation, Saying::About about, const std::string& text) {
  if (!text.empty())
    situation.notes.sayings.push_back({.page = situation.page, .about = about, .text = text});
}

}  // namespace

Task<std::optional<Reaction>> Agent4RecMind::react(Actor& self, const Situation& situation,
                                                   std::span<const ShownItem> page) {
  const Question question{.step = Step::react, .chain = calls_after(situation, 1)};
  const PromptOrder order = prompt_order(situation, page.size());
  const std::vector<MemoryRef> memories = co_await recall(self, situation, Step::react, page);
  const auto words = [&] { return render("react", views().page(situation, memories, told(page, order))); };
  const auto read = [&](std::string_view text) -> Understood<PageReading> {
    std::vector<std::string> titles;
    for (const ShownItem& shown : told(page, order)) titles.push_back(shown_title(catalogue_[shown.item]));
    PageReading reading = read_reaction(text, titles, situation.allowed);
    if (!reading.complete()) return one_text(reading.problems);
    return reading;
  };
  const std::optional<PageReading> reading =
      co_await ask<PageReading>(self, situation, question, words, read);
  if (!reading) co_return std::nullopt;
  const std::size_t said_before = situation.notes.sayings.size();
  add_sayings(*reading, situation);
  Reaction reaction = reaction_of(*reading);
  put_back(reaction, std::span(situation.notes.sayings).subspan(said_before), order);
  co_return reaction;
}

Task<std::optional<Decision>> Agent4RecMind::decide(Actor& self, const Situation& situation) {
  const Question question{.step = Step::decide, .chain = calls_after(situation, 0)};
  const std::vector<MemoryRef> memories = co_await recall(self, situation, Step::decide);
  const auto words = [&] { return render("decide", views().situation(situation, memories)); };
  const auto read = [&](std::string_view text) -> Understood<DecisionReading> {
    DecisionReading reading = read_decision(text, situation.allowed);
    if (!reading.complete()) return one_text(reading.problems);
    return reading;
  };
  const std::optional<DecisionReading> reading =
      co_await ask<DecisionReading>(self, situation, question, words, read);
  if (!reading) co_return std::nullopt;
  add_saying(situation, Saying::About::feeling, reading->feeling);
  add_saying(situation, Saying::About::decision, reading->reason);
  Decision decision{.exits = *reading->choice == PageChoice::exit};
  decision.search = reading->search;
  if (reading->positive) decision.satisfaction = *reading->positive ? 1 : 0;
  co_return decision;
}

Task<std::optional<Reflection>> Agent4RecMind::reflect(Actor& self, const Situation& situation) {
  if (!situation.memory.calls_for_reflection(reflection_rule())) co_return std::nullopt;
  const Question question{.step = Step::reflect, .chain = calls_after(situation, 0)};
  const std::vector<MemoryRef> memories = co_await recall(self, situation, Step::reflect);
  const auto words = [&] { return render("reflect", views().situation(situation, memories)); };
  const auto read = [](std::string_view text) -> Understood<ReflectionReading> {
    ReflectionReading reading = read_reflection(text);
    if (!reading.complete()) return one_text(reading.problems);
    return reading;
  };
  const std::optional<ReflectionReading> reading =
      co_await ask<ReflectionReading>(self, situation, question, words, read);
  if (!reading) co_return std::nullopt;
  add_saying(situation, Saying::About::reflection, reading->reason);
  add_saying(situation, Saying::About::taste, reading->taste);
  co_return Reflection{.satisfaction = satisfaction_of(*reading->score)};
}

Task<std::optional<Interview>> Agent4RecMind::interview(Actor& self, const Situation& situation) {
  const Question question{.step = Step::interview};
  const std::vector<MemoryRef> memories = co_await recall(self, situation, Step::interview);
  const auto words = [&] { return render("interview", views().situation(situation, memories)); };
  const auto read = [](std::string_view text) -> Understood<InterviewReading> {
    InterviewReading reading = read_interview(text);
    if (!reading.complete()) return one_text(reading.problems);
    return reading;
  };
  const std::optional<InterviewReading> reading =
      co_await ask<InterviewReading>(self, situation, question, words, read);
  if (!reading) co_return std::nullopt;
  add_saying(situation, Saying::About::interview, reading->reason);
  co_return Interview{.score = static_cast<std::uint8_t>(*reading->score)};
}

Task<std::optional<Answer>> Agent4RecMind::answer(Actor& self, const Situation& situation,
                                                  const InterviewQuestion& asked) {
  const Question question{.step = Step::question, .number = number_of(asked)};
  const std::vector<MemoryRef> memories = co_await recall(self, situation, asked);
  const auto words = [&] { return render("question", views().question(situation, memories, asked)); };
  const auto read = [&](std::string_view text) -> Understood<Answer> {
    AnswerReading reading = read_answer(text, asked);
    if (!reading.complete()) return one_text(reading.problems);
    return std::move(reading.answer);
  };
  std::optional<Answer> answer = co_await ask<Answer>(self, situation, question, words, read);
  co_return answer;
}

}  // namespace throng

#include "agents/played/wording.h"

#include <algorithm>

#include <fmt/format.h>

#include "agents/minds/reading/title_text.h"
#include "agents/session_record.h"
#include "embedded/played_phrases.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace throng::played {
namespace {

constexpr Purpose kWords("mock/agent/words");
constexpr Purpose kTitles("mock/agent/titles");

/// What played users say; % stands for the genres. See phrases.json beside this file.
const Json& phrases() {
  static const Json parsed =
      parse_json(embedded::played_phrases, "phrases.json", ErrorKind::unexpected).value();
  return parsed;
}

/// The first two, in small letters.
std::string genres_of(const ItemAnswer& item) {
  std::string genres = lower_case(one_line(item.genres));
  if (genres.empty()) return "this kind of thing";
  const std::size_t comma = genres.find(", ");
  if (comma == std::string::npos) return genres;
  genres.resize(std::min(genres.size(), genres.find(", ", comma + 2)));
  return genres.replace(comma, 2, " and ");
}

std::string filled(std::string phrase, std::string_view genres) {
  if (const std::size_t slot = phrase.find('%'); slot != std::string::npos) phrase.replace(slot, 1, genres);
  return phrase;
}

std::string_view by_satisfaction(int of_ten) {
  return of_ten >= 7 ? "good" : of_ten >= 4 ? "middling" : "bad";
}

/// The nearest rating from 1 to 5.
int rating_of(const ItemAnswer& item) { return std::clamp(item.rating, 1, 5); }

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// English articles.
std::string article_first(std::string_view title) {
  for (const std::string_view article : {", The", ", A", ", An"}) {
    if (!title.ends_with(article)) continue;
    title.remove_suffix(article.size());
    return fmt::format("{} {}", article.substr(2), title);
  }
  return std::string(title);
}

bool are_distinct(std::vector<std::string> titles) {
  std::ranges::sort(titles);
  return std::ranges::adjacent_find(titles) == titles.end();
}

}  // namespace

Wording::Wording(AnswerForm form, const Draws& draws) : form_(form), draws_(draws), stream_(draws, kWords) {}

std::string Wording::one_of(std::string_view what, std::string_view kind) {
  const Json& all = phrases().at(what);
  const Json& some = kind.empty() ? all : all.at(kind);
  return some.at(stream_.bits() % some.size()).get<std::string>();
}

std::string Wording::alignment(const ItemAnswer& item) {
  const std::string_view what = item.aligned ? "aligned" : "not aligned";
  const std::string genres = genres_of(item);
  if (brief()) return filled(one_of(what, "brief"), genres);
  const std::string first = filled(one_of(what, "first"), genres);
  return first + one_of(what, "then");
}

std::string Wording::decision(const Mood& mood) {
  const std::string_view why = !mood.search.empty()    ? "searches"
                               : !mood.exits           ? "goes on"
                               : mood.satisfaction < 4 ? "displeased"
                                                       : "tired";
  return one_of(why, brief() ? "brief" : "long");
}

std::string Wording::interview(int score) {
  const std::string text = reflection(score);
  return brief() ? text : text + one_of("why", by_satisfaction(score));
}

std::string Wording::reflection(int satisfaction) {
  return one_of("satisfied", by_satisfaction(satisfaction));
}

std::string Wording::taste(const Persona& persona) {
  if (persona.tastes.empty()) return "I seem to like a bit of everything.";
  return fmt::format("I seem to like {}.", one_line(persona.tastes[stream_.bits() % persona.tastes.size()]));
}

std::string Wording::page_json(const AgentPrompt& prompt, const PageAnswer& answer) {
  Json items = Json::object();
  for (const ItemAnswer& item : answer.items) {
    Json& said = items[std::to_string(item.number)];
    said = {{"aligned", item.aligned}, {"reason", alignment(item)}, {"view", nullptr}};
    if (item.viewed) {
      said["view"] = {{"rating", item.rating}, {"feeling", to_string(static_cast<Feeling>(rating_of(item)))}};
      if (prompt.allowed.share)
        said["view"]["share"] = item.is(ActionKind::share) ? Json(shared_words(item)) : Json();
    }
    if (prompt.allowed.save) said["save"] = item.is(ActionKind::save);
  }
  const Json decided = answer.mood.search.empty() ? Json(answer.mood.exits ? "exit" : "next")
                                                  : Json{{"search", answer.mood.search}};
  Json said = {{"items", std::move(items)},
               {"satisfaction", answer.mood.satisfaction},
               {"fatigue", answer.mood.fatigue},
               {"decision", decided},
               {"reason", decision(answer.mood)}};
  if (prompt.reflects) {
    said["reflection"] = {{"satisfaction", answer.mood.satisfaction},
                          {"reason", reflection(answer.mood.satisfaction)},
                          {"taste", taste(prompt.persona)}};
  }
  return dumped(said);
}

std::string Wording::interview_json(int score) {
  return dumped({{"score", score}, {"reason", interview(score)}});
}

std::string Wording::answer_json(const AgentPrompt& prompt, int score) {
  if (prompt.scale) return dumped({{"score", scaled_score(prompt, score)}, {"reason", reflection(score)}});
  if (!prompt.options.empty())
    return dumped({{"choice", choice(prompt, draws_)}, {"reason", reflection(score)}});
  return dumped({{"answer", reflection(score)}});
}

std::string Wording::shared_words(const ItemAnswer& item) {
  return filled(one_of("shared"), genres_of(item));
}

std::string Wording::optional_lines(const PageAnswer& answer, const std::vector<std::string>& titles,
                                    const AllowedActions& allowed) {
  std::string saved;
  std::string shared;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (answer.items[i].is(ActionKind::save)) saved.append(saved.empty() ? "" : ", ").append(titles[i]);
    if (answer.items[i].is(ActionKind::share))
      shared += fmt::format("\nSHARE: {}; WORDS: {}", titles[i], shared_words(answer.items[i]));
  }
  std::string lines;
  if (allowed.save) lines += fmt::format("\nSAVE: {}", saved.empty() ? "none" : saved);
  if (allowed.share) lines += shared.empty() ? "\nSHARE: none" : shared;
  return lines;
}

std::string Wording::page_lines(const AgentPrompt& prompt, const PageAnswer& answer) {
  const std::string& label = prompt.label;
  const std::vector<std::string> titles = spoken_titles(answer.items, draws_);
  std::string out;
  std::string watched;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const ItemAnswer& item = answer.items[i];
    out += fmt::format("{}: {}; ALIGN: {}; REASON: {}\n", label, titles[i], item.aligned ? "yes" : "no",
                       alignment(item));
    if (item.viewed) watched.append(watched.empty() ? "" : ", ").append(titles[i]);
  }
  const auto views = std::ranges::count_if(answer.items, &ItemAnswer::viewed);
  out += fmt::format("\nNUM: {}; WATCH: {}; REASON: {}", views, views > 0 ? watched : "none",
                     one_of(views > 0 ? "picked" : "picked nothing"));
  std::string_view before = "\n\n";
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const ItemAnswer& item = answer.items[i];
    if (!item.viewed) continue;
    out += fmt::format("{}{}: {}; RATING: {}; FEELING: {}", std::exchange(before, "\n"), label, titles[i],
                       item.rating, one_of("feelings", std::to_string(rating_of(item))));
  }
  return out + optional_lines(answer, titles, prompt.allowed);
}

std::string Wording::decision_lines(const Mood& mood) {
  const bool positive = mood.satisfaction >= 4;
  const std::string overall = one_of(positive ? "positive" : "negative");
  const std::string choice = !mood.search.empty() ? fmt::format("SEARCH: {}", mood.search)
                             : mood.exits         ? "EXIT"
                                                  : "NEXT";
  return fmt::format("{}: {}\n[{}]; Reason: {}", positive ? "POSITIVE" : "NEGATIVE", overall, choice,
                     decision(mood));
}

std::string Wording::reflection_lines(const Persona& persona, int satisfaction) {
  return fmt::format("RATING: {}\nREASON: {}\nTASTE: {}", satisfaction, reflection(satisfaction),
                     taste(persona));
}

std::string Wording::interview_lines(int score) {
  return fmt::format("RATING: {}\nREASON: {}", score, interview(score));
}

std::string Wording::answer_lines(const AgentPrompt& prompt, int score) {
  if (prompt.scale)
    return fmt::format("RATING: {}\nREASON: {}", scaled_score(prompt, score), reflection(score));
  if (!prompt.options.empty())
    return fmt::format("CHOICE: {}\nREASON: {}", choice(prompt, draws_), reflection(score));
  return fmt::format("ANSWER: {}", reflection(score));
}

std::vector<std::string> spoken_titles(const std::vector<ItemAnswer>& items, const Draws& draws) {
  std::vector<std::string> whole;
  for (const ItemAnswer& item : items) whole.push_back(one_line(item.title));
  const double way = draws.uniform(kTitles, {});
  if (way < 0.5) return whole;
  std::vector<std::string> brief;
  for (const std::string& title : whole) {
    const std::string_view shorter = without_year(title);
    brief.push_back(way < 5.0 / 6 ? std::string(shorter) : article_first(shorter));
  }
  return are_distinct(brief) ? brief : whole;
}

}  // namespace throng::played

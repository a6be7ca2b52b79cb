#include "agents/played/wording.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "agents/minds/title_text.h"
#include "agents/session_record.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace throng::played {
namespace {

constexpr Purpose kWords("mock/agent/words");
constexpr Purpose kTitles("mock/agent/titles");

using Phrases = std::span<const std::string_view>;  // % stands for the genres

constexpr std::array<std::string_view, 4> kBriefYes{"close to my taste for %", "% is what I like",
                                                    "sounds like something for me",
                                                    "fits what I usually pick"};
constexpr std::array<std::string_view, 4> kBriefNo{"% is not for me", "too far from my taste",
                                                   "does not appeal to me", "not what I look for"};
constexpr std::array<std::string_view, 4> kYes{
    "It is close to my taste, and I am always glad to come across some more of %. ",
    "I have long been fond of %, and by its description this looks like a good example. ",
    "This fits what I usually look for, since % is what I come here for. ",
    "I enjoy %, and what is said about it here sounds as if it was made for me. "};
constexpr std::array<std::string_view, 4> kYesToo{
    "The idea is intriguing, and I would like to know how it works out.",
    "Others seem to think well of it too, which makes me a little more curious.",
    "It sounds engaging without being something that I have come across many times before.",
    "I expect it to hold my interest to the end."};
constexpr std::array<std::string_view, 4> kNo{
    "I am not really drawn to %, and nothing in the description changes my mind. ",
    "Although others may rate it well, % is not what I am looking for. ",
    "It does not match my taste, which leans towards other things than %. ",
    "This sounds too far from what I usually like, and % seldom works for me. "};
constexpr std::array<std::string_view, 3> kNoToo{
    "I can see why others enjoy it, but it would not hold my attention.",
    "I would rather wait for something that suits me better.",
    "The description leaves me cold, so I pass over it this time."};

constexpr std::array<std::string_view, 3> kChosen{
    "These suit my taste best, and they are as many as I care to take on at one time.",
    "I want to give these a try, since they match what I like and seem worth the hours.",
    "They are the ones on this page that I would really enjoy, given how often I come here."};
constexpr std::array<std::string_view, 2> kNoneChosen{
    "Nothing on this page appeals to me enough to spend my time on it.",
    "I do not feel like picking any of these at the moment, though some of them are not bad."};

constexpr std::array<std::array<std::string_view, 3>, 5> kFeelings{{
    {"I regret having spent my time on it, for hardly anything in it worked for me and I was glad when it "
     "was over.",
     "It annoyed me from beginning to end; I could not believe in any of it and would not recommend it to "
     "anyone.",
     "A great letdown, clumsy and tiresome, and quite unlike what the description had led me to expect."},
    {"I had hoped for more; a few moments were good, but on the whole it was rather dull and too long.",
     "It did not hold my interest, and although I see what it was meant to be, it left me mostly bored.",
     "Not for me in the end: it starts well enough, but then it loses its way and never recovers."},
    {"It was all right, neither good nor bad, and I will probably have forgotten most of it within a week.",
     "A decent way to spend some time, but it did not touch me much and offered little that was new.",
     "I liked parts of it and was bored by others, so that I am left without any strong feeling."},
    {"I enjoyed it a good deal; it kept me engaged throughout, and some of it stayed with me afterwards.",
     "A pleasant surprise, well made and easy to like, even if a few things could have been better.",
     "It was just what I had hoped for, with enough in it to make me think about it the next day."},
    {"I loved every part of it; it moved me, surprised me and will stay with me for a long time to come.",
     "Wonderful from beginning to end, one of the best that I have come across here, and I would go back to "
     "it at once.",
     "It captivated me completely, and I cannot think of anything that I would have wanted to be different."},
}};

constexpr std::array<std::string_view, 3> kPositive{
    "So far I am content with the recommendations, since several of them suit my taste and I enjoyed what I "
    "picked.",
    "The system seems to understand what I like, and what I have picked up to now was mostly worth my time.",
    "I have found some that I liked, which gives me a good feeling about what has been recommended to me."};
constexpr std::array<std::string_view, 3> kNegative{
    "Most of what was recommended had little to do with my taste, and what I picked did not please me much.",
    "I am not satisfied, as I hardly found anything on these pages that I would have chosen for myself.",
    "The recommendations miss what I am looking for, and that makes going through them feel like a waste of "
    "time."};

constexpr std::array<std::string_view, 3> kBriefGoOn{"want to see what else there is", "still enjoying this",
                                                     "not tired yet"};
constexpr std::array<std::string_view, 2> kBriefTired{"getting tired of browsing", "enough for today"};
constexpr std::array<std::string_view, 2> kBriefDispleased{"little that suits my taste",
                                                           "not satisfied with these pages"};
constexpr std::array<std::string_view, 3> kGoOn{
    "I am not tired yet and would like to see whether the next page has more of what I enjoy.",
    "The last page was good enough to make me curious about what else there is.",
    "I still have some time and am in the mood to look at a few more."};
constexpr std::array<std::string_view, 2> kTired{
    "I have seen enough for today and am getting tired of going through more pages.",
    "After these pages I feel tired, and I have found what I can use at the moment."};
constexpr std::array<std::string_view, 2> kDispleased{
    "There is too little here that suits my taste for me to go on.",
    "I am not satisfied with what I have been shown and do not expect the next page to be better."};

constexpr std::array<std::string_view, 2> kReflectGood{
    "The system has caught what I like, and most of what it shows me is at least worth a look.",
    "I am satisfied, for the recommendations come close to my taste and now and then surprise me."};
constexpr std::array<std::string_view, 2> kReflectMiddling{
    "The recommendations are mixed; some of them suit me well, while others seem to be meant for somebody "
    "else.",
    "The system knows my taste in part, but it keeps showing me things that I would never pick."};
constexpr std::array<std::string_view, 2> kReflectBad{
    "The system does not know my taste, since little of what it shows me has to do with what I like.",
    "I am dissatisfied; there was hardly anything among the recommendations that I wanted to pick."};

constexpr std::array<std::string_view, 2> kWhyGood{
    " I found several that I really enjoyed, and I would come back to see what it recommends next.",
    " It offered enough variety, and what I picked was for the most part as good as I had hoped."};
constexpr std::array<std::string_view, 2> kWhyMiddling{
    " A few of my picks were good, yet I had to pass over many others before I came to them.",
    " It is usable, but with a better idea of what I rate high it could serve me much better."};
constexpr std::array<std::string_view, 2> kWhyBad{
    " I had to pass over nearly everything, and what I did pick was not as good as it had sounded.",
    " It seems to recommend what is popular rather than what fits me, so I left without much."};

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

Phrases by_satisfaction(int of_ten, Phrases good, Phrases middling, Phrases bad) {
  if (of_ten >= 7) return good;
  return of_ten >= 4 ? middling : bad;
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

std::string Wording::one_of(Phrases phrases) { return std::string(phrases[stream_.bits() % phrases.size()]); }

std::string Wording::alignment(const ItemAnswer& item) {
  const std::string genres = genres_of(item);
  if (brief()) return filled(one_of(item.aligned ? kBriefYes : kBriefNo), genres);
  const std::string first = filled(one_of(item.aligned ? kYes : kNo), genres);
  return first + (item.aligned ? one_of(kYesToo) : one_of(kNoToo));
}

std::string Wording::decision(const Mood& mood) {
  if (!mood.exits) return brief() ? one_of(kBriefGoOn) : one_of(kGoOn);
  if (mood.satisfaction < 4) return one_of(brief() ? kBriefDispleased : kDispleased);
  return one_of(brief() ? kBriefTired : kTired);
}

std::string Wording::reflection(int satisfaction) {
  return one_of(by_satisfaction(satisfaction, kReflectGood, kReflectMiddling, kReflectBad));
}

std::string Wording::interview(int score) {
  const std::string text = reflection(score);
  return brief() ? text : text + one_of(by_satisfaction(score, kWhyGood, kWhyMiddling, kWhyBad));
}

std::string Wording::page_json(const PageAnswer& answer) {
  Json items = Json::object();
  for (const ItemAnswer& item : answer.items) {
    Json& said = items[std::to_string(item.number)];
    said = {{"aligned", item.aligned}, {"reason", alignment(item)}, {"view", nullptr}};
    if (item.viewed) {
      said["view"] = {{"rating", item.rating}, {"feeling", to_string(static_cast<Feeling>(rating_of(item)))}};
    }
  }
  return dumped({{"items", std::move(items)},
                 {"satisfaction", answer.mood.satisfaction},
                 {"fatigue", answer.mood.fatigue},
                 {"decision", answer.mood.exits ? "exit" : "next"},
                 {"reason", decision(answer.mood)}});
}

std::string Wording::interview_json(int score) {
  return dumped({{"score", score}, {"reason", interview(score)}});
}

std::string Wording::page_lines(const PageAnswer& answer, std::string_view label) {
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
                     views > 0 ? one_of(kChosen) : one_of(kNoneChosen));
  std::string_view before = "\n\n";
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const ItemAnswer& item = answer.items[i];
    if (!item.viewed) continue;
    out += fmt::format("{}{}: {}; RATING: {}; FEELING: {}", std::exchange(before, "\n"), label, titles[i],
                       item.rating, one_of(kFeelings.at(static_cast<std::size_t>(rating_of(item) - 1))));
  }
  return out;
}

std::string Wording::decision_lines(const Mood& mood) {
  const bool positive = mood.satisfaction >= 4;
  const std::string overall = one_of(positive ? kPositive : kNegative);
  return fmt::format("{}: {}\n[{}]; Reason: {}", positive ? "POSITIVE" : "NEGATIVE", overall,
                     mood.exits ? "EXIT" : "NEXT", decision(mood));
}

std::string Wording::reflection_lines(int satisfaction) {
  return fmt::format("RATING: {}\nREASON: {}", std::max(1, satisfaction), reflection(satisfaction));
}

std::string Wording::interview_lines(int score) {
  return fmt::format("RATING: {}\nREASON: {}", score, interview(score));
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

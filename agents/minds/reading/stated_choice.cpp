#include "agents/minds/reading/stated_choice.h"

#include <algorithm>
#include <array>
#include <string>

#include "agents/minds/reading/folded_words.h"
#include "agents/minds/reading/reply_fields.h"
#include "agents/minds/reading/reply_text.h"
#include "engine/base/text.h"

namespace throng {
namespace {

using Words = std::vector<std::string>;

std::optional<PageChoice> choice_of(std::string_view word) {
  if (word == "next") return PageChoice::next;
  if (word == "exit") return PageChoice::exit;
  return std::nullopt;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

/// Calls `visit` for every piece of `text` between any of `marks`.
template <class Visit>
void for_each_piece(std::string_view text, std::string_view marks, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(marks), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// From the bracket that `text` starts with to the one that closes it, or as far as a tag could reach.
std::string_view bracketed(std::string_view text) {
  constexpr std::size_t longest = 20;
  text = text.substr(0, std::min(text.find('[', 1), longest));
  return text.substr(0, std::min(text.find_first_of("]})"), text.size() - 1) + 1);
}

struct Tag {
  StatedChoice stated;
  bool opens;  ///< a line, or stands behind a colon
};

/// Whether a tag at `at` opens its line or stands behind a colon.
bool opens_line(std::string_view line, std::size_t at) {
  const std::string_view before = trimmed(line.substr(0, at));
  return without_decoration(before).empty() || before.ends_with(':') || before.ends_with(":**");
}

/// Adds "(NEXT)", "<EXIT>" and "「NEXT」" at the start of a line or behind a colon: elsewhere they are remarks.
void add_tags_in_other_brackets(std::string_view line, std::vector<Tag>& tags) {
  for (const std::string_view word : {"(NEXT)", "<NEXT>", "{NEXT}", "「NEXT」", "『NEXT』", "(EXIT)",
                                      "<EXIT>", "{EXIT}", "「EXIT」", "『EXIT』"}) {
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos || !opens_line(line, at)) continue;
    const PageChoice choice =
        word.find("NEXT") != std::string_view::npos ? PageChoice::next : PageChoice::exit;
    tags.push_back({.stated = {.choice = choice, .text = line.substr(at, word.size())}, .opens = true});
  }
}

std::vector<Tag> tags_of_line(std::string_view line) {
  std::vector<Tag> tags;
  for (std::size_t open = line.find('['); open != std::string_view::npos; open = line.find('[', open + 1)) {
    const std::string_view inside = bracketed(line.substr(open));
    const Words words = folded_words(inside);
    const auto choice = words.empty() ? std::nullopt : choice_of(words.front());
    if (!choice) continue;
    tags.push_back({.stated = {.choice = *choice, .text = inside}, .opens = opens_line(line, open)});
  }
  add_tags_in_other_brackets(line, tags);
  return tags;
}

/// "Next; Reason: ...", "EXIT: ...", "Decision: exit", "Next".
std::optional<StatedChoice> opening_word(std::string_view line) {
  std::string_view text = without_decoration(line);
  const std::vector<ReplyField> fields = reply_fields(line);
  if (!fields.empty() && fields.front().kind == FieldKind::decision) text = fields.front().value;
  constexpr std::size_t length = 4;
  const std::string_view word = text.substr(0, length);
  const Words folded = folded_words(word);
  if (folded.size() != 1) return std::nullopt;
  const auto choice = choice_of(folded.front());
  const std::string_view after = trimmed(text.substr(word.size()));
  const std::string_view undecorated =
      after.substr(std::min(after.find_first_not_of("*_\"' "), after.size()));
  const bool in_capitals = word == "NEXT" || word == "EXIT";
  const bool stands_alone = undecorated.empty() ||
                            std::string_view(";.!-").find(undecorated[0]) != std::string_view::npos ||
                            (in_capitals && undecorated[0] == ':');
  if (!choice || !stands_alone) return std::nullopt;
  return StatedChoice{.choice = *choice, .text = word};
}

/// Where a phrase that means going on or leaving starts at `words[at]`.
std::optional<PageChoice> phrase_at(const Words& words, std::size_t at) {
  static constexpr std::array<std::string_view, 5> going_on{"continue", "continuing", "proceed", "stay",
                                                            "persist"};
  static constexpr std::array<std::string_view, 4> leaving{"exit", "quit", "stop", "exiting"};
  static constexpr std::array<std::string_view, 6> looking{"browsing",  "looking", "exploring",
                                                           "searching", "going",   "scrolling"};
  static constexpr std::array<std::string_view, 3> leave{"leave", "end", "leaving"};
  static constexpr std::array<std::string_view, 4> more{"more", "further", "on", "additional"};
  const auto follows = [&](std::size_t offset) {
    return at + offset < words.size() ? std::string_view(words[at + offset]) : "";
  };
  const std::string_view word = words[at];
  if (is_one_of(word, going_on)) return PageChoice::next;
  if (is_one_of(word, leaving)) return PageChoice::exit;
  if (word == "keep" && is_one_of(follows(1), looking)) return PageChoice::next;
  if ((word == "browse" || word == "explore" || word == "go" || word == "move") &&
      is_one_of(follows(1), more))
    return PageChoice::next;
  if (word == "next" && follows(1) == "page") return PageChoice::next;
  if (is_one_of(word, leave) && follows(1) != "a" && follows(1) != "an") return PageChoice::exit;
  return std::nullopt;
}

/// The words of a sentence, and its commas.
Words words_and_commas(std::string_view sentence) {
  Words words;
  for_each_piece(sentence, ",", [&](std::string_view clause) {
    if (!words.empty()) words.emplace_back(",");
    const Words folded = folded_words(clause);
    words.insert(words.end(), folded.begin(), folded.end());
  });
  return words;
}

/// What the speaker of a sentence intends to do: the first phrase that an intention leads to, or its opposite if that
/// is denied ("I will not continue", "I don't see any need to go on").
std::optional<PageChoice> intention_of(const Words& words) {
  static constexpr std::array<std::string_view, 19> intending{
      "will",  "ill",    "shall", "decide", "decided", "choose", "chose", "want",    "wish",    "going",
      "gonna", "prefer", "like",  "ready",  "opt",     "opted",  "lets",  "willing", "decision"};
  static constexpr std::array<std::string_view, 10> doubting{"if",     "might", "may",   "could",  "unless",
                                                             "before", "until", "would", "should", "whether"};
  static constexpr std::array<std::string_view, 3> denying_intentions{"wont", "dont", "cant"};
  static constexpr std::array<std::string_view, 6> denying{"not",     "never",  "no",
                                                           "without", "cannot", "neither"};
  static constexpr std::array<std::string_view, 9> new_clause{",",     "and", "so",     "but",  "because",
                                                              "since", "as",  "though", "while"};
  constexpr std::size_t reach = 6;
  constexpr std::size_t reach_of_denial = 4;
  std::optional<std::size_t> intends;
  std::optional<std::size_t> denies;  // in this clause
  bool doubts = false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    const std::string_view following = at + 1 < words.size() ? std::string_view(words[at + 1]) : "";
    const bool would_like = word == "would" && (following == "like" || following == "prefer");
    doubts = doubts || (is_one_of(word, doubting) && !would_like);
    if (is_one_of(word, intending) || is_one_of(word, denying_intentions)) intends = at;
    if (is_one_of(word, new_clause)) denies.reset();
    if (is_one_of(word, denying) || is_one_of(word, denying_intentions)) denies = at;
    const auto phrase = phrase_at(words, at);
    if (!phrase || doubts || !intends || at - *intends > reach) continue;
    const bool denied = denies && (*denies >= *intends || *intends - *denies <= reach_of_denial);
    if (!denied) return phrase;
    return *phrase == PageChoice::next ? PageChoice::exit : PageChoice::next;
  }
  return std::nullopt;
}

constexpr std::string_view kSearchWord = "search";

/// What stands behind "search" at the start of `text`, as far as the next semicolon; empty: nothing, or no search.
std::string_view query_at(std::string_view text, std::string_view marks) {
  constexpr std::string_view placeholder = "a genre, or words";
  if (lower_case(std::string(text.substr(0, kSearchWord.size()))) != kSearchWord) return {};
  text.remove_prefix(kSearchWord.size());
  if (text.empty() || marks.find(text[0]) == std::string_view::npos) return {};
  std::string_view query = without_decoration(text.substr(1, text.find(';') - 1));
  while (!query.empty() && query.front() == '<') query = without_decoration(query.substr(1));
  const bool is_nothing =
      says_nothing(query) && folded_words(query).size() < 2;  // titles begin with "Nothing", too
  return is_nothing || query.starts_with(placeholder) ? std::string_view() : query;
}

std::optional<StatedSearch> search_of_line(std::string_view line) {
  for (std::size_t open = line.find('['); open != std::string_view::npos; open = line.find('[', open + 1)) {
    constexpr std::size_t longest = 400;
    const std::string_view rest = line.substr(open + 1, longest);
    const std::string_view inside = rest.substr(0, rest.find(']'));
    std::string_view query = query_at(inside, ": ");
    if (query.empty() && inside.size() == kSearchWord.size()) query = query_at(rest, "]");
    if (query.empty()) continue;
    return StatedSearch{
        .query = query, .text = line.substr(open, inside.size() + 1), .opens = opens_line(line, open)};
  }
  std::string_view text = without_decoration(line);
  const std::vector<ReplyField> fields = reply_fields(line);
  if (!fields.empty() && fields.front().kind == FieldKind::decision) text = fields.front().value;
  const std::string_view query = query_at(text, ":");
  if (query.empty()) return std::nullopt;
  return StatedSearch{.query = query, .text = text.substr(0, kSearchWord.size()), .opens = true};
}

}  // namespace

std::optional<StatedSearch> stated_search(std::string_view text) {
  std::optional<StatedSearch> search;
  for_each_piece(text, "\n", [&](std::string_view line) {
    if (!search) search = search_of_line(line);
  });
  return search;
}

std::vector<StatedChoice> tagged_choices(std::string_view text) {
  std::vector<Tag> tags;
  for_each_piece(text, "\n", [&](std::string_view line) {
    const std::vector<Tag> of_line = tags_of_line(line);
    tags.insert(tags.end(), of_line.begin(), of_line.end());
  });
  const bool contradict = std::ranges::any_of(
      tags, [&](const Tag& tag) { return tag.stated.choice != tags.front().stated.choice; });
  const bool some_open = std::ranges::any_of(tags, &Tag::opens);
  std::vector<StatedChoice> choices;
  for (const Tag& tag : tags) {
    if (!contradict || !some_open || tag.opens) choices.push_back(tag.stated);
  }
  return choices;
}

std::vector<StatedChoice> worded_choices(std::string_view text) {
  std::vector<StatedChoice> choices;
  for_each_piece(text, "\n", [&](std::string_view line) {
    if (const auto choice = opening_word(line)) choices.push_back(*choice);
    for (std::size_t open = line.find('['); open != std::string_view::npos; open = line.find('[', open + 1)) {
      const std::string_view inside = bracketed(line.substr(open));
      const Words words = folded_words(inside);
      if (words.empty()) continue;
      if (const auto choice = phrase_at(words, 0)) choices.push_back({.choice = *choice, .text = inside});
    }
  });
  if (!choices.empty()) return choices;
  for_each_piece(text, "\n.!?;", [&](std::string_view sentence) {
    if (const auto choice = intention_of(words_and_commas(sentence))) {
      choices.push_back({.choice = *choice, .text = trimmed(sentence)});
    }
  });
  return choices;
}

std::optional<StatedChoice> agreed(const std::vector<StatedChoice>& choices) {
  if (choices.empty()) return std::nullopt;
  const auto agrees = [&](const StatedChoice& stated) { return stated.choice == choices.front().choice; };
  if (!std::ranges::all_of(choices, agrees)) return std::nullopt;
  return choices.front();
}

}  // namespace throng

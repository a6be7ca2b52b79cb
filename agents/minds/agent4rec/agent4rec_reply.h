#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/action.h"
#include "agents/minds/reading/stated_choice.h"

namespace throng {

// Readers of the `agent4rec` protocol's replies, which are text: "MOVIE: Babe; ALIGN: yes; REASON: ..." and so on. They
// take any bytes and any wording that states what is asked for, with titles shortened or rearranged (TitleMatcher), and
// invent nothing: what a reply does not state stays empty and is named in `problems`, one sentence each, fit to be told
// to the model. All texts are valid UTF-8 and untrusted. Effort and memory are linear in the reply.

/// What a reply says about one item of the page.
struct ItemReading {
  std::optional<bool> aligned;
  std::string reason;         ///< why it aligns or not
  std::optional<int> rating;  ///< 1 .. 5; an item is viewed if it is rated
  std::string feeling;
  bool chosen = false;  ///< named in the list of what to watch
  std::map<ActionKind, std::string>
      further;  ///< what else is done with it, by leave, and the words of it, which may be empty
};

/// What a reply says about a page.
struct PageReading {
  std::vector<ItemReading> items;     ///< parallel to the page
  std::vector<std::size_t> viewed;    ///< positions of the rated items, in the order of the reply
  std::vector<std::string> problems;  ///< empty if the reading is complete; at most 20

  bool complete() const { return problems.empty(); }
};

/// The reaction to a page of items with these titles. It is complete if every item has an ALIGN verdict with a reason,
/// every item chosen has a rating, every rating is a whole number from 1 to 5 with a feeling, and every title that is
/// judged means exactly one item of the page, or several with that very title, which are judged in the order of the page. Of
/// two statements about one item the first holds; if they differ, that is a problem. Where saving and sharing are `allowed` lines
/// such as "SAVE: Babe, Casablanca" and "SHARE: Babe; WORDS: you have to see it" are read too; there need be none.
PageReading read_reaction(std::string_view reply, std::span<const std::string> titles,
                          const AllowedActions& allowed = {});

/// Whether an agent goes on, and why.
struct DecisionReading {
  std::optional<PageChoice> tag;      ///< [NEXT], also for [SEARCH: ...], or [EXIT]; empty if none or both
  std::optional<PageChoice> choice;   ///< the tag, else what the words say
  std::string search;                 ///< what is searched for, the choice being next; empty: nothing
  std::string reason;                 ///< of the choice; may be empty
  std::optional<bool> positive;       ///< the overall feeling: POSITIVE or NEGATIVE
  std::string feeling;                ///< the reason of the overall feeling; may be empty
  std::vector<std::string> problems;  ///< empty if `choice` is clear

  bool complete() const { return problems.empty(); }
};

/// Where searching is `allowed`, "[SEARCH: comedies]" and "SEARCH: comedies" are a choice too.
DecisionReading read_decision(std::string_view reply, const AllowedActions& allowed = {});

/// How satisfied an agent is, and why.
struct InterviewReading {
  std::optional<int> score;  ///< 1 .. 10, or on the scale that was asked for
  std::string reason;
  std::vector<std::string> problems;  ///< empty if there is a score and a reason

  bool complete() const { return problems.empty(); }
};

InterviewReading read_interview(std::string_view reply, int least = 1, int most = 10);

/// What an agent concludes: the same, and of its taste.
struct ReflectionReading : InterviewReading {
  std::string taste;  ///< the line "TASTE: ..."
};

ReflectionReading read_reflection(std::string_view reply);

}  // namespace throng

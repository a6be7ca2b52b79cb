#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "agents/action.h"
#include "agents/played/prompt_reading.h"
#include "engine/base/random.h"

namespace throng::played {

/// How well items match a persona, by the words that they share: compared by their first five letters, without case,
/// and without words that say nothing of a taste.
class TasteMatch {
 public:
  explicit TasteMatch(const Persona& persona);

  /// About -1.5 (what the persona rates low) to 2; 0 if nothing is shared. A shared word counts 1 in the genres, 0.5 in
  /// the title and the summary, and half of that if it is one of what the persona rates high; at most 2 in all. Each that
  /// is one of what the persona rates low takes 0.75 off, at most 1.5.
  double of(const ListedItem& item) const;

 private:
  using Stems = std::vector<std::uint64_t>;

  Stems tastes_;
  Stems high_;
  Stems low_;
};

/// What the played user makes of one item.
struct ItemAnswer {
  int number = 0;
  std::string title;
  std::string genres;
  bool aligned = false;
  bool viewed = false;
  int rating = 0;                     ///< 1 to 5 if viewed
  std::vector<ActionKind> further{};  ///< what else is done with it, by leave

  bool is(ActionKind done) const { return std::ranges::find(further, done) != further.end(); }
};

/// Satisfaction from 1 to 10, fatigue from 0 to 10.
struct Mood {
  int satisfaction = 0;
  int fatigue = 0;
  bool exits = false;
  std::string search;  ///< empty: nothing
};

struct PageAnswer {
  std::vector<ItemAnswer> items;
  Mood mood;
};

/// How the model plays: a second opinion beside StatisticalMind, from nothing but the prompt. With u a uniform and n a normal random number, sigma(x) = 1 / (1 + e^-x), traits -1 (low), 0 or 1
/// (high), n(s) short for s n, and `match` of TasteMatch:
///
///   aligned       u < sigma(-0.5 + 1.1 match + 0.4 diversity + 0.5 (rated - 3.5)), rated 3.5 if nobody has
///   capacity      round(items (0.55 + 0.15 activity + 0.1 diversity + n(0.15)))
///   viewed        the `capacity` aligned items with the greatest match + n(0.3)
///   rating        w rated + (1 - w) (3.5 + 0.4 match + n(0.9)), w = 0.45 + 0.4 conformity, 0 if nobody
///                 has rated it; rounded, 1 to 5
///   of this page  10 (0.35 viewed / items + 0.65 (mean rating - 1) / 4); 1.5 if nothing was viewed
///   satisfaction  0.6 of this page + 0.4 the mean of what is remembered, + n(0.8); rounded, 1 to 10
///   fatigue       (2 - 0.7 activity) page + n(0.7); rounded, 0 to 10
///   exit          u < sigma(-0.6 - 0.5 activity + 0.45 (fatigue - 4) - 0.5 (satisfaction - 5))
///   searches      who stays: u < 0.1 (8 - satisfaction), for the first words of one of its tastes; this, and what else is done
///                 with items (see there), where the prompt allows it
///   remembered    of a page: the mean of its satisfaction (else 7 if it felt positive, 3 if negative) and
///                 10 (mean rating - 1) / 4, or what there is of both; of a reflection its satisfaction
///   score         the mean of what is remembered + 0.4 activity + n(1.1); rounded, 1 to 10; of another question brought to
///                 its scale
///   choice        any of the options, each as likely
/// Depends on the prompt and the draws alone.
PageAnswer react(const AgentPrompt& prompt, const Draws& draws);

/// For the other questions, from what is remembered.
Mood mood(const AgentPrompt& prompt, const Draws& draws);
int score(const AgentPrompt& prompt, const Draws& draws);
/// On the scale of another question; without one 0.
int scaled_score(const AgentPrompt& prompt, int score);
/// One of the options; without any "".
std::string choice(const AgentPrompt& prompt, const Draws& draws);

}  // namespace throng::played

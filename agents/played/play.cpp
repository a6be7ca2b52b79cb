#include "agents/played/play.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>

namespace throng::played {
namespace {

constexpr Purpose kAlign("mock/agent/align");
constexpr Purpose kCapacity("mock/agent/capacity");
constexpr Purpose kChoice("mock/agent/choice");
constexpr Purpose kRating("mock/agent/rating");
constexpr Purpose kSatisfaction("mock/agent/satisfaction");
constexpr Purpose kFatigue("mock/agent/fatigue");
constexpr Purpose kExit("mock/agent/exit");
constexpr Purpose kScore("mock/agent/score");
constexpr Purpose kSave("mock/agent/save");
constexpr Purpose kShare("mock/agent/share");
constexpr Purpose kSearch("mock/agent/search");
constexpr Purpose kQuery("mock/agent/query");
constexpr Purpose kOption("mock/agent/option");

constexpr double kNothingViewed = 1.5;

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

int rounded(double number, int least, int most) {
  return static_cast<int>(
      std::lround(std::clamp(number, static_cast<double>(least), static_cast<double>(most))));
}

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

double satisfaction_of(const RememberedPage& page) {
  std::optional<double> satisfied = page.satisfaction;
  if (!satisfied && page.positive) satisfied = *page.positive ? 7 : 3;
  if (page.ratings.empty()) return satisfied.value_or(kNothingViewed);
  const double rated = 10 * (mean(page.ratings) - 1) / 4;
  return satisfied ? (rated + *satisfied) / 2 : rated;
}

std::optional<double> remembered(const AgentPrompt& prompt) {
  if (prompt.memories.empty()) return std::nullopt;
  double sum = 0;
  for (const RememberedPage& page : prompt.memories) sum += satisfaction_of(page);
  return sum / static_cast<double>(prompt.memories.size());
}

/// The first words of one of the tastes, as far as they name something.
std::string query_of(const Persona& persona, const Draws& draws) {
  if (persona.tastes.empty()) return "";
  constexpr std::size_t longest = 40;
  const std::string& taste = persona.tastes[draws.below(persona.tastes.size(), kQuery, {})];
  const std::string_view words = std::string_view(taste).substr(0, taste.find_first_of(",.;:("));
  return one_line(words.substr(0, words.size() <= longest ? longest : words.rfind(' ', longest)));
}

bool searches(const AgentPrompt& prompt, const Mood& mood, const Draws& draws) {
  return prompt.allowed.search && !mood.exits && draws.uniform(kSearch, {}) < 0.1 * (8 - mood.satisfaction);
}

Mood mood_of(const AgentPrompt& prompt, double satisfaction, const Draws& draws) {
  const double activity = prompt.persona.activity;
  Mood mood;
  mood.satisfaction = rounded(satisfaction + 0.8 * draws.normal(kSatisfaction, {}), 1, 10);
  mood.fatigue = rounded((2 - 0.7 * activity) * prompt.page + 0.7 * draws.normal(kFatigue, {}), 0, 10);
  mood.exits = draws.uniform(kExit, {}) <
               sigma(-0.6 - 0.5 * activity + 0.45 * (mood.fatigue - 4) - 0.5 * (mood.satisfaction - 5));
  if (searches(prompt, mood, draws)) mood.search = query_of(prompt.persona, draws);
  return mood;
}

class Play {
 public:
  Play(const AgentPrompt& prompt, const Draws& draws)
      : prompt_(prompt), draws_(draws), match_(prompt.persona) {
    matches_.reserve(prompt.items.size());
    for (const ListedItem& item : prompt.items) matches_.push_back(match_.of(item));
  }

  PageAnswer page() {
    PageAnswer answer;
    answer.items.reserve(prompt_.items.size());
    for (std::size_t i = 0; i < prompt_.items.size(); ++i) answer.items.push_back(align(i));
    view(answer.items);
    for (std::size_t i = 0; i < answer.items.size(); ++i) save_or_share(answer.items[i], i);
    const double page = page_satisfaction(answer.items);
    const std::optional<double> before = remembered(prompt_);
    answer.mood = mood_of(prompt_, before ? 0.6 * page + 0.4 * *before : page, draws_);
    return answer;
  }

 private:
  ItemAnswer align(std::size_t i) const {
    const ListedItem& item = prompt_.items[i];
    const double pull =
        -0.5 + 1.1 * matches_[i] + 0.4 * prompt_.persona.diversity + 0.5 * (item.rated.value_or(3.5) - 3.5);
    return {.number = item.number,
            .title = item.title,
            .genres = item.genres,
            .aligned = draws_.uniform(kAlign, at(i)) < sigma(pull)};
  }

  void view(std::vector<ItemAnswer>& items) const {
    const Persona& persona = prompt_.persona;
    const double share =
        0.55 + 0.15 * persona.activity + 0.1 * persona.diversity + 0.15 * draws_.normal(kCapacity, {});
    const auto count = static_cast<double>(items.size());
    const auto capacity = static_cast<std::size_t>(std::lround(std::clamp(share * count, 0.0, count)));
    std::vector<std::pair<double, std::size_t>> wanted;  // the greatest first
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].aligned) wanted.emplace_back(-matches_[i] - 0.3 * draws_.normal(kChoice, at(i)), i);
    }
    std::ranges::sort(wanted);
    wanted.resize(std::min(wanted.size(), capacity));
    for (const auto& [_, i] : wanted) {
      items[i].viewed = true;
      items[i].rating = rating(i);
    }
  }

  int rating(std::size_t i) const {
    const std::optional<double> rated = prompt_.items[i].rated;
    const double weight = rated ? 0.45 + 0.4 * prompt_.persona.conformity : 0;
    const double own = 3.5 + 0.4 * matches_[i] + 0.9 * draws_.normal(kRating, at(i));
    return rounded(weight * rated.value_or(0) + (1 - weight) * own, 1, 5);
  }

  /// An aligned item that is not viewed is saved: u < 0.3. One rated 4 or 5 is shared: u < 0.2.
  void save_or_share(ItemAnswer& item, std::size_t i) const {
    const auto does = [&](ActionKind kind, bool suits, Purpose purpose, double share) {
      if (is_allowed(info_of(kind), prompt_.allowed) && suits && draws_.uniform(purpose, at(i)) < share)
        item.further.push_back(kind);
    };
    does(ActionKind::save, item.aligned && !item.viewed, kSave, 0.3);
    does(ActionKind::share, item.rating >= 4, kShare, 0.2);
  }

  static double page_satisfaction(const std::vector<ItemAnswer>& items) {
    double ratings = 0;
    double viewed = 0;
    for (const ItemAnswer& item : items) {
      ratings += item.rating;
      if (item.viewed) ++viewed;
    }
    if (viewed == 0) return kNothingViewed;
    return 10 * (0.35 * viewed / static_cast<double>(items.size()) + 0.65 * (ratings / viewed - 1) / 4);
  }

  static DrawAddress at(std::size_t item) { return {.item = static_cast<std::uint32_t>(item)}; }

  const AgentPrompt& prompt_;
  const Draws& draws_;
  TasteMatch match_;
  std::vector<double> matches_;
};

constexpr std::size_t kStem = 5;
constexpr std::size_t kShortest = 3;

constexpr bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80U;
}

/// The first letters of a word in one number, small ones for capitals.
constexpr std::uint64_t stem(std::string_view word) {
  std::uint64_t packed = 0;
  for (const char c : word.substr(0, kStem)) {
    const auto byte = static_cast<unsigned char>(c);
    packed = packed << 8U | (byte >= 'A' && byte <= 'Z' ? byte + 32U : byte);
  }
  return packed;
}

constexpr auto kSayNothing = [] {
  std::array stems{
      stem("about"), stem("above"),  stem("admirer"), stem("and"),      stem("any"),    stem("are"),
      stem("below"), stem("buff"),   stem("but"),     stem("dislikes"), stem("enjoys"), stem("enthusiast"),
      stem("fall"),  stem("fan"),    stem("film"),    stem("films"),    stem("for"),    stem("from"),
      stem("genre"), stem("genres"), stem("give"),    stem("gives"),    stem("has"),    stem("her"),
      stem("high"),  stem("his"),    stem("into"),    stem("its"),      stem("like"),   stem("likes"),
      stem("love"),  stem("lover"),  stem("loves"),   stem("low"),      stem("movie"),  stem("not"),
      stem("one"),   stem("other"),  stem("prefers"), stem("rating"),   stem("seeker"), stem("stories"),
      stem("story"), stem("such"),   stem("tends"),   stem("that"),     stem("the"),    stem("their"),
      stem("them"),  stem("this"),   stem("user"),    stem("who"),      stem("with")};
  std::ranges::sort(stems);
  return stems;
}();

template <class Take>
void for_each_stem(std::string_view text, Take&& take) {
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && !is_letter(text[at])) ++at;
    const std::size_t start = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    if (at - start < kShortest) continue;
    const std::uint64_t packed = stem(text.substr(start, at - start));
    if (!std::ranges::binary_search(kSayNothing, packed)) take(packed);
  }
}

std::vector<std::uint64_t> stems_of(std::string_view text) {
  std::vector<std::uint64_t> stems;
  for_each_stem(text, [&](std::uint64_t each) { stems.push_back(each); });
  return stems;
}

void make_searchable(std::vector<std::uint64_t>& stems) {
  std::ranges::sort(stems);
  stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
}

}  // namespace

TasteMatch::TasteMatch(const Persona& persona)
    : high_(stems_of(persona.rates_high)), low_(stems_of(persona.rates_low)) {
  for (const std::string& taste : persona.tastes)
    for_each_stem(taste, [&](std::uint64_t each) { tastes_.push_back(each); });
  make_searchable(tastes_);
  make_searchable(high_);
  make_searchable(low_);
}

double TasteMatch::of(const ListedItem& item) const {
  double liked = 0;
  int disliked = 0;
  const auto count = [&](std::string_view text, double weight) {
    for_each_stem(text, [&](std::uint64_t each) {
      if (std::ranges::binary_search(tastes_, each)) {
        liked += weight;
      } else if (std::ranges::binary_search(high_, each)) {
        liked += weight / 2;
      }
      if (std::ranges::binary_search(low_, each)) ++disliked;
    });
  };
  count(item.genres, 1);
  count(item.title, 0.5);
  count(item.summary, 0.5);
  return std::min(liked, 2.0) - 0.75 * std::min(disliked, 2);
}

PageAnswer react(const AgentPrompt& prompt, const Draws& draws) { return Play(prompt, draws).page(); }

Mood mood(const AgentPrompt& prompt, const Draws& draws) {
  return mood_of(prompt, remembered(prompt).value_or(kNothingViewed), draws);
}

int score(const AgentPrompt& prompt, const Draws& draws) {
  const double satisfied = remembered(prompt).value_or(kNothingViewed);
  return rounded(satisfied + 0.4 * prompt.persona.activity + 1.1 * draws.normal(kScore, {}), 1, 10);
}

int scaled_score(const AgentPrompt& prompt, int score) {
  if (!prompt.scale) return 0;
  const double share = (score - 1) / 9.0;
  return prompt.scale->least +
         static_cast<int>(std::lround(share * (prompt.scale->most - prompt.scale->least)));
}

std::string choice(const AgentPrompt& prompt, const Draws& draws) {
  return prompt.options.empty() ? "" : prompt.options[draws.below(prompt.options.size(), kOption, {})];
}

}  // namespace throng::played

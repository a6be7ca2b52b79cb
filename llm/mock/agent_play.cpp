#include "llm/mock/agent_play.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "llm/mock/taste_match.h"

namespace throng::llm::mock {
namespace {

constexpr Purpose kAlign("mock/agent/align");
constexpr Purpose kCapacity("mock/agent/capacity");
constexpr Purpose kChoice("mock/agent/choice");
constexpr Purpose kRating("mock/agent/rating");
constexpr Purpose kSatisfaction("mock/agent/satisfaction");
constexpr Purpose kFatigue("mock/agent/fatigue");
constexpr Purpose kExit("mock/agent/exit");
constexpr Purpose kScore("mock/agent/score");

constexpr double kNothingViewed = 1.5;

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

double trait(Level level) { return static_cast<double>(level) - 1; }

int rounded(double number, int least, int most) {
  return static_cast<int>(
      std::lround(std::clamp(number, static_cast<double>(least), static_cast<double>(most))));
}

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

double satisfaction_of(const RememberedPage& page) {
  if (page.ratings.empty()) return page.satisfaction.value_or(kNothingViewed);
  const double rated = 10 * (mean(page.ratings) - 1) / 4;
  return page.satisfaction ? (rated + *page.satisfaction) / 2 : rated;
}

std::optional<double> remembered(const AgentPrompt& prompt) {
  if (prompt.memories.empty()) return std::nullopt;
  double sum = 0;
  for (const RememberedPage& page : prompt.memories) sum += satisfaction_of(page);
  return sum / static_cast<double>(prompt.memories.size());
}

Mood mood_of(const AgentPrompt& prompt, double satisfaction, const Draws& draws) {
  const double activity = trait(prompt.persona.activity);
  Mood mood;
  mood.satisfaction = rounded(satisfaction + 0.8 * draws.normal(kSatisfaction, {}), 0, 10);
  mood.fatigue = rounded((2 - 0.7 * activity) * prompt.page + 0.7 * draws.normal(kFatigue, {}), 0, 10);
  mood.exits = draws.uniform(kExit, {}) <
               sigma(-0.6 - 0.5 * activity + 0.45 * (mood.fatigue - 4) - 0.5 * (mood.satisfaction - 5));
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
    const double page = page_satisfaction(answer.items);
    const std::optional<double> before = remembered(prompt_);
    answer.mood = mood_of(prompt_, before ? 0.6 * page + 0.4 * *before : page, draws_);
    return answer;
  }

 private:
  ItemAnswer align(std::size_t i) const {
    const ListedItem& item = prompt_.items[i];
    const double pull =
        -0.5 + 1.1 * matches_[i] + 0.4 * trait(prompt_.persona.diversity) + 0.5 * (item.rated - 3.5);
    return {.number = item.number,
            .title = item.title,
            .genres = item.genres,
            .aligned = draws_.uniform(kAlign, at(i)) < sigma(pull)};
  }

  void view(std::vector<ItemAnswer>& items) const {
    const Persona& persona = prompt_.persona;
    const double share = 0.55 + 0.15 * trait(persona.activity) + 0.1 * trait(persona.diversity) +
                         0.15 * draws_.normal(kCapacity, {});
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
    const double weight = 0.45 + 0.4 * trait(prompt_.persona.conformity);
    const double own = 3.5 + 0.4 * matches_[i] + 0.9 * draws_.normal(kRating, at(i));
    return rounded(weight * prompt_.items[i].rated + (1 - weight) * own, 1, 5);
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

}  // namespace

PageAnswer react(const AgentPrompt& prompt, const Draws& draws) { return Play(prompt, draws).page(); }

Mood mood(const AgentPrompt& prompt, const Draws& draws) {
  return mood_of(prompt, remembered(prompt).value_or(kNothingViewed), draws);
}

int score(const AgentPrompt& prompt, const Draws& draws) {
  const double satisfied = remembered(prompt).value_or(kNothingViewed);
  return rounded(satisfied + 0.4 * trait(prompt.persona.activity) + 1.1 * draws.normal(kScore, {}), 1, 10);
}

}  // namespace throng::llm::mock

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "agents/calibration/agreement.h"
#include "scenarios/validation/rating_baselines.h"
#include "scenarios/validation/tasks.h"

namespace throng {
namespace {

constexpr std::size_t kMostOnAPage = 20;
/// How often statistical minds are asked: an item is viewed in half of the cases, and the mean of the ratings given is to be an
/// expectation.
constexpr std::uint16_t kTimes = 1000;
constexpr Purpose kItems{"validate/rated-items"};

/// What an agent rated, and how its user did.
struct Rated {
  UserId user{};
  std::vector<ItemId> items;
  std::vector<double> by_agent;
  std::vector<double> expected;  ///< the mean of the agent's ratings of the item over all times it was asked
  std::vector<double> by_user;
};

/// Of one agent's page, over the times it was asked.
struct ItemSums {
  double ratings = 0;
  double times = 0;
};

std::vector<AskedPage> test_pages(const TrainingWorld& world) {
  std::vector<AskedPage> pages;
  for (const AgentId agent : world.population().everyone()) {
    const std::span<const ItemId> own = world.split().test.items_of(world.population().user_of(agent));
    if (own.empty()) continue;
    std::vector<std::uint32_t> order(own.size());
    world.draws().permutation(order, kItems, {.agent = static_cast<std::uint32_t>(agent)});
    AskedPage& page = pages.emplace_back(AskedPage{.agent = agent});
    for (std::size_t n = 0; n < std::min(order.size(), kMostOnAPage); ++n)
      page.items.push_back(own[order[n]]);
  }
  return pages;
}

double rating_of(const Interactions& interactions, UserId user, ItemId item) {
  const std::span<const ItemId> items = interactions.items_of(user);
  const auto place = std::ranges::lower_bound(items, item) - items.begin();
  return static_cast<double>(interactions.ratings_of(user)[static_cast<std::size_t>(place)]);
}

Rated rated_on(const TrainingWorld& world, const AskedPage& asked, const PageRecord& page,
               const std::vector<ItemSums>& all_times) {
  Rated rated{.user = world.population().user_of(asked.agent)};
  for (const Action& action : page.actions) {
    if (action.kind != ActionKind::rate) continue;
    const ItemSums& sums = all_times[action.position - 1U];
    rated.items.push_back(page.item_of(action));
    rated.by_agent.push_back(action.value);
    rated.expected.push_back(sums.ratings / sums.times);
    rated.by_user.push_back(rating_of(world.split().test, rated.user, rated.items.back()));
  }
  return rated;
}

/// Asks the agents `times` times, with other luck each time: what they answered first, and for each page the sums of all.
struct Answers {
  Answers(TrainingWorld& world, std::span<const AskedPage> pages, const Asking& asking, std::uint16_t times) {
    for (const AskedPage& page : pages) sums.emplace_back(page.items.size());
    for (std::uint16_t time = 0; time < times; ++time) {
      std::vector<std::optional<PageRecord>> answers = ask(world, pages, asking, time);
      for (std::size_t n = 0; n < answers.size(); ++n) {
        if (answers[n]) add(*answers[n], sums[n]);
      }
      if (time == 0) first = std::move(answers);
    }
  }

  static void add(const PageRecord& page, std::vector<ItemSums>& sums) {
    for (const Action& action : page.actions) {
      if (action.kind != ActionKind::rate) continue;
      sums[action.position - 1U].ratings += action.value;
      ++sums[action.position - 1U].times;
    }
  }

  std::vector<std::optional<PageRecord>> first;
  std::vector<std::vector<ItemSums>> sums;
};

/// The errors of one agent, or of a baseline in its place.
struct Errors {
  double squared = 0;
  double absolute = 0;
  double ratings = 0;
};

using Stars = std::array<double, 5>;

std::size_t star_of(double rating) {
  return static_cast<std::size_t>(std::clamp(std::round(rating), 1.0, 5.0)) - 1;
}

/// What somebody says in place of the agents, agent by agent.
class Predicted {
 public:
  void add(std::span<const double> predicted, std::span<const double> actual) {
    Errors& errors = errors_.emplace_back();
    for (std::size_t n = 0; n < predicted.size(); ++n) {
      const double error = predicted[n] - actual[n];
      errors.squared += error * error;
      errors.absolute += std::abs(error);
      ++errors.ratings;
      ++said_[star_of(predicted[n])];
      ++true_[star_of(actual[n])];
      all_said_.push_back(predicted[n]);
      all_true_.push_back(actual[n]);
    }
    distances_.push_back(
        wasserstein({predicted.begin(), predicted.end()}, {actual.begin(), actual.end()}).value());
  }

  void add_figures(const std::string& who, std::vector<Figure>& figures) const {
    const auto named = [&](const char* metric) {
      return Figure{
          .task = "ratings", .setting = "test", .metric = metric, .who = who, .agents = errors_.size()};
    };
    const auto add_error = [&](const char* metric, const FigureOfAgents& error) {
      figures.push_back(figure_over_agents(named(metric), errors_.size(), error));
    };
    const auto add_distance = [&](const char* metric, double distance) {
      figures.push_back(named(metric));
      figures.back().value = distance;
    };
    add_error("rmse",
              [&](std::span<const std::uint32_t> of) { return std::sqrt(mean(&Errors::squared, of)); });
    add_error("mae", [&](std::span<const std::uint32_t> of) { return mean(&Errors::absolute, of); });
    add_distance("jensen_shannon", jensen_shannon(said_, true_).value());
    add_distance("wasserstein", wasserstein(all_said_, all_true_).value());
    figures.push_back(mean_figure(named("wasserstein_per_user"), distances_));
  }

 private:
  /// Over all ratings of these agents.
  double mean(double Errors::*sum, std::span<const std::uint32_t> of) const {
    double total = 0;
    double ratings = 0;
    for (const std::uint32_t agent : of) {
      total += errors_[agent].*sum;
      ratings += errors_[agent].ratings;
    }
    return total / ratings;
  }

  std::vector<Errors> errors_;     ///< per agent
  std::vector<double> distances_;  ///< per agent
  Stars said_{};
  Stars true_{};
  std::vector<double> all_said_;
  std::vector<double> all_true_;
};

template <class Predict>
void add_baseline(const std::string& who, const std::vector<Rated>& rated, const Predict& predict,
                  std::vector<Figure>& figures) {
  Predicted predicted;
  for (const Rated& of_agent : rated) {
    std::vector<double> said;
    for (const ItemId item : of_agent.items) said.push_back(predict(of_agent.user, item));
    predicted.add(said, of_agent.by_user);
  }
  predicted.add_figures(who, figures);
}

}  // namespace

TaskResult validate_ratings(TrainingWorld& world, const Asking& asking) {
  if (!world.split().train.columns().ratings) {
    throw Failure(ErrorKind::data,
                  fmt::format("ratings: {} has none to compare with", world.training().name));
  }
  TaskResult result;
  const std::vector<AskedPage> pages = test_pages(world);
  const std::uint16_t times = asking.gateway == nullptr ? kTimes : 1;
  const Answers answers(world, pages, asking, times);
  std::vector<Rated> rated;
  std::size_t unusable = 0;
  std::vector<double> shares;
  for (std::size_t n = 0; n < pages.size(); ++n) {
    if (!answers.first[n]) {
      ++unusable;
      continue;
    }
    Rated of_agent = rated_on(world, pages[n], *answers.first[n], answers.sums[n]);
    shares.push_back(static_cast<double>(of_agent.items.size()) / static_cast<double>(pages[n].items.size()));
    if (!of_agent.items.empty()) rated.push_back(std::move(of_agent));
  }
  if (unusable > 0)
    result.notes.push_back(
        fmt::format("ratings: {} of {} agents gave no usable reply", unusable, pages.size()));
  if (rated.empty()) {
    result.notes.emplace_back("ratings: no agent rated anything that its user rated in the test part");
    return result;
  }
  result.figures.push_back(
      mean_figure({.task = "ratings", .setting = "test", .metric = "rated_share", .who = "agents"}, shares));
  Predicted agents;
  for (const Rated& of_agent : rated) agents.add(of_agent.by_agent, of_agent.by_user);
  agents.add_figures("agents", result.figures);
  if (times > 1) {
    Predicted expected;
    for (const Rated& of_agent : rated) expected.add(of_agent.expected, of_agent.by_user);
    expected.add_figures(fmt::format("agents, mean of {}", times), result.figures);
  }
  const RatingBiases biases(world.split().train);
  add_baseline(
      "global mean", rated, [&](UserId, ItemId) { return biases.mean(); }, result.figures);
  add_baseline(
      "item mean", rated, [&](UserId, ItemId item) { return biases.item_mean(item); }, result.figures);
  const auto by_biases = [&](UserId user, ItemId item) {
    return std::clamp(biases.of(user, item), 1.0, 5.0);
  };
  add_baseline("biases", rated, by_biases, result.figures);
  add_baseline(
      "biases, whole stars", rated,
      [&](UserId user, ItemId item) { return std::round(by_biases(user, item)); }, result.figures);
  return result;
}

}  // namespace throng

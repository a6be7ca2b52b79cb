#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "agents/ranker.h"
#include "scenarios/validation/tasks.h"

namespace throng {
namespace {

/// What a trait is measured by, of what a user or an agent did.
struct Trait {
  const char* name;
  const char* metric;
  std::uint8_t TraitGroups::*group;
  double TraitValues::*value;
};

constexpr std::array kTraits{
    Trait{"activity", "interactions", &TraitGroups::activity, &TraitValues::activity},
    Trait{"conformity", "deviation", &TraitGroups::conformity, &TraitValues::conformity},
    Trait{"diversity", "genres", &TraitGroups::diversity, &TraitValues::diversity},
};
constexpr std::uint8_t kNeutral = 2;

/// By agent; none of those that did nothing.
using Behaviours = std::vector<std::optional<TraitValues>>;

/// Of the users of `done`, which is a part of the dataset or was done by agents. Deviations are those from the mean ratings of the
/// training part.
Behaviours behaviours_of(const TrainingWorld& world, const Interactions& done) {
  const Dataset as_dataset{
      .catalogue = world.catalogue(), .users = world.training().users, .interactions = done};
  const std::vector<TraitValues> values = trait_values(as_dataset);
  Behaviours behaviours;
  for (const AgentId agent : world.population().everyone()) {
    const UserId user = world.population().user_of(agent);
    std::optional<TraitValues>& behaviour = behaviours.emplace_back();
    const std::span<const ItemId> items = done.items_of(user);
    if (items.empty()) continue;
    behaviour = values[index(user)];
    double squares = 0;
    double compared = 0;
    for (std::size_t n = 0; n < done.ratings_of(user).size(); ++n) {
      const auto mean = static_cast<double>(world.mean_ratings()[index(items[n])]);
      if (!is_rated(mean)) continue;
      const double deviation = static_cast<double>(done.ratings_of(user)[n]) - mean;
      squares += deviation * deviation;
      ++compared;
    }
    behaviour->conformity = compared > 0 ? squares / compared : 0;
  }
  return behaviours;
}

/// A session of each agent; abandoned ones did nothing.
Behaviours of_agents(TrainingWorld& world, Ranker& ranker, const SessionOptions& session,
                     const Asking& asking) {
  const Interactions known = all_but(world.all(), world.split().test);
  std::vector<Interaction> rows;
  for (const SessionRecord& played :
       play(world,
            {.ranker = ranker, .mind = world.minds().mind(), .session = session, .not_recommended = known},
            world.population().everyone(), asking)) {
    if (played.abandoned()) continue;
    for (const PageRecord& page : played.pages) {
      for (const Action& action : page.actions) {
        if (action.kind != ActionKind::rate) continue;
        rows.push_back({.user = world.population().user_of(played.agent),
                        .item = page.item_of(action),
                        .rating = static_cast<float>(action.value)});
      }
    }
  }
  return behaviours_of(world, Interactions(world.training().users.size(), world.catalogue().size(),
                                           std::move(rows), {.ratings = true}));
}

class TraitsTask {
 public:
  TraitsTask(const Scenario& scenario, TrainingWorld& world, const Asking& asking)
      : scenario_(scenario), world_(world), asking_(asking) {
    for (const AgentId agent : world.population().everyone())
      groups_.push_back(world.population().traits_of(agent));
  }

  TaskResult run(FitObserver& observer) {
    LocalRanker ranker(fitted_recommender(scenario_.recommender, world_, observer));
    const Behaviours users = behaviours_of(world_, world_.split().test);
    const Behaviours agents = of_agents(world_, ranker, scenario_.session, asking_);
    for (const Trait& trait : kTraits) {
      if (!varies(trait)) {
        result_.notes.push_back(
            fmt::format("traits: {} is left out, the training part does not tell it", trait.name));
        continue;
      }
      TrainingWorld without(scenario_, world_.whole(), observer, {.neutral = trait.group});
      add_figures(trait, "users", users);
      add_figures(trait, "agents", agents);
      add_figures(trait, "agents without it", of_agents(without, ranker, scenario_.session, asking_));
    }
    return std::move(result_);
  }

 private:
  bool varies(const Trait& trait) const {
    return std::ranges::any_of(groups_,
                               [&](const TraitGroups& groups) { return groups.*trait.group != kNeutral; });
  }

  void add_figures(const Trait& trait, const std::string& who, const Behaviours& behaviours) {
    std::array<std::vector<double>, 3> values;
    for (std::size_t agent = 0; agent < behaviours.size(); ++agent) {
      if (behaviours[agent])
        values[groups_[agent].*trait.group - 1U].push_back((*behaviours[agent]).*trait.value);
    }
    for (std::size_t group = 0; group < values.size(); ++group) {
      if (values[group].empty()) continue;
      result_.figures.push_back(mean_figure({.task = "traits",
                                             .setting = fmt::format("{} {}", trait.name, group + 1),
                                             .metric = trait.metric,
                                             .who = who},
                                            values[group]));
    }
  }

  const Scenario& scenario_;
  TrainingWorld& world_;
  const Asking& asking_;
  std::vector<TraitGroups> groups_;  ///< by agent
  TaskResult result_;
};

}  // namespace

TaskResult validate_traits(const Scenario& scenario, TrainingWorld& world, const Asking& asking,
                           FitObserver& observer) {
  if (scenario.has_remote_recommender())
    throw Failure(ErrorKind::usage, "/recommender/kind: traits takes a recommender that is fitted here");
  return TraitsTask(scenario, world, asking).run(observer);
}

}  // namespace throng

#include "scenarios/calibration/people.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "recsys/data/dataset_folder.h"
#include "scenarios/validation/training_world.h"

namespace throng {
namespace {

Scenario scenario_of(const std::string& data, const std::vector<std::string>& overrides) {
  return parse_scenario({{"name", "people"},
                         {"seed", 101},
                         {"dataset", {{"path", data}}},
                         {"mind", {{"kind", "statistical"}}},
                         {"recommender", {{"kind", "popularity"}}}},
                        data, overrides);
}

RecordedSession session_of(const TrainingWorld& world, const RatingHabits& habits, AgentId agent) {
  const Profile profile = world.population().profile(agent);
  const std::span<const ItemId> items = world.split().validation.items_of(profile.user);
  const std::span<const float> ratings = world.split().validation.ratings_of(profile.user);
  std::vector<double> affinities(items.size());
  world.minds().affinity()->of(agent, profile, items, affinities);
  RecordedPage page{.page = 1};
  for (std::size_t n = 0; n < items.size(); ++n) {
    const double stars = std::clamp(std::round(static_cast<double>(ratings[n])), 1.0, 5.0);
    page.items.push_back({.affinity = affinities[n],
                          .historical_rating = static_cast<double>(world.mean_ratings()[index(items[n])]),
                          .aligned = true,
                          .rating = static_cast<std::uint8_t>(stars)});
  }
  return {.agent = world.training().users[index(profile.user)].external_id,
          .traits = profile.traits,
          .habit = habits.of(profile.user),
          .pages = {std::move(page)}};
}

}  // namespace

bool holds_people(const std::filesystem::path& source) {
  return source == "demo" || source.string().starts_with("synthetic:") ||
         (std::filesystem::is_directory(source) && !std::filesystem::exists(source / "run.db"));
}

PeopleSource read_people(const std::string& data, const std::vector<std::string>& overrides,
                         FitObserver& observer) {
  const Scenario scenario = scenario_of(data, overrides);
  Dataset dataset = load_dataset(scenario.dataset_path);
  if (!dataset.interactions.columns().ratings)
    throw Failure(ErrorKind::data, fmt::format("{} has no ratings to fit to", dataset.name));
  const TrainingWorld world(scenario, std::move(dataset), observer);
  const RatingHabits habits(world.split().train, world.mean_ratings());
  PeopleSource source{.description = fmt::format("{}, digest {}, validation part", world.whole().name,
                                                 dataset_digest(world.whole()).hex())};
  for (const AgentId agent : world.population().everyone()) {
    if (!world.split().validation.items_of(world.population().user_of(agent)).empty())
      source.sessions.push_back(session_of(world, habits, agent));
  }
  if (source.sessions.empty())
    throw Failure(ErrorKind::data, fmt::format("{}: its validation part is empty", world.whole().name));
  return source;
}

}  // namespace throng

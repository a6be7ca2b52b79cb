#include <algorithm>

#include <fmt/format.h>

#include "llm/endpoint_options.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

std::string about_ratings(const Dataset& dataset) {
  const bool stated = std::ranges::any_of(dataset.catalogue.items,
                                          [](const Item& item) { return item.mean_rating.has_value(); });
  if (!dataset.ratings_are.empty()) {
    return fmt::format(
        "The ratings of {0} are {1}, 1 to 5: prompts tell of {2} and of no rating habits. The statistical "
        "mind "
        "and figures take {1} for ratings.",
        dataset.name, dataset.ratings_are,
        stated ? "no rating of others but the means that the dataset states" : "no rating of others");
  }
  if (dataset.interactions.columns().ratings) return "";
  if (stated) {
    return fmt::format(
        "{} has no ratings of its users, only means of items: the trait conformity is the same for "
        "all agents that bring no trait groups of their own.",
        dataset.name);
  }
  return fmt::format(
      "{} has no ratings: items are shown without any, popularity alone says what is liked by "
      "many, and the trait conformity is the same for all agents that bring none of their own. "
      "Ratings, N_like, P_like and S_sat rest on how well an item fits a taste.",
      dataset.name);
}

std::string about_genres(const Dataset& dataset) {
  if (dataset.catalogue.has_genres()) return "";
  return fmt::format(
      "{} has no genres: the figures of genres (top genre share, distinct genres) mean nothing, tastes "
      "rest on who chose what, and the trait diversity is the same for all agents that bring none of "
      "their own.",
      dataset.name);
}

std::string about_titles(const Dataset& dataset) {
  return dataset.catalogue.has_titles()
             ? ""
             : fmt::format("{} has no titles: items go by their ids.", dataset.name);
}

std::string about_split(const Scenario& scenario, const Dataset& dataset) {
  if (dataset.given_split.empty() || !scenario.split_kind || *scenario.split_kind == SplitKind::given)
    return "";
  return fmt::format(
      "{} brings a split of its own, but the scenario asks for another one (dataset.split.kind is {}): "
      "figures do not compare with those of its own split.",
      dataset.name, *scenario.split_kind == SplitKind::ratio ? "ratio" : "leave_last_out");
}

bool are_few(const PopulationOptions& population, const Dataset& dataset) {
  return population.source == PopulationOptions::Source::users && !population.file && population.agents > 0 &&
         population.agents < dataset.users.size();
}

std::string about_agents(const Scenario& scenario, const Dataset& dataset) {
  if (!are_few(scenario.population, dataset) ||
      scenario.population.choice == PopulationOptions::Choice::random)
    return "";
  return fmt::format("{}, in its order: not a sample of them (population.choice).",
                     who_agents_are(scenario, dataset));
}

std::string about_prices(const Scenario& scenario) {
  if (scenario.budget.money == llm::Money()) return "";
  std::string free;
  for (const llm::EndpointOptions& endpoint : scenario.endpoints) {
    if (llm::is_free_of_charge(endpoint))
      free += fmt::format("{}{} of {}", free.empty() ? "" : ", ", endpoint.model, endpoint.url);
  }
  if (free.empty()) return "";
  return fmt::format(
      "No price is stated for {}: a server of this machine counts as free, and the budget in USD does not "
      "limit its calls.",
      free);
}

std::string about_adverts(const Scenario& scenario) {
  const bool has_adverts = std::ranges::any_of(scenario.page_policies,
                                               [](const Json& policy) { return policy.contains("words"); });
  const bool all_read =
      std::ranges::all_of(scenario.minds, [](const MindOptions& mind) { return mind.llm.has_value(); });
  if (!has_adverts || all_read) return "";
  return "The statistical mind cannot read: to its agents an advert is a place on the page, whatever its "
         "words.";
}

std::string about_actions(const Scenario& scenario, const Dataset& dataset) {
  if (scenario.session.actions == AllowedActions()) return "";
  const bool some_compute = std::ranges::any_of(
      scenario.minds, [](const MindOptions& mind) { return !mind.llm && !mind.fitted_to_llm; });
  if (!some_compute) return "";
  return fmt::format(
      "How often the statistical mind saves, shares and searches is chosen, not measured: compare what that "
      "changes, not how often it happens.{}",
      scenario.session.actions.search && !dataset.catalogue.has_genres()
          ? " It searches for genres only, of which there are none here."
          : "");
}

std::string about_order(const Scenario& scenario) {
  const bool goes_by_rank = std::ranges::any_of(
      scenario.minds, [](const MindOptions& mind) { return mind.llm && !mind.llm->mind.shuffles; });
  if (!goes_by_rank) return "";
  return "Prompts tell of a page in the order of its ranking (mind.order), and language models go by the "
         "order of their prompts: what is viewed and liked says more about places than about items.";
}

std::string about_tastes(const Scenario& scenario) {
  const bool tastes_like_the_recommender = std::ranges::any_of(scenario.minds, [&](const MindOptions& mind) {
    return mind.taste["kind"] == scenario.recommender["kind"];
  });
  if (!tastes_like_the_recommender) return "";
  return fmt::format(
      "Tastes and recommender are the same model, {}: agents like what it recommends because it does, and "
      "beside other recommenders it looks better than it is.",
      scenario.recommender["kind"].get<std::string>());
}

std::string about_questions(const Scenario& scenario) {
  const std::vector<InterviewQuestion>& questions = scenario.session.questions;
  const bool all_read =
      std::ranges::all_of(scenario.minds, [](const MindOptions& mind) { return mind.llm.has_value(); });
  if (questions.empty() || all_read) return "";
  std::string unanswered;
  for (const InterviewQuestion& question : questions) {
    if (question.kind != InterviewQuestion::Kind::score)
      unanswered += fmt::format("{}{}", unanswered.empty() ? "" : ", ", question.name);
  }
  return fmt::format(
      "The statistical mind cannot read: its agents answer questions of the kind score by their "
      "satisfaction, whatever is asked{}.",
      unanswered.empty() ? "" : fmt::format(", and do not answer the others ({})", unanswered));
}

}  // namespace

std::string who_agents_are(const Scenario& scenario, const Dataset& dataset) {
  const PopulationOptions& population = scenario.population;
  const bool is_random = population.choice == PopulationOptions::Choice::random;
  const std::string users = fmt::format("users of {}", dataset.name);
  const std::string people = population.file
                                 ? fmt::format("people of {}, who have histories of {}",
                                               scenario.population_file->filename().string(), users)
                                 : users;
  if (population.source == PopulationOptions::Source::sampled) {
    return fmt::format("The agents are drawn with replacement from the {}, each with its taste moved by {}",
                       people, population.perturbation);
  }
  if (population.agents == 0) return fmt::format("The agents are the {}", people);
  if (population.file || are_few(population, dataset)) {
    return fmt::format("The agents are {} {} of the {}{}", is_random ? "a random sample:" : "the first",
                       population.agents, population.file ? "" : fmt::format("{} ", dataset.users.size()),
                       people);
  }
  const std::size_t sampled = population.agents - dataset.users.size();
  if (sampled == 0) return fmt::format("The agents are the {}", people);
  return fmt::format("The agents are the {} {}, and {} sampled from them, each with its taste moved by {}",
                     dataset.users.size(), people, sampled, population.perturbation);
}

std::vector<std::string> caveats(const Scenario& scenario, const Dataset& dataset) {
  std::vector<std::string> sentences;
  for (std::string sentence :
       {about_ratings(dataset), about_genres(dataset), about_titles(dataset), about_split(scenario, dataset),
        about_agents(scenario, dataset), about_prices(scenario), about_adverts(scenario),
        about_actions(scenario, dataset), about_questions(scenario), about_order(scenario),
        about_tastes(scenario)}) {
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace throng

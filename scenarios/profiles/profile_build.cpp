#include "scenarios/profiles/profile_build.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "agents/population.h"
#include "agents/profile/profile_questions.h"
#include "engine/base/files.h"
#include "scenarios/gateway/call_report.h"
#include "scenarios/profiles/profile_calls.h"
#include "scenarios/run/run.h"
#include "scenarios/run/simulation.h"
#include "scenarios/run/written_profiles.h"
#include "scenarios/scenario/arms.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

const LlmOptions& language_model_of(const Scenario& scenario) {
  for (const MindOptions& mind : scenario.minds) {
    if (mind.llm) return *mind.llm;
  }
  throw Failure(ErrorKind::usage,
                "/mind: profiles are written by a language model: expected a mind of the kind \"llm\"");
}

std::string line_of(const User& user, const Persona& persona) {
  return Json{{"user", user.external_id},
              {"taste", persona.taste},
              {"reason", persona.reason},
              {"high_rating", persona.high_rating},
              {"low_rating", persona.low_rating}}
             .dump(-1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

std::string line_of(const Item& item, const ItemProfile& profile) {
  return Json{{"item", item.external_id}, {"known", profile.known}, {"summary", profile.summary}}.dump(
             -1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

/// What is asked about each subject, and the lines that come of it.
struct Build {
  std::vector<std::size_t> subjects;         ///< users or items, ascending
  std::map<std::size_t, std::string> lines;  ///< by subject; none: nothing usable was said
  ProfileCalls::Questions questions;
};

/// The users that agents of the scenario are made after, of a study those of all its runs on this dataset; ascending.
std::vector<std::size_t> users_of_population(const Scenario& scenario, const Dataset& dataset,
                                             const Split& split) {
  const TasteSpace space(dataset.catalogue, split.train);
  std::set<std::size_t> users;
  using Choice = std::tuple<std::uint64_t, std::uint32_t, PopulationOptions::Source,
                            PopulationOptions::Choice, std::string>;
  std::set<Choice> seen;  // what decides who agents are: most arms have the same
  for (const std::string& arm : arms_of(scenario)) {
    if (scenario_of(scenario, arm).dataset_path != scenario.dataset_path) continue;
    for (std::uint32_t replicate = 0; replicate < scenario.replicates; ++replicate) {
      const Scenario run = run_of(scenario, arm, replicate);
      const PopulationOptions& options = run.population;
      const std::string file = options.file ? options.file->digest().hex() : "";
      if (!seen.emplace(run.seed, options.agents, options.source, options.choice, file).second) continue;
      const Draws draws(run.seed);
      const Population population(dataset, space, options, draws);
      for (const AgentId agent : population.everyone()) users.insert(index(population.user_of(agent)));
    }
  }
  return {users.begin(), users.end()};
}

std::vector<std::size_t> subjects_of(const Scenario& scenario, const ProfileBuildOptions& options,
                                     const Dataset& dataset, const Split& split) {
  const bool users = options.kind == ProfileKind::personas;
  std::vector<std::size_t> subjects;
  if (users && !options.all_users) {
    subjects = users_of_population(scenario, dataset, split);
  } else {
    subjects.resize(users ? dataset.users.size() : dataset.catalogue.size());
    std::iota(subjects.begin(), subjects.end(), std::size_t{0});
  }
  if (options.count > 0) subjects.resize(std::min(subjects.size(), options.count));
  return subjects;
}

Build build_of(const ProfileBuildOptions& options, const ProfileQuestions& questions,
               std::vector<std::size_t> subjects) {
  const bool users = options.kind == ProfileKind::personas;
  Build build{.subjects = std::move(subjects)};
  build.questions.schema = users ? persona_schema() : item_profile_schema();
  build.questions.words = [&questions, users](std::size_t subject) {
    return users ? questions.about_user(UserId(subject)) : questions.about_item(ItemId(subject));
  };
  return build;
}

void take_into(Build& build, const ProfileBuildOptions& options, const Dataset& dataset) {
  const auto keep = [&build](std::size_t subject, const auto& of, const auto& read) {
    if (const auto* problem = std::get_if<std::string>(&read)) return *problem;
    build.lines[subject] = line_of(of, std::get<0>(read));
    return std::string();
  };
  if (options.kind == ProfileKind::personas) {
    build.questions.take = [keep, &dataset](std::size_t subject, const Json& reply) {
      return keep(subject, dataset.users[subject], read_persona(reply));
    };
  } else {
    build.questions.take = [keep, &dataset](std::size_t subject, const Json& reply) {
      return keep(subject, dataset.catalogue.items[subject], read_item_profile(reply));
    };
  }
}

Json provenance(const Scenario& scenario, const ProfileBuildOptions& options, const LlmOptions& llm,
                const Interactions& train, std::size_t asked, std::size_t unusable) {
  Json json = {{"kind", options.kind == ProfileKind::personas ? "personas" : "items"},
               {"throng_version", THRONG_VERSION},
               {"model", llm.mind.models.front()},
               {"temperature", llm.mind.temperature},
               {"prompt_digest", ProfileQuestions::templates_digest().hex()},
               {"dataset_digest", scenario.dataset_digest},
               {"seed", scenario.seed}};
  if (options.kind == ProfileKind::personas) {
    json["training"] = history_digest(train).hex();
    json["history"] = options.history;
  }
  json["asked"] = asked;
  json["unusable"] = unusable;
  return json;
}

void check_free(const ProfileBuildOptions& options) {
  std::error_code error;
  if (!options.overwrite && fs::exists(options.file, error))
    throw Failure(ErrorKind::usage,
                  fmt::format("{} exists already: --overwrite replaces it", options.file.string()));
}

Dataset load_titled(Scenario& scenario) {
  Dataset dataset = load_pinned_dataset(scenario);
  if (!dataset.catalogue.has_titles()) {
    throw Failure(ErrorKind::usage,
                  fmt::format("a language model knows items by their titles, but {} has none", dataset.name));
  }
  return dataset;
}

/// How many calls for the model its endpoints take at once.
std::size_t calls_in_flight(const Scenario& scenario, const std::string& model) {
  std::size_t calls = 0;
  for (const llm::EndpointOptions& endpoint : scenario.endpoints)
    calls += endpoint.model == model ? static_cast<std::size_t>(endpoint.max_in_flight) : 0;
  return calls;
}

/// Throws Failure(stopped) if not all could be asked about.
void ask_all(ProfileCalls& calls, std::span<const std::size_t> subjects, RunGateway& gateway,
             const fs::path& folder) {
  const InterruptGuard interrupt;
  try {
    if (calls.ask_all(subjects, [&] { return !interrupt.interrupted(); })) return;
    gateway.drain();
    throw Failure(ErrorKind::stopped, "interrupted");
  } catch (const Failure& failure) {
    if (failure.kind() != ErrorKind::stopped) throw;
    throw Failure(ErrorKind::stopped,
                  fmt::format("{}; what was answered is kept in {}: the same command goes on", failure.what(),
                              folder.string()));
  }
}

void check_usable(const Scenario& scenario, const ProfileCalls& calls, std::size_t count) {
  const std::size_t unusable = calls.unusable().size();
  const double most = scenario.max_degraded_share.value_or(1) * static_cast<double>(count);
  if (static_cast<double>(unusable) <= most) return;
  throw Failure(ErrorKind::quality,
                fmt::format("of {} replies {} could not be used, the last one because {}: more than the "
                            "scenario's max_degraded_share {}",
                            count, unusable, calls.last_problem(), *scenario.max_degraded_share));
}

}  // namespace

fs::path calls_folder(const fs::path& file) { return fs::path(file).replace_extension(".calls"); }

Json build_profiles(Scenario scenario, const ProfileBuildOptions& options) {
  check_free(options);
  const LlmOptions llm = language_model_of(scenario);
  scenario.profiles = {};  // the file may be the one that is to be written
  Progress progress(options.progress);
  const Dataset dataset = load_titled(scenario);
  const Split split = split_for(scenario, dataset);
  const Draws draws(scenario.seed);
  const ProfileQuestions questions(dataset, split.train, item_name_of(scenario, dataset), options.history,
                                   draws);
  Build build = build_of(options, questions, subjects_of(scenario, options, dataset, split));
  take_into(build, options, dataset);
  const std::size_t count = build.subjects.size();

  const fs::path folder = calls_folder(options.file);
  CallsFolder paid(folder, scenario, options.earlier, progress);
  RunGateway& gateway = paid.gateway();
  ProfileCalls calls(build.questions, llm.mind, calls_in_flight(scenario, llm.mind.models.front()), draws,
                     gateway.gateway());
  ask_all(calls, build.subjects, gateway, folder);
  check_usable(scenario, calls, count);
  const std::size_t unusable = calls.unusable().size();
  const Json head = {{"provenance", provenance(scenario, options, llm, split.train, count, unusable)}};
  std::string text = head.dump() + "\n";
  for (const auto& [subject, line] : build.lines) text += line;
  write_file(options.file, text);
  progress.finish();
  return {{"file", options.file.string()},
          {"kind", head["provenance"]["kind"]},
          {"written", count - unusable},
          {"unusable", unusable},
          {"digest", hash128(text).hex()},
          {"llm", call_report(gateway.journal(), gateway.counts(), gateway.embedding_counts())}};
}

}  // namespace throng

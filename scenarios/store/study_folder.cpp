#include "scenarios/store/study_folder.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "scenarios/store/run_reader.h"

namespace throng {
namespace {

Json scenario_of(const std::filesystem::path& folder) {
  return read_json(folder / "scenario.json", ErrorKind::data);
}

/// Of a resolved scenario, as a folder holds it. Throws Failure(data) for what cannot be the name of a run's folder.
std::vector<std::string> arms_of(const Json& scenario) {
  if (!scenario.contains("control") && !scenario.contains("arms")) return {kIntervention};
  std::vector<std::string> names;
  for (const auto& [name, changes] : changes_of_arms(scenario)) names.push_back(name);
  if (names.empty() || !std::ranges::all_of(names, is_plain_name))
    throw Failure(ErrorKind::data, "scenario.json: /arms: expected an object with names of arms");
  return names;
}

std::uint32_t replicates_of(const Json& scenario) {
  const auto found = scenario.find("replicates");
  return found != scenario.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 1;
}

std::string leaf_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

}  // namespace

std::vector<std::pair<std::string, Json>> changes_of_arms(const Json& scenario) {
  if (const auto control = scenario.find("control"); control != scenario.end())
    return {{kIntervention, Json::object()}, {kControl, *control}};
  std::vector<std::pair<std::string, Json>> arms;
  if (const auto named = scenario.find("arms"); named != scenario.end() && named->is_object()) {
    for (const auto& [name, changes] : named->items()) arms.emplace_back(name, changes);
  }
  return arms;
}

std::string short_path(const std::string& path, std::span<const std::string> all) {
  const std::string leaf = leaf_of(path);
  const auto same = std::ranges::count_if(all, [&](const auto& other) { return leaf_of(other) == leaf; });
  return same == 1 ? leaf : path;
}

StudyRun study_run(const std::filesystem::path& study, const std::string& arm, std::uint32_t replicate) {
  return {.arm = arm, .replicate = replicate, .folder = study / fmt::format("{}-{}", arm, replicate)};
}

bool is_study_folder(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "scenario.json")) return false;
  const Json scenario = scenario_of(folder);
  return scenario.is_object() &&
         (replicates_of(scenario) > 1 || scenario.contains("control") || scenario.contains("arms"));
}

std::vector<StudyRun> study_runs(const std::filesystem::path& study) {
  const Json scenario = scenario_of(study);
  std::vector<StudyRun> runs;
  for (std::uint32_t replicate = 1; replicate <= replicates_of(scenario); ++replicate) {
    for (const std::string& arm : arms_of(scenario)) runs.push_back(study_run(study, arm, replicate));
  }
  return runs;
}

std::string baseline_of(const std::filesystem::path& study) {
  const Json scenario = scenario_of(study);
  const std::string otherwise = scenario.contains("control") ? kControl : arms_of(scenario).front();
  return scenario.value("baseline", otherwise);
}

std::string baseline_for(const std::string& arm, const std::string& baseline,
                         std::span<const std::string> arms) {
  const std::size_t point = std::min(arm.find(','), arm.size());
  std::string counterpart = baseline + arm.substr(point);
  return std::ranges::find(arms, counterpart) == arms.end() ? baseline : counterpart;
}

std::string run_status(const std::filesystem::path& run_folder) {
  return std::filesystem::exists(run_folder / "run.db") ? RunReader(run_folder).meta("status") : "";
}

}  // namespace throng

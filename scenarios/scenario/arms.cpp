#include "scenarios/scenario/arms.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "scenarios/store/study_folder.h"

namespace throng {
namespace {

bool is_of_another_kind(const Json& object, const Json& patch) {
  return object.contains("kind") && patch.contains("kind") && object["kind"] != patch["kind"];
}

/// See with_changes.
Json merged(const Json& target, const Json& patch) {
  if (!patch.is_object()) return patch;
  Json result = target.is_object() && !is_of_another_kind(target, patch) ? target : Json::object();
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null()) {
      result.erase(key);
    } else {
      result[key] = merged(result.value(key, Json()), value);
    }
  }
  return result;
}

/// `digest` says what is in the place that `paths` name: it goes when one of them changes and no other digest comes.
void forget_digest(Json& changed, const Json& patch, const char* section, const char* digest,
                   std::initializer_list<const char*> paths) {
  if (!patch.contains(section) || !patch[section].is_object() || patch[section].contains(digest)) return;
  const auto comes = [&](const char* path) { return patch[section].contains(path); };
  if (std::ranges::any_of(paths, comes)) changed[section].erase(digest);
}

/// Where an arm's changes stand in the study's file.
std::string place_of(const Json& study, const std::string& arm) {
  return study.contains("control") ? "/control" : "/arms/" + arm;
}

/// What belongs to the study as a whole.
void check_changes(const Json& changes, const std::string& place, const std::string& source) {
  for (const char* key : {"replicates", "control", "arms", "sweep", "baseline", "seed", "budget"}) {
    if (!changes.contains(key)) continue;
    throw Failure(ErrorKind::usage,
                  fmt::format("{}: {}/{}: all arms share the study's \"{}\": it cannot be changed for one",
                              source, place, key, key));
  }
}

/// Arms have folders of their own.
void check_name(const std::string& name, const std::string& source) {
  if (is_plain_name(name)) return;
  throw Failure(ErrorKind::usage,
                fmt::format("{}: /arms/{}: expected a name of up to 100 letters, digits and _ . + = , - that "
                            "begins with a letter or a digit",
                            source, name.substr(0, 120)));
}

/// What all arms begin with.
Json base_of(Json study) {
  for (const char* key : {"replicates", "control", "arms", "baseline"}) study.erase(key);
  return study;
}

}  // namespace

std::vector<std::string> arms_of(const Scenario& study) {
  if (study.arms.empty()) return {kIntervention};
  std::vector<std::string> names;
  for (const StudyArm& arm : study.arms) names.push_back(arm.name);
  return names;
}

const Scenario& scenario_of(const Scenario& study, const std::string& arm) {
  return study.arms.empty() ? study : *std::ranges::find(study.arms, arm, &StudyArm::name)->scenario;
}

Scenario run_of(const Scenario& study, const std::string& arm, std::uint32_t replicate) {
  Scenario run = scenario_of(study, arm);
  run.seed = study.seed + replicate;
  run.replicates = 1;
  run.arms.clear();
  pin_prompts(run.minds);
  return run;
}

std::vector<StudyArm> read_arms(const Json& study, const std::string& source) {
  if (study.contains("control") && study.contains("arms")) {
    throw Failure(ErrorKind::usage,
                  fmt::format("{}: /control: it is one of \"arms\": expected one of the two", source));
  }
  std::vector<StudyArm> arms;
  for (const auto& [name, changes] : changes_of_arms(study)) {
    check_name(name, source);
    check_changes(changes, place_of(study, name), source);
    arms.push_back({.name = name,
                    .scenario = std::make_shared<const Scenario>(parse_scenario(
                        with_changes(base_of(study), changes), fmt::format("{}, {}", source, name), {}))});
  }
  return arms;
}

std::string read_baseline(const Json& study, const std::vector<StudyArm>& arms, const std::string& source) {
  if (!study.contains("baseline")) {
    if (study.contains("control")) return kControl;
    return arms.empty() ? "" : arms.front().name;
  }
  auto name = study["baseline"].get<std::string>();
  const auto is_meant = [&](const StudyArm& arm) {
    return arm.name == name || arm.name.starts_with(name + ",");
  };
  std::vector<std::string> names;
  for (const StudyArm& arm : arms) names.push_back(arm.name);
  if (std::ranges::any_of(arms, is_meant)) {
    for (const std::string& arm : names) {
      const std::string counterpart = baseline_for(arm, name, names);
      if (std::ranges::find(names, counterpart) != names.end()) continue;
      throw Failure(
          ErrorKind::usage,
          fmt::format("{}: /baseline: there is no arm \"{}\" that the arm {} could be compared with; "
                      "expected an arm, or the first part of the names of arms that stand at "
                      "every point of a sweep",
                      source, name + arm.substr(std::min(arm.find(','), arm.size())), arm));
    }
    return name;
  }
  throw Failure(ErrorKind::usage, fmt::format("{}: /baseline: there is no arm \"{}\"; expected one of: {}",
                                              source, name, fmt::join(names, ", ")));
}

Json arm_of(const Json& study, const std::string& arm) {
  for (const auto& [name, changes] : changes_of_arms(study)) {
    if (name == arm) return with_changes(base_of(study), changes);
  }
  return base_of(study);
}

Json with_changes(const Json& written, const Json& changes) {
  Json changed = merged(written, changes);
  forget_digest(changed, changes, "dataset", "digest", {"path"});
  forget_digest(changed, changes, "dataset", "personas_digest", {"path", "personas"});
  forget_digest(changed, changes, "dataset", "item_profiles_digest", {"path", "item_profiles"});
  forget_digest(changed, changes, "population", "file_digest", {"file"});
  forget_digest(changed, changes, "mind", "prompts_digest", {"prompts", "protocol"});
  return changed;
}

Json changes_between(const Json& from, const Json& to) {
  if (is_of_another_kind(from, to)) return to;
  Json patch = Json::object();
  for (const auto& [key, value] : from.items()) {
    if (!to.contains(key)) patch[key] = nullptr;
  }
  for (const auto& [key, value] : to.items()) {
    const Json before = from.value(key, Json());
    if (nlohmann::json(before) == nlohmann::json(value)) continue;  // whatever the order of keys
    patch[key] = before.is_object() && value.is_object() ? changes_between(before, value) : value;
  }
  return patch;
}

std::optional<Json> defaults_of_kind(const Json& study, const Json& changes, const std::string& path) {
  const std::string section = path.substr(0, path.find('.'));
  std::string pointer = "/" + path;
  std::ranges::replace(pointer, '.', '/');
  if (path.find_first_of("/~") != std::string::npos) return std::nullopt;  // no key of a scenario
  const Json::json_pointer place(pointer);
  // No more of the arm than it takes: what else it names, such as a file of people, may be gone.
  Json scenario = {{"name", "defaults"},
                   {"seed", 1},
                   {"dataset", {{"path", "demo"}}},
                   {"recommender", {{"kind", "random"}}}};
  if (study.contains(section)) scenario[section] = study[section];
  scenario = with_changes(scenario, Json::object({{section, changes.value(section, Json())}}));
  if (!scenario.contains(place)) return std::nullopt;  // a key with a dot: likewise
  const auto read = [&]() -> std::optional<Json> {
    try {
      const Json whole = resolved(parse_scenario(scenario, path, {}));
      return whole.contains(place) ? std::optional(whole[place]) : std::nullopt;
    } catch (const Failure&) {
      return std::nullopt;
    }
  };
  Json& options = scenario.at(place);
  const Json stated = options;
  options = {{"kind", stated.at("kind")}};
  if (auto defaults = read()) return defaults;
  options = stated;
  if (!read()) return std::nullopt;
  for (const auto& [key, value] : stated.items()) {
    options.erase(key);
    if (!read()) options[key] = value;
  }
  Json defaults = read().value();
  for (const auto& [key, value] : options.items()) {
    if (key != "kind") defaults.erase(key);
  }
  return defaults;
}

}  // namespace throng

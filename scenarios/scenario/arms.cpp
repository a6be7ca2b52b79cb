#include "scenarios/scenario/arms.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

namespace throng {
namespace {

bool is_of_another_kind(const Json& object, const Json& patch) {
  return object.contains("kind") && patch.contains("kind") && object["kind"] != patch["kind"];
}

/// See with_control.
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

/// What belongs to the study as a whole.
void check_control(const Json& control, const std::string& source) {
  for (const char* key : {"replicates", "control", "seed", "budget"}) {
    if (!control.contains(key)) continue;
    throw Failure(
        ErrorKind::usage,
        fmt::format("{0}: /control/{1}: both arms share the study's \"{1}\": it cannot be changed for one",
                    source, key));
  }
}

}  // namespace

const char* to_string(Arm arm) { return arm == Arm::intervention ? "intervention" : "control"; }

std::vector<Arm> arms_of(const Scenario& scenario) {
  std::vector<Arm> arms{Arm::intervention};
  if (scenario.control) arms.push_back(Arm::control);
  return arms;
}

const Scenario& scenario_of(const Scenario& study, Arm arm) {
  return arm == Arm::control ? *study.control : study;
}

Scenario run_of(const Scenario& study, Arm arm, std::uint32_t replicate) {
  Scenario run = scenario_of(study, arm);
  run.seed = study.seed + replicate;
  run.replicates = 1;
  run.control = nullptr;
  pin_prompts(run.minds);
  return run;
}

std::shared_ptr<const Scenario> read_control(const Json& study, const std::string& source) {
  if (!study.contains("control")) return nullptr;
  check_control(study["control"], source);
  return std::make_shared<const Scenario>(
      parse_scenario(arm_of(study, Arm::control), source + ", control", {}));
}

Json arm_of(const Json& study, Arm arm) {
  Json scenario = study;
  scenario.erase("replicates");
  scenario.erase("control");
  return arm == Arm::control ? with_control(scenario, study["control"]) : scenario;
}

Json with_control(const Json& written, const Json& control) {
  Json changed = merged(written, control);
  forget_digest(changed, control, "dataset", "digest", {"path"});
  forget_digest(changed, control, "dataset", "personas_digest", {"path", "personas"});
  forget_digest(changed, control, "dataset", "item_profiles_digest", {"path", "item_profiles"});
  forget_digest(changed, control, "population", "file_digest", {"file"});
  forget_digest(changed, control, "mind", "prompts_digest", {"prompts", "protocol"});
  return changed;
}

Json control_between(const Json& from, const Json& to) {
  if (is_of_another_kind(from, to)) return to;
  Json patch = Json::object();
  for (const auto& [key, value] : from.items()) {
    if (!to.contains(key)) patch[key] = nullptr;
  }
  for (const auto& [key, value] : to.items()) {
    const Json before = from.value(key, Json());
    if (nlohmann::json(before) == nlohmann::json(value)) continue;  // whatever the order of keys
    patch[key] = before.is_object() && value.is_object() ? control_between(before, value) : value;
  }
  return patch;
}

}  // namespace throng

// What of a resolved scenario decides results: what may not change when a run is resumed, and what runs are told apart by.
#include <fmt/format.h>

#include "engine/base/hash.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/scenario/mind_options.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

/// What of a resolved `recommender` decides results: of a remote one its model, of a file what is in it.
Json recommender_view(Json recommender) {
  const Json kind = recommender.value("kind", Json());
  if (kind == "remote") return {{"kind", kind}, {"model", recommender.value("model", Json())}};
  if (kind == "rankings") recommender.erase("file");
  return recommender;
}

/// What of a resolved scenario decides results; of a study's arms, too, each as a scenario of its own.
nlohmann::json decisive(const Json& scenario) {
  Json view = scenario;
  for (const char* key : {"$schema", "description", "throng_version", "budget", "journal", "patience",
                          "max_degraded_share", "metrics", "control", "arms", "baseline"})
    view.erase(key);
  for (const char* place : {"path", "personas", "item_profiles"}) {
    if (view.contains("dataset")) view["dataset"].erase(place);
  }
  if (view.contains("population")) view["population"].erase("file");
  if (view.contains("mind")) view["mind"] = result_view(view["mind"]);
  if (view.contains("recommender")) view["recommender"] = recommender_view(view["recommender"]);
  nlohmann::json decides = view;
  if (scenario.contains("control")) decides["control"] = decisive(arm_of(scenario, "control"));
  if (!scenario.contains("arms")) return decides;
  for (const auto& [name, changes] : scenario["arms"].items()) {
    decides["arms"][name] = decisive(arm_of(scenario, name));
    decides["arms_in_order"].push_back(name);  // a study's digest chains those of its runs
  }
  return decides;
}

void leave_unknown_digests(nlohmann::json& a, nlohmann::json& b) {
  std::vector<std::string> datasets{"/dataset", "/control/dataset"};
  const nlohmann::json arms = a.value("arms", nlohmann::json::object());
  for (const auto& [name, arm] : arms.items()) datasets.push_back(fmt::format("/arms/{}/dataset", name));
  for (const std::string& dataset : datasets) {
    for (const char* name : {"digest", "personas_digest", "item_profiles_digest"}) {
      const nlohmann::json::json_pointer digest(fmt::format("{}/{}", dataset, name));
      if (a.contains(digest) && b.contains(digest)) continue;
      for (nlohmann::json* each : {&a, &b}) {
        if (each->contains(digest)) (*each)[digest.parent_pointer()].erase(name);
      }
    }
  }
}

/// Of a study by arm, of a run under "".
nlohmann::json own_metrics(const Json& scenario) {
  nlohmann::json metrics;
  metrics[""] = scenario.value("metrics", Json::object());
  if (scenario.contains("control"))
    metrics["control"] = arm_of(scenario, "control").value("metrics", Json::object());
  const Json arms = scenario.value("arms", Json::object());
  for (const auto& [name, changes] : arms.items())
    metrics[name] = arm_of(scenario, name).value("metrics", Json::object());
  return metrics;
}

}  // namespace

bool have_same_metrics(const Json& before, const Json& now) {
  return own_metrics(before) == own_metrics(now);
}

std::string result_difference(const Json& before, const Json& now) {
  nlohmann::json a = decisive(before);
  nlohmann::json b = decisive(now);
  leave_unknown_digests(a, b);
  const nlohmann::json difference = nlohmann::json::diff(a, b);
  if (difference.empty()) return "";
  const auto path = difference.front()["path"].get<std::string>();
  const auto value_in = [&](const nlohmann::json& json) {
    const nlohmann::json::json_pointer pointer(path);
    return json.contains(pointer) ? json[pointer].dump() : std::string("absent");
  };
  return fmt::format("{} was {}, now it is {}", path, value_in(a), value_in(b));
}

std::string result_identity(const Json& scenario) { return hash128(decisive(scenario).dump()).hex(); }

}  // namespace throng

#include "scenarios/scenario/scenario.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "embedded/scenario_schema.h"
#include "engine/base/hash.h"
#include "recsys/models/registry.h"

namespace throng {
namespace {

[[noreturn]] void fail(const std::string& source, const std::string& problem) {
  throw Failure(ErrorKind::usage, fmt::format("{}: {}", source, problem));
}

const Json& scenario_schema() {
  static const Json schema =
      parse_json(embedded::scenario_schema, "scenario.schema.json", ErrorKind::unexpected).value();
  return schema;
}

/// The mind of a scenario that names none.
const Json kStatistical{{"kind", "statistical"}};

const Json& section_or(const Json& json, const char* key, const Json& otherwise) {
  return json.contains(key) ? json[key] : otherwise;
}

const Json& section(const Json& json, const char* key) {
  static const Json empty = Json::object();
  return json.contains(key) ? json[key] : empty;
}

void read_split(const Json& json, Scenario& scenario) {
  read_if_there(json, "train", scenario.split.train);
  read_if_there(json, "validation", scenario.split.validation);
  read_if_there(json, "test", scenario.split.test);
  read_if_there(json, "k_core", scenario.split.k_core);
  if (json.contains("positive_threshold"))
    scenario.split.positive_threshold = json["positive_threshold"].get<float>();
  if (!json.contains("kind")) return;
  const auto kind = json["kind"].get<std::string>();
  scenario.split_kind = kind == "given"   ? SplitKind::given
                        : kind == "ratio" ? SplitKind::ratio
                                          : SplitKind::leave_last_out;
}

void read_session(const Json& json, Scenario& scenario, const std::string& source) {
  read_if_there(json, "items_per_page", scenario.session.items_per_page);
  read_if_there(json, "max_pages", scenario.session.max_pages);
  const auto policies = make_page_policies(json.value("page_policies", Json::array()), scenario.session);
  if (!policies) fail(source, "/session/page_policies" + policies.error().message);
  for (const auto& policy : *policies) scenario.page_policies.push_back(policy->options());
}

void read_retrain(const Json& json, RetrainOptions& retrain, const std::string& source) {
  if (json.contains("every")) {
    const Result<Duration> every = parse_duration(json["every"].get<std::string>());
    if (!every) fail(source, "/retrain/every: " + every.error().message);
    retrain.every = *every;
  }
  const std::string learns_from = json.value("from", json.empty() ? "nothing" : "viewed");
  retrain.learns = learns_from != "nothing";
  if (learns_from == "aligned") retrain.picks = PickRule::aligned;
  if (learns_from == "liked") retrain.picks = PickRule::liked;
  if (json.value("start", "cold") == "warm") retrain.start = FitStart::warm;
}

void check_round_length(const Scenario& scenario, const std::string& source) {
  const Duration longest = longest_session(scenario.session);
  if (scenario.retrain.every > longest) return;
  fail(source,
       fmt::format("/retrain/every: a round must be longer than the longest session, which takes {} s with "
                   "these pages",
                   std::chrono::ceil<std::chrono::seconds>(longest).count()));
}

void check_shares(const Scenario& scenario, const std::string& source) {
  const SplitOptions& split = scenario.split;
  const double sum = split.train + split.validation + split.test;
  if (std::abs(sum - 1) > 1e-9) {
    fail(source,
         fmt::format("/dataset/split: the shares train {}, validation {} and test {} sum to {}: expected 1",
                     split.train, split.validation, split.test, sum));
  }
}

void read_operations(const Json& json, Scenario& scenario) {
  const Json& budget = section(json, "budget");
  read_if_there(budget, "tokens", scenario.budget.tokens);
  if (budget.contains("usd")) scenario.budget.money = llm::Money::from_dollars(budget["usd"].get<double>());
  read_if_there(budget, "risk", scenario.budget.risk);
  if (section(json, "journal").value("synchronous", "normal") == "full")
    scenario.journal = llm::Durability::power_loss;
  if (json.contains("patience"))
    scenario.patience = std::chrono::seconds(json["patience"].get<std::int64_t>());
  if (json.contains("max_degraded_share"))
    scenario.max_degraded_share = json["max_degraded_share"].get<double>();
}

/// Money limits nothing where it is not known what a token costs.
void check_prices(const Scenario& scenario, const std::string& source) {
  if (scenario.budget.money == llm::Money()) return;
  for (const llm::EndpointOptions& endpoint : scenario.endpoints) {
    if (endpoint.priced || llm::is_free_of_charge(endpoint)) continue;
    fail(source,
         fmt::format("/budget/usd limits nothing while the endpoint {} of {} has no price: expected its "
                     "\"price\" of \"prompt\" and \"completion\", both 0 if it is free",
                     endpoint.url, endpoint.model));
  }
}

/// The scenario with every key's value spelled out. The kind of split stays absent if the dataset decides it.
Json resolved(const Json& json, const Scenario& scenario) {
  Json split = section(json["dataset"], "split");
  if (scenario.split_kind == SplitKind::ratio) {
    split["train"] = scenario.split.train;
    split["validation"] = scenario.split.validation;
    split["test"] = scenario.split.test;
  }
  split["k_core"] = scenario.split.k_core;
  const Json& retrain = section(json, "retrain");
  Json full = {{"name", scenario.name}};
  if (json.contains("description")) full["description"] = json["description"];
  full["throng_version"] = THRONG_VERSION;
  full["seed"] = scenario.seed;
  full["dataset"] = json["dataset"];
  full["dataset"]["split"] = split;
  full["population"] = section(json, "population");
  full["population"]["source"] =
      scenario.population.source == PopulationOptions::Source::sampled ? "sampled" : "users";
  full["population"]["perturbation"] = scenario.population.perturbation;
  full["mind"] = resolved_minds(section_or(json, "mind", kStatistical), scenario.minds);
  full["recommender"] = scenario.recommender;
  full["session"] = {{"items_per_page", scenario.session.items_per_page},
                     {"max_pages", scenario.session.max_pages}};
  if (!scenario.page_policies.empty()) full["session"]["page_policies"] = scenario.page_policies;
  full["rounds"] = scenario.rounds;
  full["retrain"] = {{"every", retrain.value("every", "7d")},
                     {"from", retrain.value("from", retrain.empty() ? "nothing" : "viewed")},
                     {"start", retrain.value("start", "cold")}};
  for (const char* key : {"budget", "journal", "patience", "max_degraded_share"}) {
    if (json.contains(key)) full[key] = json[key];
  }
  full["replicates"] = scenario.replicates;
  return full;
}

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

/// The patch that `merged` makes `to` of `from` with.
Json difference(const Json& from, const Json& to) {
  if (is_of_another_kind(from, to)) return to;
  Json patch = Json::object();
  for (const auto& [key, value] : from.items()) {
    if (!to.contains(key)) patch[key] = nullptr;
  }
  for (const auto& [key, value] : to.items()) {
    const Json before = from.value(key, Json());
    if (nlohmann::json(before) == nlohmann::json(value)) continue;  // whatever the order of keys
    patch[key] = before.is_object() && value.is_object() ? difference(before, value) : value;
  }
  return patch;
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
    if (control.contains(key)) {
      fail(source,
           fmt::format("/control/{}: both arms share the study's \"{}\": it cannot be changed for one", key,
                       key));
    }
  }
}

/// The arm of a study as a scenario of its own.
Json written_arm(const Json& study, Arm arm) {
  Json written = study;
  written.erase("replicates");
  written.erase("control");
  return arm == Arm::control ? with_control(written, study["control"]) : written;
}

/// What the control changes in the resolved scenario; faults of the control are said.
Json resolved_control(const Scenario& study, const std::string& source) {
  check_control(study.written["control"], source);
  const Scenario control = parse_scenario(written_arm(study.written, Arm::control), source + ", control", {});
  Json intervention = study.json;
  intervention["replicates"] = control.json["replicates"];  // they are the study's
  return difference(intervention, control.json);
}

/// What of a resolved `recommender` decides results: of a remote one its model, of a file what is in it.
Json recommender_view(Json recommender) {
  const Json kind = recommender.value("kind", Json());
  if (kind == "remote") return {{"kind", kind}, {"model", recommender.value("model", Json())}};
  if (kind == "rankings") recommender.erase("file");
  return recommender;
}

/// What of a resolved scenario decides results; of a study's control, too, as a scenario of its own.
nlohmann::json decisive(const Json& scenario) {
  Json view = scenario;
  for (const char* key : {"$schema", "description", "throng_version", "budget", "journal", "patience",
                          "max_degraded_share", "control"})
    view.erase(key);
  if (view.contains("dataset")) view["dataset"].erase("path");
  if (view.contains("mind")) view["mind"] = result_view(view["mind"]);
  if (view.contains("recommender")) view["recommender"] = recommender_view(view["recommender"]);
  nlohmann::json decides = view;
  if (scenario.contains("control")) decides["control"] = decisive(written_arm(scenario, Arm::control));
  return decides;
}

void leave_unknown_digests(nlohmann::json& a, nlohmann::json& b) {
  for (const char* path : {"/dataset/digest", "/control/dataset/digest"}) {
    const nlohmann::json::json_pointer digest(path);
    if (a.contains(digest) && b.contains(digest)) continue;
    for (nlohmann::json* each : {&a, &b}) {
      if (each->contains(digest)) (*each)[digest.parent_pointer()].erase("digest");
    }
  }
}

}  // namespace

Scenario parse_scenario(Json json, const std::string& source, const std::vector<std::string>& overrides) {
  apply_overrides(json, overrides);
  const std::vector<std::string> faults = schema_faults(json, scenario_schema());
  if (!faults.empty()) fail(source, fmt::format("{}", fmt::join(faults, "\n" + source + ": ")));

  Scenario scenario;
  read_if_there(json, "name", scenario.name);
  read_if_there(json, "seed", scenario.seed);
  read_if_there(json["dataset"], "path", scenario.dataset_path);
  read_split(section(json["dataset"], "split"), scenario);
  check_shares(scenario, source);

  const Json& population = section(json, "population");
  read_if_there(population, "agents", scenario.population.agents);
  read_if_there(population, "perturbation", scenario.population.perturbation);
  if (population.contains("source") && population["source"] == "sampled") {
    scenario.population.source = PopulationOptions::Source::sampled;
  }

  try {
    MindList read = read_minds(section_or(json, "mind", kStatistical));
    scenario.minds = std::move(read.minds);
    scenario.endpoints = std::move(read.endpoints);
  } catch (const Failure& failure) {
    fail(source, failure.what());
  }
  read_operations(json, scenario);
  check_prices(scenario, source);

  read_session(section(json, "session"), scenario, source);

  read_if_there(json, "rounds", scenario.rounds);
  read_retrain(section(json, "retrain"), scenario.retrain, source);
  check_round_length(scenario, source);

  scenario.recommender = json["recommender"];
  const auto made = make_recommender(scenario.recommender);
  if (!made) fail(source, "/recommender" + made.error().message);
  if (!(*made)->is_deterministic()) {
    fail(source, "/recommender: these options give other results every time; only \"throng rec\" takes them");
  }
  scenario.recommender = (*made)->options();
  if (scenario.recommender["kind"] == "rankings" && scenario.retrain.learns) {
    fail(source, "/retrain/from: a file of rankings does not learn, expected \"nothing\"");
  }
  read_if_there(json, "replicates", scenario.replicates);
  scenario.json = resolved(json, scenario);
  scenario.written = std::move(json);
  if (scenario.written.contains("control")) scenario.json["control"] = resolved_control(scenario, source);
  return scenario;
}

bool Scenario::asks_language_models() const {
  return std::ranges::any_of(minds, [](const MindOptions& mind) { return mind.llm.has_value(); });
}

const char* to_string(Arm arm) { return arm == Arm::intervention ? "intervention" : "control"; }

std::vector<Arm> arms_of(const Scenario& scenario) {
  std::vector<Arm> arms{Arm::intervention};
  if (scenario.has_control()) arms.push_back(Arm::control);
  return arms;
}

Scenario run_of(const Scenario& study, Arm arm, std::uint32_t replicate) {
  Json written = written_arm(study.written, arm);
  written["seed"] = study.seed + replicate;
  return parse_scenario(std::move(written), fmt::format("{}, {}", study.name, to_string(arm)), {});
}

Json with_control(const Json& written, const Json& control) {
  Json changed = merged(written, control);
  forget_digest(changed, control, "dataset", "digest", {"path"});
  forget_digest(changed, control, "mind", "prompts_digest", {"prompts", "protocol"});
  return changed;
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

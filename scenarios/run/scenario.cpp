#include "scenarios/run/scenario.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "embedded/scenario_schema.h"
#include "recsys/models/registry.h"
#include "scenarios/run/schema_check.h"

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

void apply_override(Json& json, const std::string& override_text) {
  const std::size_t equals = override_text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("--set {}: expected path=value, such as recommender.factors=32", override_text));
  }
  std::string path = "/" + override_text.substr(0, equals);
  std::replace(path.begin(), path.end(), '.', '/');
  const std::string text = override_text.substr(equals + 1);
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) value = text;
  try {
    json[Json::json_pointer(path)] = std::move(value);
  } catch (const Json::exception&) {
    throw Failure(ErrorKind::usage,
                  fmt::format("--set {}: {} lies below a value that is not an object", override_text, path));
  }
}

/// Sets `into` if the object has the key.
template <class T>
void read(const Json& object, const char* key, T& into) {
  if (object.contains(key)) into = object[key].get<T>();
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
  read(json, "train", scenario.split.train);
  read(json, "validation", scenario.split.validation);
  read(json, "test", scenario.split.test);
  read(json, "k_core", scenario.split.k_core);
  if (json.contains("positive_threshold"))
    scenario.split.positive_threshold = json["positive_threshold"].get<float>();
  if (!json.contains("kind")) return;
  const auto kind = json["kind"].get<std::string>();
  scenario.split_kind = kind == "given"   ? SplitKind::given
                        : kind == "ratio" ? SplitKind::ratio
                                          : SplitKind::leave_last_out;
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
  read(budget, "tokens", scenario.budget.tokens);
  if (budget.contains("usd")) scenario.budget.money = llm::Money::from_dollars(budget["usd"].get<double>());
  if (section(json, "journal").value("synchronous", "normal") == "full")
    scenario.journal = llm::Durability::power_loss;
  if (json.contains("patience"))
    scenario.patience = std::chrono::seconds(json["patience"].get<std::int64_t>());
  if (json.contains("max_degraded_share"))
    scenario.max_degraded_share = json["max_degraded_share"].get<double>();
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
  full["rounds"] = scenario.rounds;
  full["retrain"] = {{"every", retrain.value("every", "7d")},
                     {"from", retrain.value("from", retrain.empty() ? "nothing" : "viewed")},
                     {"start", retrain.value("start", "cold")}};
  for (const char* key : {"budget", "journal", "patience", "max_degraded_share"}) {
    if (json.contains(key)) full[key] = json[key];
  }
  full["replicates"] = scenario.replicates;
  if (!scenario.control.is_null()) full["control"] = scenario.control;
  return full;
}

/// What of a resolved `recommender` decides results: of a remote one its model, of a file what is in it.
Json recommender_view(Json recommender) {
  const Json kind = recommender.value("kind", Json());
  if (kind == "remote") return {{"kind", kind}, {"model", recommender.value("model", Json())}};
  if (kind == "rankings") recommender.erase("file");
  return recommender;
}

}  // namespace

Scenario parse_scenario(Json json, const std::string& source, const std::vector<std::string>& overrides) {
  for (const std::string& text : overrides) apply_override(json, text);
  const std::vector<std::string> faults = schema_faults(json, scenario_schema());
  if (!faults.empty()) fail(source, fmt::format("{}", fmt::join(faults, "\n" + source + ": ")));

  Scenario scenario;
  read(json, "name", scenario.name);
  read(json, "seed", scenario.seed);
  read(json["dataset"], "path", scenario.dataset_path);
  read_split(section(json["dataset"], "split"), scenario);
  check_shares(scenario, source);

  const Json& population = section(json, "population");
  read(population, "agents", scenario.population.agents);
  read(population, "perturbation", scenario.population.perturbation);
  if (population.contains("source") && population["source"] == "sampled") {
    scenario.population.source = PopulationOptions::Source::sampled;
  }

  try {
    scenario.minds = read_minds(section_or(json, "mind", kStatistical));
  } catch (const Failure& failure) {
    fail(source, failure.what());
  }
  read_operations(json, scenario);

  const Json& session = section(json, "session");
  read(session, "items_per_page", scenario.session.items_per_page);
  read(session, "max_pages", scenario.session.max_pages);

  read(json, "rounds", scenario.rounds);
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
  read(json, "replicates", scenario.replicates);
  scenario.control = json.value("control", Json());
  scenario.json = resolved(json, scenario);
  return scenario;
}

Scenario read_scenario(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  return parse_scenario(read_json(file, ErrorKind::usage), file.string(), overrides);
}

bool Scenario::asks_language_models() const {
  return std::ranges::any_of(minds, [](const MindOptions& mind) { return mind.llm.has_value(); });
}

std::string first_result_difference(const Json& a, const Json& b) {
  const auto view = [](const Json& scenario) {
    Json decisive = scenario;
    for (const char* key : {"$schema", "description", "budget", "journal", "patience", "max_degraded_share"})
      decisive.erase(key);
    if (decisive.contains("dataset")) decisive["dataset"].erase("path");
    if (decisive.contains("mind")) decisive["mind"] = result_view(decisive["mind"]);
    if (decisive.contains("recommender")) decisive["recommender"] = recommender_view(decisive["recommender"]);
    return nlohmann::json(decisive);
  };
  const nlohmann::json difference = nlohmann::json::diff(view(a), view(b));
  return difference.empty() ? "" : difference.front()["path"].get<std::string>();
}

}  // namespace throng

#include "scenarios/scenario/scenario.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/pages/page_policy.h"
#include "embedded/scenario_schema.h"
#include "recsys/models/registry.h"
#include "scenarios/scenario/arms.h"
#include "scenarios/scenario/own_metrics.h"

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

const Json& section(const Json& json, const char* key) {
  static const Json empty = Json::object();
  return json.contains(key) ? json[key] : empty;
}

// Writers get their section as it was stated, and return it with what it means: its keys keep their order.

/// An option that is left out while it has its default, unless it was stated, and stays as it was stated ("4", not "4.0").
template <class T>
void write_stated(Json& json, const char* key, const T& value, const std::type_identity_t<T>& otherwise) {
  const auto stated = json.find(key);
  if (stated != json.end() && stated->get<T>() == value) return;
  if (value == otherwise) {
    json.erase(key);
  } else {
    json[key] = value;
  }
}

template <class T>
void write_stated(Json& json, const char* key, const std::optional<T>& value) {
  if (value) {
    const auto stated = json.find(key);
    if (stated == json.end() || stated->get<T>() != *value) json[key] = *value;
  } else {
    json.erase(key);
  }
}

/// Values and their words in the file.
template <class Value, std::size_t n>
using Words = std::array<std::pair<const char*, Value>, n>;

constexpr Words<SplitKind, 3> kSplitKinds{{{"ratio", SplitKind::ratio},
                                           {"leave_last_out", SplitKind::leave_last_out},
                                           {"given", SplitKind::given}}};
constexpr Words<PopulationOptions::Source, 2> kSources{
    {{"users", PopulationOptions::Source::users}, {"sampled", PopulationOptions::Source::sampled}}};
constexpr Words<PopulationOptions::Choice, 2> kChoices{
    {{"first", PopulationOptions::Choice::first}, {"random", PopulationOptions::Choice::random}}};
constexpr std::array<std::pair<const char*, TraitCut TraitCuts::*>, 3> kTraitCuts{
    {{"activity", &TraitCuts::activity},
     {"conformity", &TraitCuts::conformity},
     {"diversity", &TraitCuts::diversity}}};
constexpr Words<PickRule, 5> kPickRules{{{"viewed", PickRule::viewed},
                                         {"aligned", PickRule::aligned},
                                         {"liked", PickRule::liked},
                                         {"unviewed", PickRule::unviewed},
                                         {"random", PickRule::random}}};
constexpr Words<FitStart, 2> kFitStarts{{{"cold", FitStart::cold}, {"warm", FitStart::warm}}};
constexpr Words<llm::Durability, 2> kDurabilities{
    {{"normal", llm::Durability::process}, {"full", llm::Durability::power_loss}}};

template <class Value, std::size_t n>
std::string word_for(const Words<Value, n>& words, Value value) {
  return std::ranges::find(words, value, &std::pair<const char*, Value>::second)->first;
}

/// The value of the word under `key`, or else `otherwise`.
template <class Value, std::size_t n>
Value read_word(const Json& json, const char* key, const Words<Value, n>& words, Value otherwise) {
  if (!json.contains(key)) return otherwise;
  const auto found = std::ranges::find(words, json[key].get_ref<const std::string&>(),
                                       &std::pair<const char*, Value>::first);
  return found == words.end() ? otherwise : found->second;
}

constexpr std::array<std::pair<const char*, double SplitOptions::*>, 3> kShares{
    {{"train", &SplitOptions::train},
     {"validation", &SplitOptions::validation},
     {"test", &SplitOptions::test}}};

void read_split(const Json& json, std::optional<SplitKind>& kind, SplitOptions& split) {
  if (json.contains("kind")) kind = read_word(json, "kind", kSplitKinds, split.kind);
  for (const auto& [key, share] : kShares) read_if_there(json, key, split.*share);
  if (json.contains("positive_threshold")) split.positive_threshold = json["positive_threshold"].get<float>();
  read_if_there(json, "k_core", split.k_core);
}

/// Shares are spelled out where they count; the kind stays absent if the dataset decides it.
Json write_split(Json json, const std::optional<SplitKind>& kind, const SplitOptions& split) {
  write_stated(json, "kind", kind ? word_for(kSplitKinds, *kind) : "", "");
  for (const auto& [key, share] : kShares) {
    if (kind == SplitKind::ratio) {
      json[key] = split.*share;
    } else {
      write_stated(json, key, split.*share, SplitOptions().*share);
    }
  }
  json["k_core"] = split.k_core;
  write_stated(json, "positive_threshold", split.positive_threshold);
  return json;
}

void read_profiles(const Json& json, ProfileFiles& profiles, const std::string& source) {
  read_if_there(json, "personas", profiles.personas);
  read_if_there(json, "personas_digest", profiles.personas_digest);
  read_if_there(json, "item_profiles", profiles.items);
  read_if_there(json, "item_profiles_digest", profiles.items_digest);
  profiles.leaves_out_unknown = json.value("unknown_items", "kept") == "left_out";
  if (profiles.leaves_out_unknown && profiles.items.empty())
    fail(source,
         "/dataset/unknown_items: which items are unknown stands in \"item_profiles\": there are none");
}

Json write_profiles(Json json, const ProfileFiles& profiles) {
  write_stated(json, "personas", profiles.personas, "");
  write_stated(json, "personas_digest", profiles.personas_digest, "");
  write_stated(json, "item_profiles", profiles.items, "");
  write_stated(json, "item_profiles_digest", profiles.items_digest, "");
  return json;
}

void read_dataset(const Json& json, Scenario& scenario, const std::string& source) {
  read_profiles(json, scenario.profiles, source);
  read_if_there(json, "path", scenario.dataset_path);
  read_if_there(json, "digest", scenario.dataset_digest);
  read_split(section(json, "split"), scenario.split_kind, scenario.split);
}

Json write_dataset(Json json, const Scenario& scenario) {
  json["path"] = scenario.dataset_path;
  json["split"] = write_split(section(json, "split"), scenario.split_kind, scenario.split);
  write_stated(json, "digest", scenario.dataset_digest, "");
  return write_profiles(std::move(json), scenario.profiles);
}

void read_trait_cuts(const Json& json, TraitCuts& cuts, const std::string& source) {
  for (const auto& [trait, cut] : kTraitCuts) {
    if (!json.contains(trait)) continue;
    const TraitCut stated{.lower = json[trait][0].get<double>(), .upper = json[trait][1].get<double>()};
    if (stated.lower > stated.upper) {
      fail(source,
           fmt::format("/population/trait_cuts/{}: {} is above {}: expected the lower percentile first",
                       trait, stated.lower, stated.upper));
    }
    cuts.*cut = stated;
  }
}

/// The people of a file are read when the dataset is known; what the file holds decides results from now on.
void read_population_file(const Json& json, Scenario& scenario, const std::string& source) {
  if (!json.contains("file")) {
    if (json.contains("file_digest")) fail(source, "/population/file_digest: there is no \"file\"");
    return;
  }
  scenario.population_file = json["file"].get<std::string>();
  scenario.population.file = std::make_shared<const PopulationFile>(*scenario.population_file);
  scenario.population_digest = scenario.population.file->digest().hex();
  const std::string pinned = json.value("file_digest", scenario.population_digest);
  if (pinned != scenario.population_digest) {
    fail(source, fmt::format("/population/file_digest: the scenario wants \"{}\", but {} has \"{}\"", pinned,
                             scenario.population_file->string(), scenario.population_digest));
  }
}

void read_population(const Json& json, Scenario& scenario, const std::string& source) {
  PopulationOptions& population = scenario.population;
  read_population_file(json, scenario, source);
  read_if_there(json, "agents", population.agents);
  population.source = read_word(json, "source", kSources, population.source);
  population.choice = read_word(json, "choice", kChoices, population.choice);
  read_trait_cuts(section(json, "trait_cuts"), population.trait_cuts, source);
  read_if_there(json, "perturbation", population.perturbation);
  read_if_there(json, "trait_perturbation", population.trait_perturbation);
}

Json write_population(Json json, const Scenario& scenario) {
  const PopulationOptions& population = scenario.population;
  if (scenario.population_file) {
    json["file"] = scenario.population_file->string();
    json["file_digest"] = scenario.population_digest;
  }
  write_stated(json, "agents", population.agents, 0);
  json["source"] = word_for(kSources, population.source);
  write_stated(json, "choice", word_for(kChoices, population.choice), "first");
  json["perturbation"] = population.perturbation;
  write_stated(json, "trait_perturbation", population.trait_perturbation, 0);
  return json;
}

void read_mind(const Json& json, Scenario& scenario, const std::string& source) try {
  static const Json statistical{{"kind", "statistical"}};
  MindList read = read_minds(json.contains("mind") ? json["mind"] : statistical);
  scenario.minds = std::move(read.minds);
  scenario.endpoints = std::move(read.endpoints);
  pin_prompts(scenario.minds);
} catch (const Failure& failure) {
  fail(source, failure.what());
}

Json write_mind_section(const Json& json, const std::vector<MindOptions>& minds) {
  return write_minds(minds, minds.size() > 1 || json.is_array());
}

void read_session(const Json& json, Scenario& scenario, const std::string& source) {
  read_if_there(json, "items_per_page", scenario.session.items_per_page);
  read_if_there(json, "max_pages", scenario.session.max_pages);
  read_if_there(json, "memory_bytes", scenario.session.memory_bytes);
  read_if_there(json, "repeat_consumption", scenario.repeat_consumption);
  for (const Json& name : json.value("actions", Json::array()))
    scenario.session.actions.*
        std::ranges::find(allowed_actions(), name.get<std::string>(), &AllowedAction::name)->is_allowed =
        true;
  const auto policies = make_page_policies(json.value("page_policies", Json::array()), scenario.session);
  if (!policies) fail(source, "/session/page_policies" + policies.error().message);
  for (const auto& policy : *policies) scenario.page_policies.push_back(policy->options());
}

Json write_session(const Scenario& scenario) {
  Json json = {{"items_per_page", scenario.session.items_per_page},
               {"max_pages", scenario.session.max_pages},
               {"memory_bytes", scenario.session.memory_bytes}};
  if (scenario.repeat_consumption) json["repeat_consumption"] = true;
  for (const AllowedAction& action : allowed_actions())
    if (scenario.session.actions.*action.is_allowed) json["actions"].push_back(action.name);
  if (!scenario.page_policies.empty()) json["page_policies"] = scenario.page_policies;
  return json;
}

void check_question(const InterviewQuestion& question, const Json& json, const std::string& source,
                    const std::string& path) {
  using Kind = InterviewQuestion::Kind;
  for (const auto& [key, kind] :
       {std::pair{"least", Kind::score}, {"most", Kind::score}, {"options", Kind::choice}}) {
    if (json.contains(key) && question.kind != kind) {
      fail(source, fmt::format("{}/{}: only a question of the kind \"{}\" has it, this one is of the kind "
                               "\"{}\"",
                               path, key, to_string(kind), to_string(question.kind)));
    }
  }
  if (question.kind == Kind::score && question.least >= question.most) {
    fail(source, fmt::format("{}/most: {}: expected more than the least score, {}", path, question.most,
                             question.least));
  }
  if (question.kind == Kind::choice && question.options.empty())
    fail(source, fmt::format("{}/options: missing; expected what there is to choose from", path));
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    const auto first = std::ranges::find(question.options, question.options[i]);
    if (first == question.options.begin() + static_cast<std::ptrdiff_t>(i)) continue;
    fail(source, fmt::format("{}/options/{}: \"{}\" stands in the list already", path, i, *first));
  }
}

void read_interview(const Json& json, std::vector<InterviewQuestion>& questions, const std::string& source) {
  for (const Json& each : section(json, "questions")) {
    const std::string path = fmt::format("/interview/questions/{}", questions.size());
    InterviewQuestion question = question_from(each);
    check_question(question, each, source, path);
    if (std::ranges::find(questions, question.name, &InterviewQuestion::name) != questions.end())
      fail(source, fmt::format("{}/name: \"{}\" is the name of an earlier question: expected one of its own",
                               path, question.name));
    questions.push_back(std::move(question));
  }
}

Json write_interview(const std::vector<InterviewQuestion>& questions) {
  Json list = Json::array();
  for (const InterviewQuestion& question : questions) list.push_back(to_json(question));
  return {{"questions", std::move(list)}};
}

void read_retrain(const Json& json, RetrainOptions& retrain, const std::string& source) {
  if (json.contains("every")) {
    const Result<Duration> every = parse_duration(json["every"].get<std::string>());
    if (!every) fail(source, "/retrain/every: " + every.error().message);
    retrain.every = *every;
  }
  retrain.learns = json.value("from", json.empty() ? "nothing" : "viewed") != "nothing";
  retrain.picks = read_word(json, "from", kPickRules, retrain.picks);
  retrain.start = read_word(json, "start", kFitStarts, retrain.start);
}

Json write_retrain(const Json& json, const RetrainOptions& retrain) {
  const std::string every = json.value("every", "7d");
  return {{"every", parse_duration(every).value() == retrain.every ? every : duration_text(retrain.every)},
          {"from", retrain.learns ? word_for(kPickRules, retrain.picks) : "nothing"},
          {"start", word_for(kFitStarts, retrain.start)}};
}

void read_budget(const Json& json, llm::BudgetOptions& budget) {
  read_if_there(json, "tokens", budget.tokens);
  if (json.contains("usd")) budget.money = llm::Money::from_dollars(json["usd"].get<double>());
  read_if_there(json, "risk", budget.risk);
}

Json write_budget(Json json, const llm::BudgetOptions& budget) {
  const double usd = json.value("usd", 0.0);
  const bool is_stated = llm::Money::from_dollars(usd) == budget.money;
  write_stated(json, "tokens", budget.tokens, 0);
  write_stated(json, "usd", is_stated ? usd : budget.money.dollars(), 0);
  write_stated(json, "risk", budget.risk, 0);
  return json;
}

/// What may change between a run and its resumption.
void read_operations(const Json& json, Scenario& scenario) {
  read_budget(section(json, "budget"), scenario.budget);
  scenario.journal = read_word(section(json, "journal"), "synchronous", kDurabilities, scenario.journal);
  if (json.contains("patience"))
    scenario.patience = std::chrono::seconds(json["patience"].get<std::int64_t>());
  if (json.contains("max_degraded_share"))
    scenario.max_degraded_share = json["max_degraded_share"].get<double>();
}

/// Keys that are left out while nobody states them.
void write_operations(const Json& json, const Scenario& scenario, Json& full) {
  const Json budget = write_budget(section(json, "budget"), scenario.budget);
  if (json.contains("budget") || !budget.empty()) full["budget"] = budget;
  Json journal = section(json, "journal");
  write_stated(journal, "synchronous", word_for(kDurabilities, scenario.journal), "normal");
  if (json.contains("journal") || !journal.empty()) full["journal"] = journal;
  for (const char* key : {"patience", "max_degraded_share"}) {
    if (json.contains(key)) full[key] = json[key];
  }
  write_stated(full, "patience", std::int64_t{scenario.patience.count()},
               std::int64_t{Scenario().patience.count()});
  write_stated(full, "max_degraded_share", scenario.max_degraded_share);
}

void check_shares(const SplitOptions& split, const std::string& source) {
  const double sum = split.train + split.validation + split.test;
  if (std::abs(sum - 1) > 1e-9) {
    fail(source,
         fmt::format("/dataset/split: the shares train {}, validation {} and test {} sum to {}: expected 1",
                     split.train, split.validation, split.test, sum));
  }
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

void check_round_length(const Scenario& scenario, const std::string& source) {
  const Duration longest = longest_session(scenario.session);
  if (scenario.retrain.every > longest) return;
  fail(source,
       fmt::format("/retrain/every: a round must be longer than the longest session, which takes {} s with "
                   "these pages",
                   std::chrono::ceil<std::chrono::seconds>(longest).count()));
}

/// There has to be a round to learn from, and somebody.
void check_fitted(const Scenario& scenario, const std::string& source) {
  const auto fitted = std::ranges::count_if(scenario.minds, &MindOptions::fitted_to_llm);
  if (fitted == 0) return;
  if (fitted > 1) fail(source, "/mind: one mind at most may be fitted_to \"llm\"");
  if (!scenario.asks_language_models())
    fail(source, "/mind: fitted_to is \"llm\", but no mind of the list is of the kind \"llm\"");
  if (scenario.rounds < 2)
    fail(source, "/rounds: expected at least 2: agents fitted to language models come from the second on");
}

/// With the options that the kind has, each with its value.
Json read_recommender(const Json& json, const RetrainOptions& retrain, const std::string& source) {
  const auto made = make_recommender(json);
  if (!made) fail(source, "/recommender" + made.error().message);
  if (!(*made)->is_deterministic()) {
    fail(source, "/recommender: these options give other results every time; only \"throng rec\" takes them");
  }
  Json options = (*made)->options();
  if (options["kind"] == "rankings" && retrain.learns) {
    fail(source, "/retrain/from: a file of rankings does not learn, expected \"nothing\"");
  }
  return options;
}

void write_arms(const Scenario& scenario, Json& full) {
  const Json base = full;
  Json changes = Json::object();
  for (const StudyArm& arm : scenario.arms) {
    Json whole = resolved(*arm.scenario);
    whole["replicates"] = scenario.replicates;  // they are the study's
    changes[arm.name] = changes_between(base, whole);
  }
  if (scenario.written.contains("control")) {
    full["control"] = changes["control"];
  } else if (!scenario.arms.empty()) {
    full["arms"] = changes;
  }
  if (scenario.written.contains("baseline") || full.contains("arms")) full["baseline"] = scenario.baseline;
}

}  // namespace

Scenario parse_scenario(Json json, const std::string& source, const std::vector<std::string>& overrides) {
  apply_overrides(json, overrides);
  const std::vector<std::string> faults = schema_faults(json, scenario_schema());
  if (!faults.empty()) fail(source, fmt::format("{}", fmt::join(faults, "\n" + source + ": ")));
  json = with_sweep_as_arms(std::move(json), source);

  Scenario scenario;
  read_if_there(json, "name", scenario.name);
  read_if_there(json, "seed", scenario.seed);
  read_dataset(json["dataset"], scenario, source);
  check_shares(scenario.split, source);
  read_population(section(json, "population"), scenario, source);
  read_mind(json, scenario, source);
  read_operations(json, scenario);
  check_prices(scenario, source);
  read_session(section(json, "session"), scenario, source);
  read_interview(section(json, "interview"), scenario.session.questions, source);
  read_if_there(json, "rounds", scenario.rounds);
  check_fitted(scenario, source);
  read_retrain(section(json, "retrain"), scenario.retrain, source);
  check_round_length(scenario, source);
  scenario.recommender = read_recommender(json["recommender"], scenario.retrain, source);
  scenario.metrics = read_metrics(section(json, "metrics"), source);
  read_if_there(json, "replicates", scenario.replicates);
  scenario.arms = read_arms(json, source);
  scenario.baseline = read_baseline(json, scenario.arms, source);
  scenario.written = std::move(json);
  return scenario;
}

Json resolved(const Scenario& scenario) {
  const Json& json = scenario.written;
  Json full = {{"name", scenario.name}};
  if (json.contains("description")) full["description"] = json["description"];
  full["throng_version"] = THRONG_VERSION;
  full["seed"] = scenario.seed;
  full["dataset"] = write_dataset(section(json, "dataset"), scenario);
  full["population"] = write_population(section(json, "population"), scenario);
  full["mind"] = write_mind_section(section(json, "mind"), scenario.minds);
  full["recommender"] = scenario.recommender;
  full["session"] = write_session(scenario);
  if (!scenario.session.questions.empty()) full["interview"] = write_interview(scenario.session.questions);
  full["rounds"] = scenario.rounds;
  full["retrain"] = write_retrain(section(json, "retrain"), scenario.retrain);
  if (!scenario.metrics.empty()) full["metrics"] = write_metrics(scenario.metrics);
  write_operations(json, scenario, full);
  full["replicates"] = scenario.replicates;
  write_arms(scenario, full);
  return full;
}

InterviewQuestion checked_question(const Json& json, const std::string& source) {
  static const Json schema =
      scenario_schema().at(Json::json_pointer("/properties/interview/properties/questions/items"));
  if (const std::vector<std::string> faults = schema_faults(json, schema); !faults.empty())
    fail(source, fmt::format("{}", fmt::join(faults, "; ")));
  InterviewQuestion question = question_from(json);
  check_question(question, json, source, "");
  return question;
}

std::string item_name_of(const Scenario& scenario, const Dataset& dataset) {
  for (const MindOptions& mind : scenario.minds) {
    if (mind.llm && !mind.llm->views.item_name.empty()) return mind.llm->views.item_name;
  }
  return dataset.item_name;
}

bool Scenario::asks_language_models() const {
  return std::ranges::any_of(minds, [](const MindOptions& mind) { return mind.llm.has_value(); });
}

}  // namespace throng

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/population.h"
#include "agents/session.h"
#include "agents/training_data.h"
#include "engine/base/json.h"
#include "llm/budget_log.h"
#include "recsys/data/dataset.h"
#include "recsys/data/split.h"
#include "recsys/recommender/recommender.h"
#include "scenarios/scenario/mind_options.h"
#include "scenarios/store/sql_metrics.h"

namespace throng {

/// What happens to the recommender between rounds.
struct RetrainOptions {
  Duration every = std::chrono::days(7);  ///< the length of a round; longer than the longest session
  /// What agents pick of what they are shown.
  PickRule picks = PickRule::viewed;
  bool learns = false;  ///< whether the picks enter the training data
  FitStart start = FitStart::cold;
};

/// What language models have written about a dataset (throng persona build): files beside it.
struct ProfileFiles {
  std::string personas;         ///< a name, of DATASET/personas/NAME.jsonl, or a path; "": none
  std::string personas_digest;  ///< of the file's bytes; "": not known yet
  std::string items;            ///< likewise, of DATASET/items/NAME.jsonl
  std::string items_digest;
  bool leaves_out_unknown = false;  ///< items that the model did not know are not in the dataset
};

struct Scenario;

/// One of the arms of a study: a scenario of its own.
struct StudyArm {
  std::string name;  ///< may be part of a file's name
  std::shared_ptr<const Scenario> scenario;
};

/// A checked scenario: the one place for what its file means. The JSON contract is scenarios/schema/scenario.schema.json; a
/// further option has a member here, and a line in the reader and in the writer of its section (scenario.cpp).
struct Scenario {
  std::string name;
  std::uint64_t seed = 0;
  std::string dataset_path;    ///< a dataset folder or "demo"
  std::string dataset_digest;  ///< of its content; "": not known yet
  ProfileFiles profiles;
  std::optional<SplitKind> split_kind;  ///< empty: given if the dataset brings a split, else ratio
  SplitOptions split;                   ///< its kind and seed are set when the dataset is known
  PopulationOptions population;
  std::optional<std::filesystem::path> population_file;  ///< where population.file was read from
  std::string population_digest;                         ///< of its bytes; "": there is none
  std::vector<MindOptions> minds;                        ///< at least one
  std::vector<llm::EndpointOptions> endpoints;           ///< of all minds and their embedders, each once
  llm::BudgetOptions budget;                             ///< for everything that is paid
  llm::Durability journal = llm::Durability::process;
  std::chrono::seconds patience{600};  ///< with endpoints that ask to be left alone or bring nothing usable
  std::optional<double> max_degraded_share;  ///< of the pages: more and the run fails its quality bar
  Json recommender;                          ///< for make_recommender, every option with its value
  std::uint16_t rounds = 1;
  RetrainOptions retrain;
  SessionOptions session;
  bool repeat_consumption = false;     ///< what an agent has picked may be recommended to it again
  Json page_policies = Json::array();  ///< for make_page_policies
  std::vector<SqlMetric> metrics;      ///< of its own, beside those that every run has
  std::uint32_t replicates = 1;
  std::vector<StudyArm> arms;  ///< of a study of several, in their order
  std::string baseline;        ///< the arm that the others are compared with; "": there are none
  /// As it was read, overrides applied: the order of its keys, how it states numbers, and what is only text. What it means
  /// stands in the other members.
  Json written;

  bool asks_language_models() const;
  bool has_remote_recommender() const { return recommender["kind"] == "remote"; }
  bool asks_anybody() const { return asks_language_models() || has_remote_recommender(); }
  /// Several runs instead of one: replicates, or arms.
  bool is_study() const { return replicates > 1 || !arms.empty(); }
};

/// Reads, changes and checks a scenario file. `overrides` are "path=value" with keys joined by dots, such as
/// "recommender.factors=32"; the value is JSON, or else taken as text. Throws Failure(usage) naming file,
/// JSON path, value and what was expected.
Scenario read_scenario(const std::filesystem::path& file, const std::vector<std::string>& overrides);

/// The same for a scenario already in memory; `source` names it in errors.
Scenario parse_scenario(Json json, const std::string& source, const std::vector<std::string>& overrides);

/// The whole scenario, every key with its value; saved with a run. Read again it is the same. Its `arms`, or its `control`, are
/// what makes the resolved arms of it; a `sweep` has become arms.
Json resolved(const Scenario& scenario);

/// See read_scenario.
void apply_overrides(Json& json, const std::vector<std::string>& overrides);

/// The first key that differs between two resolved scenarios and decides results, in words ("/seed was 1, now it is 7"); empty if
/// there is none. A digest that one of the two does not know yet is no difference. Operational keys decide nothing: where the dataset
/// and the prompt templates lie (what is in them does, and is compared by its digest), endpoints but for their models, how a
/// remote recommender is reached, the budget, the journal, the quality bar, and metrics of the scenario's own.
std::string result_difference(const Json& before, const Json& now);

/// Whether two resolved scenarios have the same metrics of their own, those of arms among them: they are taken from a run's rows when it
/// is over, decide nothing in it, and are taken again from the rows of a finished run that is resumed with others.
bool have_same_metrics(const Json& before, const Json& now);

/// What tells runs that could have other results apart: a hash of the keys of a resolved scenario that decide them.
std::string result_identity(const Json& scenario);

/// A scenario, or any part of one, as it may be written down and shown: the values that it states for headers, and what stands
/// before the @ of an address, are replaced by "[redacted]". Names of environment variables stay. These are all
/// operational, so that what is written can be resumed and replayed; asking an endpoint takes the scenario as it was.
Json written_form(Json part);

/// The scenario files of the project's folder scenarios/, which are built in: `throng run demo` works from anywhere. Names
/// as of the files, without ".json", in order.
std::vector<std::string> shipped_scenario_names();

/// The text of the shipped scenario with this name.
std::optional<std::string_view> shipped_scenario(std::string_view name);

/// Checks `document` against a JSON Schema (draft 7; valijson). One sentence per fault, in the order of the
/// document's keys: the JSON path, the value and what was expected; for an unknown key the closest known one. After 20
/// faults only that there are more.
std::vector<std::string> schema_faults(const Json& document, const Json& schema);

/// A question as it may stand in a scenario's interview.questions. Throws Failure(usage) naming `source`, JSON path, value and what was
/// expected.
InterviewQuestion checked_question(const Json& json, const std::string& source);

/// What an item is called before agents and in reports: as the first mind that states it has it, else as the dataset says.
std::string item_name_of(const Scenario& scenario, const Dataset& dataset);

/// Who the agents are, in a sentence: all users, the first ones, a random sample of them, or people of a file.
std::string who_agents_are(const Scenario& scenario, const Dataset& dataset);

/// Where the results of a scenario lose part of their meaning on this dataset, for whoever reads them: sentences.
std::vector<std::string> caveats(const Scenario& scenario, const Dataset& dataset);

}  // namespace throng

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agents/population.h"
#include "agents/session.h"
#include "agents/training_data.h"
#include "engine/base/json.h"
#include "llm/budget_log.h"
#include "recsys/data/split.h"
#include "recsys/models/recommender.h"
#include "scenarios/run/mind_options.h"

namespace throng {

/// What happens to the recommender between rounds.
struct RetrainOptions {
  Duration every = std::chrono::days(7);  ///< the length of a round; longer than the longest session
  /// What agents pick of what they are shown.
  PickRule picks = PickRule::viewed;
  bool learns = false;  ///< whether the picks enter the training data
  FitStart start = FitStart::cold;
};

/// A checked scenario. The JSON contract is scenarios/schema/scenario.schema.json.
struct Scenario {
  std::string name;
  std::uint64_t seed = 0;
  std::string dataset_path;             ///< a dataset folder or "demo"
  std::optional<SplitKind> split_kind;  ///< empty: given if the dataset brings a split, else ratio
  SplitOptions split;                   ///< its kind and seed are set when the dataset is known
  PopulationOptions population;
  std::vector<MindOptions> minds;  ///< at least one
  llm::BudgetOptions budget;       ///< for everything that is paid
  llm::Durability journal = llm::Durability::process;
  std::chrono::seconds patience{600};  ///< with endpoints that ask to be left alone or bring nothing usable
  std::optional<double> max_degraded_share;  ///< of the pages: more and the run fails its quality bar
  Json recommender;                          ///< for make_recommender
  std::uint16_t rounds = 1;
  RetrainOptions retrain;
  SessionOptions session;
  std::uint32_t replicates = 1;
  Json control;  ///< the changes (a JSON merge patch) that make the control arm; null without one
  Json json;     ///< the whole scenario as resolved: every key with its value; saved with the run

  bool asks_language_models() const;
  bool has_remote_recommender() const { return recommender["kind"] == "remote"; }
  bool asks_outside() const { return asks_language_models() || has_remote_recommender(); }
  /// Several runs instead of one: replicates, or a control beside them.
  bool is_study() const { return replicates > 1 || !control.is_null(); }
};

/// Reads, changes and checks a scenario file. `overrides` are "path=value" with keys joined by dots, such as
/// "recommender.factors=32"; the value is JSON, or else taken as text. Throws Failure(usage) naming file,
/// JSON path, value and what was expected.
Scenario read_scenario(const std::filesystem::path& file, const std::vector<std::string>& overrides);

/// The same for a scenario already in memory; `source` names it in errors.
Scenario parse_scenario(Json json, const std::string& source, const std::vector<std::string>& overrides);

/// The JSON path of the first key that differs and decides results; empty if there is none. Operational keys decide
/// nothing: where the dataset and the prompt templates lie (what is in them does, and is compared by its digest), endpoints but for
/// their models, how a remote recommender is reached, the budget, the journal, the quality bar.
std::string first_result_difference(const Json& a, const Json& b);

}  // namespace throng

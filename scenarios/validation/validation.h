#pragma once

#include <string>
#include <vector>

#include "scenarios/run/run.h"
#include "scenarios/validation/tasks.h"
#include "scenarios/validation/taste_task.h"

namespace throng {

/// The tasks there are, in the order in which they run.
std::vector<std::string> validation_tasks();

struct ValidationOptions {
  std::vector<std::string> tasks;  ///< of `validation_tasks`; empty: all
  TasteOptions taste;
  std::vector<std::filesystem::path> transcripts;          ///< recorded replies, of the task of that name
  std::vector<std::string> recommenders = fitted_kinds();  ///< of the task of that name
  std::filesystem::path folder;
  ExistingFolder existing = ExistingFolder::refuse;
  std::optional<EarlierRun> earlier;  ///< whose replies are used; see RunGateway
  Progress::Output progress = Progress::Output::stderr_;
};

struct Validation {
  Json json;  ///< of validation.json, see docs/validation.md
  std::vector<Figure> figures;
  std::vector<std::string> notes;
};

/// Validates a scenario's agents into a folder: validation.json, validation.csv and report.html; for language models the journal and the budget's
/// log of a run, with which it is resumed and replayed as a run is. Of the scenario its dataset, seed, population and mind count.
///
/// Throws Failure(usage) for an unknown task, and what `run_scenario` throws.
Validation validate(Scenario scenario, const ValidationOptions& options);

}  // namespace throng

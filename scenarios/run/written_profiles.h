#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/hash.h"
#include "recsys/data/dataset.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

// What language models have written about a dataset lies beside it, in files of JSON lines whose first line is an object
// {"provenance": {...}} that says which model wrote it, asked how, from what.

/// Where `dataset.personas` (`kind` "personas") or `dataset.item_profiles` ("items") lies: DATASET/KIND/NAME.jsonl for a name, the
/// path itself for anything with a '/' or a '.' in it.
std::filesystem::path profile_file(const std::string& dataset_path, const std::string& kind,
                                   const std::string& name_or_path);

/// Puts what the scenario names into the dataset: personas in place of the users' own, summaries in place of the items' own, and,
/// if the scenario wants that, without the items that the model did not know. The scenario then knows the files' digests. Throws
/// Failure(usage) if a file cannot be read, has another digest than the scenario says, or tells of nobody; Failure(data),
/// "file:line: reason", for what is wrong in it.
void apply_profiles(Scenario& scenario, Dataset& dataset);

/// Of users, items and ratings: what personas were written from.
Hash128 history_digest(const Interactions& train);

/// That the scenario's personas were written from another training part than this one, so that they may know what is held out
/// here; "" if they were not, or say nothing about it.
std::string about_other_training(const Scenario& scenario, const Interactions& train);

}  // namespace throng

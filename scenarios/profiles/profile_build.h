#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "engine/base/json.h"
#include "scenarios/gateway/run_gateway.h"
#include "scenarios/run/progress.h"
#include "scenarios/scenario/scenario.h"

namespace throng {

enum class ProfileKind {
  personas,  ///< of users, from their training histories
  items,     ///< a sentence about each item, and whether the model knows it
};

struct ProfileBuildOptions {
  ProfileKind kind = ProfileKind::personas;
  std::filesystem::path file;  ///< to be written; see written_profiles.h
  std::size_t history = 50;    ///< items of a user that the model is told of at most
  bool all_users = false;      ///< of the dataset, else those that agents of the scenario are made after
  std::size_t count = 0;       ///< the first so many of these users, or of the items; 0: all
  bool overwrite = false;      ///< a file that is there already
  std::optional<EarlierRun> earlier{};  ///< whose replies are used
  Progress::Output progress = Progress::Output::stderr_;
};

/// Where the calls of a file are kept, its journal and what its budget has seen: beside it, NAME.calls.
std::filesystem::path calls_folder(const std::filesystem::path& file);

/// Asks the first language model of the scenario's minds about each user of its population (of a study: of all its runs on this
/// dataset), or each item of its dataset, one call
/// each, as many at a time as its endpoints take, through the journal and the budget of `calls_folder`, and writes what it says. Whatever has been paid for is never asked again: after it has
/// stopped, the same call goes on. A reply that cannot be used is told to the model and asked again, as often as the mind's
/// `repairs`; whom it still says nothing usable about is left out and counted. The file depends on the scenario's seed and the
/// replies alone.
///
/// Returns {"file", "kind", "written", "unusable", "digest", "llm" (call_report)}. Throws Failure(usage) if no mind asks language
/// models, the dataset has no titles, or the file is there; Failure(stopped) after an interrupt, and as the gateway throws;
/// Failure(quality) if more than the scenario's max_degraded_share could not be used.
Json build_profiles(Scenario scenario, const ProfileBuildOptions& options);

}  // namespace throng

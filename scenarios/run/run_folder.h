#pragma once

#include <filesystem>
#include <optional>

#include "engine/base/folder_lock.h"
#include "scenarios/run/scenario.h"

namespace throng {

/// What to do about a run folder that exists already.
enum class ExistingFolder {
  refuse,     ///< a usage error
  resume,     ///< complete it; nothing to do if it has finished; start it if it is absent
  overwrite,  ///< replace it
};

/// Whether the scenario may be run into the folder; returns the summary if there is nothing left to do. Changes
/// nothing. Throws Failure(usage) if the folder is in the way or holds another scenario, naming the first key that
/// differs.
std::optional<Json> check_folder(const Scenario& scenario, const std::filesystem::path& folder,
                                 ExistingFolder existing);

/// Makes the folder, locks it and leaves nothing of an earlier run in it but the scenario, and, to resume it, what it has paid
/// for. Throws Failure(usage) if it cannot be written or is locked.
FolderLock start_folder(const Scenario& scenario, const std::filesystem::path& folder,
                        ExistingFolder existing);

}  // namespace throng

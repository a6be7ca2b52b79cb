#pragma once

#include <filesystem>

#include "recsys/data/dataset.h"

namespace throng {

/// Reads a canonical dataset folder (docs/dataset-folder.md). Throws Failure(data) naming file, line and
/// reason.
Dataset read_dataset_folder(const std::filesystem::path& folder);

/// Writes a canonical dataset folder: into a new folder beside `folder` first, renamed when it is complete,
/// so that nothing half-written stays. Throws Failure(usage) if `folder` exists and is not empty, and
/// Failure(unexpected) if it cannot be written.
void write_dataset_folder(const Dataset& dataset, const std::filesystem::path& folder);

}  // namespace throng

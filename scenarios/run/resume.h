#pragma once

#include <filesystem>

#include "engine/base/json.h"

namespace throng {

/// There is no checkpoint. A resumed run is the same run, executed again from its start: every reply that was paid for comes from its
/// own journal (JournaledGateway), what was spent from its budget.log, and results are written anew; runs of a study that have
/// finished are not executed again. So nothing may have changed that decides what is asked and done.
///
/// Throws Failure(usage) unless the run or study in `folder` can go on as `scenario`, which is resolved: it is the same
/// scenario, was begun by this version of Throng (unless it has finished, or nothing of it is kept), and no file that is
/// written on is a link.
void check_resumable(const std::filesystem::path& folder, const Json& scenario);

/// Throws Failure(usage) if one of the files of a run that are written on is a link: a folder that somebody else has packed must not
/// make us write elsewhere.
void check_links(const std::filesystem::path& folder);

/// Throws Failure(usage), naming the first key that differs, if `folder` holds another scenario.
void check_same_scenario(const std::filesystem::path& folder, const Json& scenario);

}  // namespace throng

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace throng {

/// Whether the run or study in the folder is complete.
bool has_finished(const std::filesystem::path& folder);

/// What has to be known of a run or study that is not complete: why, and what it has spent so far. Sentences; none if
/// it is complete.
std::vector<std::string> unfinished_notes(const std::filesystem::path& folder);

/// A command, safe to paste into a shell, and a sentence that says what it does.
struct NextCommand {
  std::string text;
  std::string says;
};

/// What completes the run or study in the folder or, if it is complete, makes it again without asking anybody what
/// its journal knows.
NextCommand next_command(const std::filesystem::path& folder);

}  // namespace throng

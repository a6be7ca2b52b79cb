#pragma once

#include <string>

#include "scenarios/cli/command_tree.h"

namespace throng {

/// The text that a shell reads to complete the commands, options and choices of `texts`. Where any value may stand,
/// the shell completes file names; where a scenario may stand, the names of the shipped ones as well.
std::string bash_completion(const std::vector<CommandText>& texts);
std::string zsh_completion(const std::vector<CommandText>& texts);
std::string fish_completion(const std::vector<CommandText>& texts);

}  // namespace throng

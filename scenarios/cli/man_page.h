#pragma once

#include <string>

#include "scenarios/cli/command_tree.h"

namespace throng {

/// The manual page throng(1), in the macros of man(7): every command with its options, and `notes`, which stand below the
/// program's own help.
std::string man_page(const std::vector<CommandText>& texts, const std::string& version,
                     const std::string& notes);

}  // namespace throng

#pragma once

#include <string>

#include "engine/base/json.h"

namespace throng {

/// What `throng check` found out, for the terminal: the dataset, the folder, notes, and what the run will take.
std::string check_text(const Json& checked);

}  // namespace throng

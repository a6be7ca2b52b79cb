#pragma once

#include <string>

#include "engine/base/json.h"

namespace throng {

/// What `throng check` found out about the calls of a run, for the terminal; "" if there are none.
std::string estimate_table(const Json& checked);

}  // namespace throng

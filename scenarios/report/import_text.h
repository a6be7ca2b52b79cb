#pragma once

#include <string>

#include "engine/base/json.h"
#include "recsys/import/import.h"

namespace throng {

/// What `throng data import` says at the end: what was read, left out and why, and what is odd about the rest.
std::string import_text(const Imported& imported);

/// The same as JSON.
Json import_json(const Imported& imported);

}  // namespace throng

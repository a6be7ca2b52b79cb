#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"

namespace throng {

/// Checks `document` against a JSON Schema (draft 7; valijson). One sentence per fault, in the order of the
/// document's keys: the JSON path, the value and what was expected; for an unknown key the closest known one. After 20
/// faults only that there are more.
std::vector<std::string> schema_faults(const Json& document, const Json& schema);

}  // namespace throng

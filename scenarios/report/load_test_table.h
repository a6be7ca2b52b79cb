#pragma once

#include <string>

#include "engine/base/json.h"

namespace throng {

/// A load test for the terminal. `test` is the object of `throng llm bench --json`: a point as llm/bench/bench.h describes
/// it, with "url" and "model", and for a sweep "points".
std::string load_test_text(const Json& test);

/// Such as "concurrency 64" or "12.5 requests/s".
std::string load_name(const Json& point);

/// Such as "12.3"; "-" for null.
std::string figure_text(const Json& number);

}  // namespace throng

#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"

namespace throng {

/// A load test as html_report's data, with curves of latency and throughput. `test` as for load_test_text, with
/// "seed" and "version"; `curves` one object for each load as llm/bench/bench.h describes them.
Json load_test_page(const Json& test, const std::vector<Json>& curves);

}  // namespace throng

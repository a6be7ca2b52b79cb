#pragma once

#include <functional>
#include <string>

#include "llm/mock/mock_options.h"
#include "llm/mock/mock_stats.h"

namespace throng::llm::mock {

/// When a mock that runs on its own ends, beside an ending signal (engine/base/process.h).
struct ServeOptions {
  MockOptions mock;
  std::int64_t max_requests = 0;          ///< after so many have been answered; 0: never
  std::chrono::milliseconds duration{0};  ///< 0: any
};

/// Serves on the calling thread until the end. `listening` is called with the URL as soon as clients may come. May open as
/// many connections as the system lets the process. Throws Failure(usage) if it cannot listen.
MockStats serve(const ServeOptions& options, const std::function<void(const std::string& url)>& listening);

}  // namespace throng::llm::mock

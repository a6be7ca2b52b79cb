#include "llm/mock/mock_stats.h"

namespace throng::llm::mock {

Json to_json(const MockStats& stats) {
  Json faults = Json::object();
  for (std::size_t i = 0; i < kFaults; ++i) faults[to_string(static_cast<Fault>(i))] = stats.faults[i];
  return {{"requests", stats.requests},
          {"completed", stats.completed},
          {"streamed", stats.streamed},
          {"rejected_rpm", stats.rejected_rpm},
          {"rejected_tpm", stats.rejected_tpm},
          {"rejected_quota", stats.rejected_quota},
          {"unauthorized", stats.unauthorized},
          {"bad_requests", stats.bad_requests},
          {"aborted", stats.aborted},
          {"faults", std::move(faults)},
          {"prompt_tokens", stats.prompt_tokens},
          {"cached_tokens", stats.cached_tokens},
          {"completion_tokens", stats.completion_tokens},
          {"aborted_prompt_tokens", stats.aborted_prompt_tokens},
          {"aborted_completion_tokens", stats.aborted_completion_tokens},
          {"in_flight", stats.in_flight},
          {"max_in_flight", stats.max_in_flight},
          {"max_queued", stats.max_queued},
          {"max_requests_per_minute", stats.max_requests_per_minute},
          {"max_tokens_per_minute", stats.max_tokens_per_minute},
          {"connections", stats.connections},
          {"max_connections", stats.max_connections},
          {"tls_resumed", stats.tls_resumed}};
}

}  // namespace throng::llm::mock

#pragma once

#include <string_view>

#include "llm/api_error.h"

namespace throng::llm {

/// Says what the body of a reply of status 200 is that lacks its `member` ("choices"): a web page, something
/// compressed, an event stream, JSON of another kind, or nothing at all; with its first characters, redacted.
BrokenEnvelope unreadable_body(std::string_view body, std::string_view member, const Secrets& secrets);

/// Whether a body begins as server-sent events do.
bool is_event_stream(std::string_view body);

}  // namespace throng::llm

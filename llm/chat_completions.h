#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llm/api_error.h"
#include "llm/capabilities.h"
#include "llm/messages.h"

namespace throng::llm {

/// Appends the JSON body that asks `request` of an endpoint with these capabilities. The same arguments give
/// the same bytes. What the endpoint does not support is left out; a schema that it does not take is told
/// at the end of the last message that is not the assistant's.
void encode_chat(const ChatRequest& request, const Capabilities& capabilities, std::string& out);

/// The members that encode_chat leaves out for lack of support, for the log.
std::vector<std::string_view> left_out(const ChatRequest& request, const Capabilities& capabilities);

/// Reads the body of a reply of status 200, not streamed. Strict about the envelope, tolerant about what is
/// optional: content may be null or a list of parts, usage and finish_reason may be absent. Of several
/// choices the one with index 0 counts. An event stream will do too, and so will halves of surrogate pairs (as
/// U+FFFD) and a byte order mark.
Decoded<Completion> decode_chat(std::string_view body, const Secrets& secrets);

}  // namespace throng::llm

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "llm/wire/api_error.h"
#include "llm/wire/capabilities.h"
#include "llm/wire/messages.h"

namespace throng::llm {

class JsonView;

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

/// What complete replies and stream chunks have in common.

/// The choice with index 0 (or without one); nothing if there is none.
JsonView first_choice(JsonView reply);

/// Appends `content`, `refusal` and the reasoning fields of a message or of a delta. False if `content` is of
/// a type that no server sends.
bool append_message(JsonView message, Completion& completion);

/// Takes over id, model, system_fingerprint and usage where they are given.
void read_envelope(JsonView reply, Completion& completion);

FinishReason finish_reason_of(std::string_view name);

/// Makes the texts valid UTF-8 and sets `<think>...</think>` apart, once all has come.
void complete(Completion& completion);

}  // namespace throng::llm

#pragma once

#include <string_view>

#include "llm/json_view.h"
#include "llm/messages.h"

namespace throng::llm {

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

#pragma once

#include <string>

#include "engine/base/options_reader.h"
#include "llm/messages.h"
#include "llm/mock/chat_call.h"
#include "llm/mock/draw_stream.h"

namespace throng::llm::mock {

/// What the model says.
struct ChatContent {
  std::string text;
  FinishReason finish = FinishReason::stop;
};

enum class ContentFault { no, yes };

/// Text of a length drawn from `tokens`, or a JSON value that fits what was asked for; with a fault, content that does not
/// fit: cut short, prose instead, of another type, or an object that lacks a member (or "", if any text would
/// do). Cut to the call's max_tokens. Depends on the draws alone.
ChatContent chat_content(const ChatCall& call, const Range<int>& tokens, ContentFault fault,
                         const Draws& draws);

/// `text`, cut to the call's max_tokens.
ChatContent cut_content(std::string text, const ChatCall& call);

}  // namespace throng::llm::mock

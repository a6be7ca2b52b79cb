#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/base/hash.h"
#include "engine/base/options_reader.h"
#include "llm/mock/draw_stream.h"
#include "llm/wire/messages.h"

namespace throng::llm::mock {

struct ChatCall;

/// What the model says.
struct ChatContent {
  std::string text;
  FinishReason finish = FinishReason::stop;
};

enum class ContentFault { no, yes };

/// What a call is answered with by somebody who understands it.
struct SourcedContent {
  Hash128 key;  ///< of all that the text follows from, so that its draws do too
  std::function<std::string(ContentFault, const Draws&)> text;
};

/// Understands some calls; nothing for others, which the mock answers itself. Called on the mock's thread. The call's views
/// end with it.
using ContentSource = std::function<std::optional<SourcedContent>(const ChatCall&)>;

/// Text of a length drawn from `tokens`, or a JSON value that fits what was asked for; with a fault, content that does not
/// fit: cut short, prose instead, of another type, or an object that lacks a member (or "", if any text would
/// do). Cut to the call's max_tokens. Depends on the draws alone.
ChatContent chat_content(const ChatCall& call, const Range<int>& tokens, ContentFault fault,
                         const Draws& draws);

/// `text`, cut to the call's max_tokens.
ChatContent cut_content(std::string text, const ChatCall& call);

}  // namespace throng::llm::mock

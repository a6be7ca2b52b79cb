#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/base/hash.h"
#include "engine/base/options_reader.h"
#include "llm/mock/text.h"
#include "llm/wire/messages.h"

namespace throng::llm {
class JsonView;
}

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

enum class Fits {
  yes,
  lacks_member,  ///< the first required member of the outermost object is left out
};

/// Appends a JSON value that fits a JSON Schema: type (the first of several but null), enum, const, properties (all
/// of them), required, items, minItems, maxItems, uniqueItems, bounds of numbers, multipleOf, lengths of strings, anyOf and
/// oneOf (the first), allOf (one after the other, the first that says a type), local $ref. What it does not
/// know it ignores, `pattern` and `format` among it. False if the schema asks for more than a server would
/// write (deep recursion, a megabyte); what was appended then is not JSON.
bool append_value(std::string& out, JsonView schema, DrawStream& draws, Fits fits = Fits::yes);

/// Whether the value that a schema asks for is an object.
bool wants_object(JsonView schema);

}  // namespace throng::llm::mock

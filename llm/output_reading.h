#pragma once

#include <string_view>
#include <variant>

#include "llm/messages.h"
#include "llm/structured_output.h"

namespace throng::llm {

/// The value that a reply holds.
struct Output {
  Json value;
  /// What it had to be taken out of: "" if the reply was nothing else, else such as "code fence" or "reasoning". A
  /// static text.
  std::string_view taken_from;
};

/// What a complete reply says under a schema. Models and servers wrap the JSON that they were asked for: in a code fence,
/// prose, special tokens, an object or a string around it; say it twice; leave a comma too many; or put it into the
/// reasoning or into a call of a tool that nobody offered. It is taken out if it is unambiguous: one value that fits
/// the schema (or the same one several times) and no other one that does. Nothing is completed or guessed. Of what
/// does not fit the mismatch is that of `schema.check(completion.text)`. Effort is bounded for any text.
std::variant<Output, OutputMismatch> read_output(const Completion& completion, const OutputSchema& schema);

}  // namespace throng::llm

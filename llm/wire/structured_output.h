#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace throng::llm {

struct Completion;

/// How a reply's content fails to be what was asked for. A value, not an error: the reply is complete.
struct OutputMismatch {
  enum class Kind {
    empty,       ///< nothing but blanks
    not_json,    ///< no JSON in sight
    incomplete,  ///< JSON that stops before its end
    fenced,      ///< JSON within a Markdown code fence
    surrounded,  ///< JSON with other text before or after it
    malformed,   ///< wrong JSON, one key twice, or nested too deep
    schema,      ///< JSON that does not fit the schema
  };
  Kind kind = Kind::not_json;
  std::string path;      ///< kind schema: where, as a JSON pointer; "" is the whole
  std::string expected;  ///< in words; for other kinds than schema, what the JSON parser says
  std::string found;     ///< the value there, or how the content begins; printable and short

  /// For a log, or for the prompt of a repair.
  std::string message() const;
};

/// A named JSON Schema, compiled and serialised once for all requests. Immutable; any number of threads may
/// use it.
class OutputSchema {
 public:
  /// `name` may have up to 64 letters, digits, `_` and `-`. The Error (usage) tells what is wrong with it or
  /// with the schema. `pattern` and `patternProperties` are refused: std::regex recurses over the text that
  /// it matches, which here is untrusted.
  static Result<std::shared_ptr<const OutputSchema>> compile(std::string name, const Json& schema);

  const std::string& name() const { return name_; }
  /// The schema as one line of JSON, keys in the order given.
  const std::string& json() const { return json_; }

  /// The value that `content` holds, if it is JSON and nothing else, and fits. Any bytes may be passed.
  std::variant<Json, OutputMismatch> check(std::string_view content) const;

 private:
  OutputSchema(std::string name, const Json& schema, JsonSchema compiled);

  std::string name_;
  std::string json_;
  Json schema_;
  JsonSchema compiled_;
};

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

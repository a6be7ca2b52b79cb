#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace throng {

/// A compiled JSON Schema (draft 7; valijson). Immutable and cheap to copy; any number of threads may use it.
class JsonSchema {
 public:
  struct Fault {
    std::vector<std::string> path;  ///< keys and array positions from the document's root
    std::string complaint;          ///< which constraint failed, in valijson's words
  };

  /// The Error (usage) tells why `schema` is none. Beware of `pattern` where documents are untrusted:
  /// std::regex recurses over the text that it matches.
  static Result<JsonSchema> compile(const Json& schema);

  /// Every constraint that `document` breaks, in the order of its keys, inner ones before those around them. Not that what
  /// is around a fault is faulty by it.
  /// Documents have at most the 64 levels that parse_json allows.
  std::vector<Fault> faults(const Json& document) const;

 private:
  struct Compiled;
  explicit JsonSchema(std::shared_ptr<const Compiled> compiled);

  std::shared_ptr<const Compiled> compiled_;
};

/// The part of `schema` that describes the value at `path`, found through `properties`, `additionalProperties`, `items` and
/// local `$ref`s; null where the path leads elsewhere, such as into an `anyOf`.
const Json* schema_at(const Json& schema, const std::vector<std::string>& path);

/// What a schema asks of a value, in words: `one of "a", "b", of type string, at least 1 (its description)`.
std::string expectation(const Json& schema);

}  // namespace throng

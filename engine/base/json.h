#pragma once

#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"

namespace throng {

/// Keys keep the order of the file.
using Json = nlohmann::ordered_json;

/// Parses `text`. Not allowed beyond JSON itself: comments, a key twice in an object, more than 64 levels (what walks
/// over a document is recursive), more than 10,000 keys in an object (they are looked for one by one). The error (of
/// kind `kind`) names `source`, line and column.
Result<Json> parse_json(std::string_view text, std::string_view source, ErrorKind kind);

/// Reads and parses a file. Throws Failure(`kind`).
Json read_json(const std::filesystem::path& path, ErrorKind kind);

/// Sets `into` if the object has the key. The value's type must have been checked.
template <class T>
void read_if_there(const Json& object, const char* key, T& into) {
  if (object.contains(key)) into = object[key].get<T>();
}

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

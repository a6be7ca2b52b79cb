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

}  // namespace throng

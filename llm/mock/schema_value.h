#pragma once

#include <string>

#include "llm/mock/draw_stream.h"
#include "llm/wire/json_view.h"

namespace throng::llm::mock {

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

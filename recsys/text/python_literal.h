#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"

namespace throng {

/// Rewrites a Python literal, as `repr` prints it, as JSON: texts (u'' and b'' as well; the bytes of \x escapes as code
/// points), numbers (2L too), None, True, False, lists, tuples (as lists) and dicts whose keys are texts. `nan` and
/// `inf` become null. `json` is replaced; bytes that are not ASCII are copied, valid UTF-8 or not. Returns why the
/// literal is malformed, or an empty string.
std::string python_to_json(std::string_view literal, std::string& json);

/// The literal's value. The error (of kind data) says what is wrong and at which byte.
Result<Json> parse_python_literal(std::string_view literal);

}  // namespace throng

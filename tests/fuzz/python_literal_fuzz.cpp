// What is accepted must be JSON, and its value, written as Python writes it, must be read again.
#include <cstdint>
#include <string>

#include "engine/base/json.h"
#include "engine/base/text.h"
#include "recsys/text/python_literal.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using throng::Json;

std::string python_text(const std::string& text) {
  std::string literal = "u'";
  for (const char c : text) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') literal += '\\';
    if (byte < 0x20) {
      literal += "\\x";
      literal += digits[byte / 16U];
      literal += digits[byte % 16U];
    } else {
      literal += c;
    }
  }
  return literal + "'";
}

/// As `repr` writes it.
std::string python(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return python_text(value.get<std::string>());
  if (value.is_array()) {
    std::string literal = "(";
    for (const Json& element : value) literal += python(element) + ", ";
    return literal + ")";
  }
  if (value.is_object()) {
    std::string literal = "{";
    for (const auto& [key, member] : value.items())
      literal += python_text(key) + ": " + python(member) + ", ";
    return literal + "}";
  }
  return value.dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::string json;
  if (!throng::python_to_json(text, json).empty()) return 0;
  if (!throng::is_valid_utf8(text)) return 0;  // copied as it is
  const Json value = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    // Only numbers beyond doubles are JSON that is not read.
    throng::require(json.find('e') != std::string::npos || json.size() > 300, "it is JSON");
    return 0;
  }
  std::string again;
  throng::require(throng::python_to_json(python(value), again).empty(), "what Python writes is read");
  throng::require(Json::parse(again) == value, "the value is the same");
  return 0;
}

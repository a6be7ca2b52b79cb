#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace throng::llm {

/// Appends `text` as the inside of a JSON string: escaped, and with U+FFFD for what is not valid UTF-8.
void append_json_text(std::string& out, std::string_view text);

/// The same with its quotes.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::int64_t number);
/// The shortest text that reads back as `number`, which must be finite.
void append_json_number(std::string& out, double number);

/// `text` with U+FFFD for what is not valid UTF-8.
std::string valid_utf8(std::string text);

}  // namespace throng::llm

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

bool is_valid_utf8(std::string_view text);
/// Valid UTF-8 that keeps the bytes that are none: each as a character of the last private plane, U+10FF00 and its value.
std::string with_stand_ins(std::string_view bytes);
/// The inverse.
std::string without_stand_ins(std::string_view text);

}  // namespace throng::llm

#include "llm/wire/json_text.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace throng::llm {
namespace {

std::string encoded(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EveryByteReadsBack) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  EXPECT_EQ(nlohmann::json::parse(encoded(all)).get<std::string>(), all);
  EXPECT_EQ(encoded("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
}

TEST(JsonText, WhatIsNotUtf8IsReplaced) {
  constexpr const char* kReplacement = "\xEF\xBF\xBD";
  EXPECT_EQ(encoded("longer than eight \xFF bytes"),
            std::string("\"longer than eight ") + kReplacement + " bytes\"");
  EXPECT_EQ(encoded("\xE2\x82"), std::string("\"") + kReplacement + "\"");
  for (int c = 0x80; c < 0x100; ++c) {
    const std::string text = "x" + std::string(1, static_cast<char>(c)) + "\"";
    EXPECT_TRUE(nlohmann::json::accept(encoded(text))) << c;
  }
}

TEST(JsonText, NumbersAreShortAndReadBack) {
  std::string out;
  append_json_number(out, 0.7);
  append_json_number(out += ' ', 1e300);
  append_json_number(out += ' ', std::int64_t{-9007199254740993});
  EXPECT_EQ(out, "0.7 1e+300 -9007199254740993");
}

}  // namespace
}  // namespace throng::llm

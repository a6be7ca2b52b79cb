#include "llm/wire/json_view.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/base/process.h"
#include "engine/base/text.h"
#include "llm/wire/json_text.h"

namespace throng::llm {
namespace {

std::string text_of(std::string_view json) { return std::string(JsonDocument(json).root().text()); }

TEST(JsonView, APathEndsInNothingWhereverItLeavesTheDocument) {
  const JsonDocument document(R"({"a": {"b": [1, "two", null, {"c": true}]}, "n": null, "a": 7})");
  const JsonView root = document.object();
  EXPECT_EQ(root["a"]["b"].at(1).text(), "two");
  EXPECT_EQ(root["a"]["b"].at(3)["c"].flag(), true);
  EXPECT_EQ(root["a"]["b"].size(), 4U);
  EXPECT_FALSE(root["n"]);
  EXPECT_TRUE(root.find("n")) << "null, but there";
  for (const JsonView nothing : {JsonView(), root["x"], root["n"]["x"], root["a"]["b"]["c"], root["a"].at(0),
                                 root["a"]["b"].at(4), root.at_pointer("/a/b/9"), root.at_pointer("a")}) {
    EXPECT_FALSE(nothing);
    EXPECT_EQ(nothing.text(), "");
    EXPECT_EQ(nothing.written(), "");
    EXPECT_EQ(nothing.size(), 0U);
    EXPECT_EQ(nothing.number(), std::nullopt);
    for ([[maybe_unused]] const auto& member : nothing.members()) ADD_FAILURE();
  }
}

TEST(JsonView, CountsAreWholeNumbersUpTo10To15) {
  const auto claimed = [](std::string_view json) { return JsonDocument(json).root().claimed_count(); };
  const auto count = [](std::string_view json) { return JsonDocument(json).root().count(); };
  EXPECT_EQ(claimed("3.0"), 3);
  EXPECT_EQ(claimed("1000000000000000"), 1'000'000'000'000'000);
  for (const char* none : {"-1", "0.5", "1000000000000001", "1e99", "18446744073709551615",
                           "123456789012345678901234567890", "-99999999999999999999"}) {
    EXPECT_EQ(claimed(none), -1) << none;
    EXPECT_EQ(count(none), std::nullopt) << none;
  }
  EXPECT_EQ(claimed("\"3\""), std::nullopt);
}

TEST(JsonView, IsWrittenWithoutQuotesOrAsJson) {
  const JsonDocument document(R"([ "a\"b", {"c": [1, -2.5, true, null, "\u00e9"]} ])");
  EXPECT_EQ(document.root().at(0).written(), "a\"b");
  EXPECT_EQ(document.root().at(1).written(), "{\"c\":[1,-2.5,true,null,\"\xC3\xA9\"]}");
}

TEST(JsonDocument, MendsWhatServersWrite) {
  EXPECT_EQ(text_of("\xEF\xBB\xBF\"a\""), "a");
  EXPECT_EQ(text_of(R"("a\ud83d b \ud83d\ude00 \\ud83d")"), "a\xEF\xBF\xBD b \xF0\x9F\x98\x80 \\ud83d");
  EXPECT_EQ(text_of("\"a\xC3\""), "a\xEF\xBF\xBD");
  const JsonDocument numbers(R"({"id": 12345678901234567890123, "text": "12345678901234567890123"})");
  EXPECT_EQ(numbers.root()["id"].number(), 12345678901234567890123.0);
  EXPECT_EQ(numbers.root()["text"].text(), "12345678901234567890123");
}

TEST(JsonDocument, WhatIsNotJsonIsNone) {
  for (const char* text :
       {"", " ", "{", "{}x", "[1,]", "{\"a\":1,}", "nul", "'a'", "\"\x01\"", "01", "{a:1}"})
    EXPECT_FALSE(JsonDocument(text).parsed()) << text;
  EXPECT_FALSE(JsonDocument("[]").object());
}

TEST(JsonDocument, SixtyFourLevelsAreEnough) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(JsonDocument(nested(64)).parsed());
  EXPECT_FALSE(JsonDocument(nested(65)).parsed());
  std::string deep;
  deep.resize(60'000'000, '[');
  EXPECT_FALSE(JsonDocument(deep).parsed());
}

/// Ten times the text takes ten times as long, and not a hundred times.
TEST(JsonDocument, HostileTextsTakeLinearTime) {
  const auto seconds = [](std::string_view start, std::string_view piece, std::size_t bytes) {
    std::string text(start);
    while (text.size() < bytes) text += piece;
    const double began = process_cpu_seconds();
    const JsonDocument document(text);
    EXPECT_FALSE(document.object()["x"]["y"]);
    return process_cpu_seconds() - began;
  };
  for (const auto& [start, piece] :
       {std::pair("[{}", ",{}"), std::pair("{\"x\":[", "{\"a\":"), std::pair("{\"a\":0", ",\"a\":{}"),
        std::pair("\"", "\\ud83d"), std::pair("[", "99999999999999999999,"), std::pair("\"", "\xC3")}) {
    const double small = std::max(seconds(start, piece, 600'000), 1e-3);
    EXPECT_LT(seconds(start, piece, 6'000'000), 40 * small) << piece;
  }
}

TEST(JsonText, StandInsKeepEveryByte) {
  std::string all = "\xC3\xA9 \xF0\x9F\x98\x80 \xF4\x8F\xBB\xBF ";  // the last one is no stand-in
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_FALSE(is_valid_utf8(all));
  const std::string travels = with_stand_ins(all);
  EXPECT_TRUE(is_valid_utf8(travels));
  EXPECT_EQ(without_stand_ins(travels), all);
  EXPECT_EQ(without_stand_ins("\xF4\x8F"), "\xF4\x8F");
}

}  // namespace
}  // namespace throng::llm

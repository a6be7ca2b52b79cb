#include "engine/base/error.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>

#include "engine/base/hash.h"
#include "engine/base/json.h"

namespace throng {
namespace {

using ::testing::HasSubstr;

TEST(Result, ValueThrowsItsErrorAsAFailureWithTheExitCode) {
  const Result<int> result = Error{ErrorKind::data, "u.data:7: rating 9 is out of range"};
  try {
    std::ignore = result.value();
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit_code(), 3);
    EXPECT_STREQ(failure.what(), "u.data:7: rating 9 is out of range");
  }
}

TEST(ParseJson, ErrorNamesSourceLineAndColumn) {
  const auto result = parse_json("{\n  \"seed\": oops\n}", "a.json", ErrorKind::usage);
  ASSERT_TRUE(result.has_error());
  EXPECT_THAT(result.error().message, HasSubstr("a.json:2:11: not valid JSON"));
}

TEST(ParseJson, ANumberNoDoubleCanHoldIsAnErrorToo) {
  const auto result = parse_json("{\"seed\": 1e999}", "a.json", ErrorKind::usage);
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().message, "a.json: not valid JSON: number overflow parsing '1e999'");
}

TEST(ParseJson, RefusesRepeatedKeysAndDeepNesting) {
  const auto fault = [](const std::string& text) {
    const auto result = parse_json(text, "a.json", ErrorKind::usage);
    return result.has_error() ? result.error().message : "";
  };
  EXPECT_THAT(fault(R"({"seed": 1, "seed": 2})"), HasSubstr("\"seed\" stands twice"));
  EXPECT_EQ(fault(R"({"a": {"seed": 1}, "b": {"seed": 2}})"), "");
  EXPECT_THAT(fault(std::string(200'000, '[')), HasSubstr("64 levels"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(fault(objects), HasSubstr("64 levels"));
}

// What a server may send in place of a reply: 600 KB of it took 27 s.
TEST(ParseJson, TakesTimeLinearInTheText) {
  std::string objects = "[{}";
  for (int i = 0; i < 200'000; ++i) objects += ",{}";
  std::string keys = "{\"k\":0";
  for (int i = 0; i < 60'000; ++i) keys += ",\"k" + std::to_string(i) + "\":0";
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(parse_json(objects + "]", "a.json", ErrorKind::data)->size(), 200'001U);
  const auto refused = parse_json(keys + "}", "a.json", ErrorKind::data);
  ASSERT_TRUE(refused.has_error());
  EXPECT_THAT(refused.error().message, HasSubstr("more than 10000 keys"));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
}

// The XXH3 specification's value for the empty input with seed 0.
TEST(Hash128, MatchesThePublishedVectorAndItsHexRoundTrips) {
  EXPECT_EQ(hash128("").hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(Hash128::from_hex("99aa06d3014798d86001c324468d497f"), hash128(""));
  EXPECT_EQ(Hash128::from_hex("not a hash"), Hash128{});
}

}  // namespace
}  // namespace throng

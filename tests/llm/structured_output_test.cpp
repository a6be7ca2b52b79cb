#include "llm/structured_output.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::HasSubstr;
using Kind = OutputMismatch::Kind;

constexpr const char* kSchema = R"({
  "type": "object", "required": ["items"], "additionalProperties": false,
  "properties": {
    "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
    "mood": {"enum": ["good", "bad"]}
  },
  "$defs": {"item": {"type": "object", "required": ["rating"],
                     "properties": {"rating": {"type": "integer", "minimum": 1, "maximum": 5},
                                    "a/b~c": {"type": "string", "description": "a name"}}}}
})";

const OutputSchema& schema() {
  static const auto compiled = OutputSchema::compile("page", Json::parse(kSchema)).value();
  return *compiled;
}

OutputMismatch mismatch(std::string_view content) {
  const auto checked = schema().check(content);
  if (const auto* found = std::get_if<OutputMismatch>(&checked)) return *found;
  ADD_FAILURE() << content << " fits";
  return {};
}

TEST(StructuredOutput, WhatFitsIsTheValue) {
  const auto checked = schema().check(" {\"items\":[{\"rating\":3}],\"mood\":\"good\"}\n");
  ASSERT_TRUE(std::holds_alternative<Json>(checked));
  EXPECT_EQ(std::get<Json>(checked)["items"][0]["rating"], 3);
}

TEST(StructuredOutput, AMismatchTellsWhereAndWhatWasExpected) {
  const OutputMismatch rating = mismatch(R"({"items":[{"rating":3},{"rating":9}]})");
  EXPECT_EQ(rating.kind, Kind::schema);
  EXPECT_EQ(rating.path, "/items/1/rating");
  EXPECT_THAT(rating.expected, HasSubstr("of type integer, at least 1, at most 5"));
  EXPECT_EQ(rating.found, "9");
  EXPECT_THAT(rating.message(), HasSubstr("/items/1/rating: got 9, expected of type integer"));

  EXPECT_EQ(mismatch(R"({"items":[{"rating":1,"a/b~c":2}]})").path, "/items/0/a~1b~0c");
  EXPECT_EQ(mismatch(R"({"items":[]})").path, "/items");
  EXPECT_THAT(mismatch(R"({"items":[{"rating":1}],"mood":"so so"})").expected,
              HasSubstr("one of \"good\", \"bad\""));
  EXPECT_THAT(mismatch("{}").expected, HasSubstr("items"));
  EXPECT_EQ(mismatch("{}").path, "");
  EXPECT_EQ(mismatch("[]").path, "");
  EXPECT_EQ(mismatch(R"({"items":[{"rating":"3"}]})").path, "/items/0/rating");
  EXPECT_THAT(mismatch(R"({"items":[{"rating":1}],"more":1})").expected, HasSubstr("more"));
}

TEST(StructuredOutput, HowContentFailsToBeJson) {
  EXPECT_EQ(mismatch(" \n").kind, Kind::empty);
  EXPECT_EQ(mismatch("I would watch it").kind, Kind::not_json);
  EXPECT_EQ(mismatch("```json\n{\"items\":[]}\n```").kind, Kind::fenced);
  EXPECT_EQ(mismatch("Sure: ```{}```").kind, Kind::fenced);
  EXPECT_EQ(mismatch("Sure: {\"items\":[]}").kind, Kind::surrounded);
  EXPECT_EQ(mismatch("{\"items\":[]} Enjoy!").kind, Kind::surrounded);
  EXPECT_EQ(mismatch("{\"a\":\"}\"} {}").kind, Kind::surrounded);
  EXPECT_EQ(mismatch("{\"items\":[{\"rating\":3}").kind, Kind::incomplete);
  EXPECT_EQ(mismatch("{\"a\":\"\\\"}").kind, Kind::incomplete);
  EXPECT_EQ(mismatch("{'items':[]}").kind, Kind::malformed);
  EXPECT_EQ(mismatch("{\"a\":[}]").kind, Kind::malformed);
  EXPECT_EQ(mismatch("{\"a\":1,\"a\":2}").kind, Kind::malformed);
  EXPECT_EQ(mismatch(std::string(100, '[') + std::string(100, ']')).kind, Kind::malformed);
}

TEST(StructuredOutput, UntrustedContentIsShortAndPrintable) {
  const OutputMismatch found = mismatch("\x1b[2J" + std::string(10'000, 'x'));
  EXPECT_LT(found.message().size(), 1000U);
  EXPECT_EQ(found.message().find('\x1b'), std::string::npos);
  EXPECT_LT(mismatch("{\"items\":\"" + std::string(10'000, 'x') + "\"}").message().size(), 1000U);
  EXPECT_NO_THROW(mismatch("{\"" + std::string(10'000, '\xff') + "\"}"));
}

TEST(StructuredOutput, SchemasAreChecked) {
  EXPECT_FALSE(OutputSchema::compile("a b", Json::object()));
  EXPECT_FALSE(OutputSchema::compile("", Json::object()));
  EXPECT_FALSE(OutputSchema::compile("a", Json::array()));
  EXPECT_FALSE(OutputSchema::compile("a", Json::parse(R"({"type":"objekt"})")));
  EXPECT_FALSE(OutputSchema::compile("a", Json::parse(R"({"properties":{"x":{"pattern":"a*"}}})")));
  EXPECT_TRUE(OutputSchema::compile("a", Json::parse(R"({"properties":{"pattern":{"type":"string"}}})")));
  EXPECT_EQ(schema().json(), Json::parse(kSchema).dump());
}

TEST(StructuredOutput, EveryPrefixOfAReplyIsIncomplete) {
  const std::string content = R"({"items":[{"rating":3,"a/b~c":"x\"y{"}]})";
  ASSERT_TRUE(std::holds_alternative<Json>(schema().check(content)));
  for (std::size_t cut = 1; cut < content.size(); ++cut)
    EXPECT_EQ(mismatch(content.substr(0, cut)).kind, Kind::incomplete) << cut;
}

}  // namespace
}  // namespace throng::llm

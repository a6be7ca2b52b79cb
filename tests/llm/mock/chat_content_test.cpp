#include "llm/mock/chat_content.h"

#include <set>

#include <gmock/gmock.h>

#include "llm/mock/text.h"
#include "llm/wire/json_view.h"
#include "llm/wire/structured_output.h"

namespace throng::llm::mock {
namespace {

std::string value_for(const std::string& schema, std::uint64_t seed, Fits fits = Fits::yes) {
  const JsonDocument parsed(schema);
  EXPECT_TRUE(parsed.parsed()) << schema;
  DrawStream draws(Draws(seed), Purpose("test"));
  std::string value;
  EXPECT_TRUE(append_value(value, parsed.root(), draws, fits)) << schema;
  return value;
}

class MockSchemaValue : public testing::TestWithParam<const char*> {};

TEST_P(MockSchemaValue, Fits) {
  const auto schema = OutputSchema::compile("s", Json::parse(GetParam())).value();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::string value = value_for(GetParam(), seed);
    const auto checked = schema->check(value);
    if (const auto* wrong = std::get_if<OutputMismatch>(&checked))
      ADD_FAILURE() << value << "\n" << wrong->message();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Schemas, MockSchemaValue,
    testing::Values(
        R"({"type": "object", "additionalProperties": false, "required": ["items", "reason"], "properties": {
            "items": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "object",
              "required": ["id", "rating", "view"], "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 4},
              "rating": {"enum": [1, 2, 3, 4, 5]}, "view": {"type": "boolean"}}}},
            "reason": {"type": "string", "minLength": 5, "maxLength": 30}}})",
        R"({"type": "integer", "exclusiveMinimum": -3, "exclusiveMaximum": -1})",
        R"({"type": "integer", "minimum": 3, "maximum": 20, "multipleOf": 5})",
        R"({"type": "integer", "maximum": -50})",
        R"({"type": "number", "minimum": 0.0001, "maximum": 0.0002})",
        R"({"type": "number", "minimum": 1, "multipleOf": 0.5})", R"({"type": "number"})",
        R"({"type": ["null", "string"], "maxLength": 3})", R"({"type": "null"})",
        R"({"const": {"a": [1, "\u00e9"]}})", R"({"anyOf": [{"type": "null"}, {"type": "boolean"}]})",
        R"({"type": "array", "uniqueItems": true, "minItems": 3, "maxItems": 3, "items": {"enum": ["a", "b", "c"]}})",
        R"({"type": "array", "maxItems": 0, "items": {"type": "string"}})",
        R"({"type": "array", "minItems": 2, "maxItems": 2, "items": [{"type": "string"}, {"type": "boolean"}]})",
        R"({"type": "string", "minLength": 100})", R"({"type": "string", "maxLength": 0})", R"({})",
        R"({"$ref": "#/definitions/page", "definitions": {"page": {"type": "object", "required": ["next"],
            "properties": {"next": {"type": "integer"}, "child": {"$ref": "#/definitions/page"}}}}})"));

TEST(MockSchemaValue, TheSameDrawsGiveTheSameValue) {
  const std::string schema = R"({"type": "array", "minItems": 5, "items": {"type": "string"}})";
  EXPECT_EQ(value_for(schema, 3), value_for(schema, 3));
  EXPECT_NE(value_for(schema, 3), value_for(schema, 4));
}

TEST(MockSchemaValue, OneMemberCanBeLeftOut) {
  const std::string schema =
      R"({"type": "object", "required": ["b"], "properties": {"a": {"type": "null"}, "b": {"type": "null"}}})";
  EXPECT_EQ(value_for(schema, 1), R"({"a":null,"b":null})");
  EXPECT_EQ(value_for(schema, 1, Fits::lacks_member), R"({"a":null})");
}

TEST(MockSchemaValue, SchemasThatAskForTooMuchEnd) {
  for (const char* schema :
       {R"({"$ref": "#"})", R"({"type": "array", "minItems": 1000000000})",
        R"({"type": "string", "minLength": 1000000000})",
        R"({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}})",
        R"({"type": "array", "minItems": 9, "items": {"$ref": "#"}})",
        R"({"type": "integer", "minimum": 1e300})", R"({"type": "integer", "minimum": 5, "maximum": 4})",
        R"({"$ref": "#/nowhere"})"}) {
    const JsonDocument parsed(schema);
    DrawStream draws(Draws(1), Purpose("test"));
    std::string value;
    EXPECT_FALSE(append_value(value, parsed.root(), draws)) << schema << value.substr(0, 100);
  }
}

constexpr Range<int> kRange{10, 20};

TEST(MockContent, TextHasALengthOfTheRange) {
  std::set<std::int64_t> lengths;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const ChatContent content = chat_content({}, kRange, ContentFault::no, Draws(seed));
    lengths.insert(token_count(content.text.size()));
    EXPECT_EQ(content.finish, FinishReason::stop);
  }
  EXPECT_EQ(*lengths.begin(), 10);
  EXPECT_EQ(*lengths.rbegin(), 20);
}

TEST(MockContent, MaxTokensCutIt) {
  ChatCall call;
  call.max_tokens = 5;
  const ChatContent cut = chat_content(call, kRange, ContentFault::no, Draws(1));
  EXPECT_EQ(token_count(cut.text.size()), 5);
  EXPECT_EQ(cut.finish, FinishReason::length);
  call.max_tokens = 30;
  call.min_tokens = 30;
  const ChatContent forced = chat_content(call, kRange, ContentFault::no, Draws(1));
  EXPECT_EQ(token_count(forced.text.size()), 30);
  EXPECT_EQ(forced.finish, FinishReason::stop);
}

TEST(MockContent, AFaultNeverFitsTheSchemaAndTheRightContentAlwaysDoes) {
  const std::string text =
      R"({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}})";
  const auto schema = OutputSchema::compile("s", Json::parse(text)).value();
  const JsonDocument parsed(text);
  ChatCall call;
  call.format = ReplyFormat::json_schema;
  call.schema = parsed.root();
  std::set<OutputMismatch::Kind> kinds;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_TRUE(std::holds_alternative<Json>(
        schema->check(chat_content(call, kRange, ContentFault::no, Draws(seed)).text)));
    const auto wrong = schema->check(chat_content(call, kRange, ContentFault::yes, Draws(seed)).text);
    ASSERT_TRUE(std::holds_alternative<OutputMismatch>(wrong));
    kinds.insert(std::get<OutputMismatch>(wrong).kind);
  }
  EXPECT_EQ(kinds.size(), 3U);  // incomplete, surrounded, schema
}

TEST(MockContent, WithoutASchemaAFaultIsNotJson) {
  ChatCall call;
  EXPECT_EQ(chat_content(call, kRange, ContentFault::yes, Draws(1)).text, "");
  call.format = ReplyFormat::json_object;
  EXPECT_TRUE(Json::parse(chat_content(call, kRange, ContentFault::no, Draws(1)).text).is_object());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = chat_content(call, kRange, ContentFault::yes, Draws(seed)).text;
    const Json json = Json::parse(text, nullptr, false);
    EXPECT_TRUE(json.is_discarded() || !json.is_object()) << text;
  }
}

}  // namespace

}  // namespace throng::llm::mock

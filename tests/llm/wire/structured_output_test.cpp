#include "llm/wire/structured_output.h"

#include <gmock/gmock.h>

#include "llm/wire/chat_completions.h"

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

const OutputSchema& answer_schema() {
  static const auto compiled = OutputSchema::compile("answer", Json::parse(R"({
      "type": "object", "required": ["score", "reason"], "additionalProperties": false,
      "properties": {"score": {"type": "integer", "minimum": 1, "maximum": 5}, "reason": {"type": "string"}}})"))
                                   .value();
  return *compiled;
}

const std::string kAnswer = R"({"score": 4, "reason": "a \"b\" {c} [d]"})";
const std::string kOther = R"({"score": 2, "reason": "no"})";
const std::string kFence = "```";

/// What the answer was taken out of; "not read" if it was not.
std::string taken_from(const Completion& completion) {
  const auto read = read_output(completion, answer_schema());
  const auto* output = std::get_if<Output>(&read);
  if (output == nullptr) return "not read";
  EXPECT_EQ(output->value, Json::parse(kAnswer));
  return std::string(output->taken_from);
}

std::string taken_from_text(const std::string& text) { return taken_from({.text = text}); }

TEST(OutputReading, BareJsonIsWhatWasAskedFor) {
  EXPECT_EQ(taken_from_text(kAnswer), "");
  EXPECT_EQ(taken_from_text(" \n" + kAnswer + "\n\n"), "");
  EXPECT_EQ(taken_from_text("\xEF\xBB\xBF" + kAnswer), "");
}

TEST(OutputReading, FencesOfEveryKind) {
  for (const std::string& text : std::vector<std::string>{
           kFence + "json\n" + kAnswer + "\n" + kFence, kFence + "JSON " + kAnswer + kFence,
           kFence + "\n" + kAnswer + "\n" + kFence, kFence + "json\n" + kAnswer, kAnswer + "\n" + kFence,
           "~~~\n" + kAnswer + "\n~~~",
           "Here you are:\n\n" + kFence + "json5\n" + kAnswer + "\n" + kFence + "\nAnything else?",
           "```` json\n" + kAnswer + "\n````"}) {
    EXPECT_EQ(taken_from_text(text), "code fence") << text;
  }
}

TEST(OutputReading, ProseAndTokensAroundIt) {
  for (const std::string& text : std::vector<std::string>{
           "Here is the JSON:\n" + kAnswer, kAnswer + "\n\nI hope this helps!", "json\n" + kAnswer,
           "`" + kAnswer + "`", "**" + kAnswer + "**", "I set {score} to [4]: " + kAnswer, "\u2028" + kAnswer,
           "JSON: " + kAnswer + ".", "\\boxed{" + kAnswer + "}", "It is 5\" wide. " + kAnswer,
           "assistant: " + kAnswer, "The earlier {\"score\": 9, \"reason\": \"x\"} was wrong: " + kAnswer}) {
    EXPECT_EQ(taken_from_text(text), "text around it") << text;
  }
  for (const std::string& text : std::vector<std::string>{
           kAnswer + "<|im_end|>", "<|begin_of_box|>" + kAnswer + "<|end_of_box|>", kAnswer + "</s>",
           kAnswer + "<|eot_id|>\n", "<|start_header_id|><|end_header_id|>" + kAnswer,
           "<answer>\n" + kAnswer + "\n</answer>", "<json>" + kAnswer + "</json>",
           "<|begin_of_solution|>\n" + kAnswer + "<|end_of_solution|>", kAnswer + "<end_of_turn>",
           "<s>" + kAnswer}) {
    EXPECT_EQ(taken_from_text(text), "special tokens") << text;
  }
}

TEST(OutputReading, SaidTwiceButNotTwoThings) {
  EXPECT_EQ(taken_from_text(kAnswer + kAnswer), "said several times");
  EXPECT_EQ(taken_from_text(kFence + "\n" + kAnswer + "\n" + kFence + "\nor:\n" + kAnswer),
            "said several times");
  EXPECT_EQ(taken_from_text(kAnswer + kOther), "not read");
  EXPECT_EQ(taken_from_text("First " + kOther + ", better: " + kAnswer), "not read");
}

TEST(OutputReading, SlipsThatCanMeanOneThingOnly) {
  for (const std::string text : {R"({"score": 4, "reason": "a \"b\" {c} [d]",})",
                                 R"({"score": 4, /* good */ "reason": "a \"b\" {c} [d]"} // so)",
                                 "{\"score\": 4,\n // good\n \"reason\": \"a \\\"b\\\" {c} [d]\"\n, }"}) {
    EXPECT_EQ(taken_from_text(text), "loose JSON") << text;
  }
  const auto reason = [](const std::string& text) {
    const auto read = read_output({.text = text}, answer_schema());
    const auto* output = std::get_if<Output>(&read);
    return output == nullptr ? "not read" : output->value["reason"].get<std::string>();
  };
  EXPECT_EQ(reason("{\"score\": 4, \"reason\": \"two\nlines\tand a tab\"}"), "two\nlines\tand a tab");
  EXPECT_EQ(reason(R"({"score": 4, "reason": "it\'s"})"), "it's");
  EXPECT_EQ(reason(R"({"score": 4, "reason": "\ud83d"})"), "\xEF\xBF\xBD");
  EXPECT_EQ(reason(R"({"score": 4, "reason": "\ud83d\ude00"})"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(reason(R"({"score": 4, "reason": "https://a.b/*c*/, }"})"), "https://a.b/*c*/, }");
}

TEST(OutputReading, JsonAroundTheJson) {
  const std::string quoted = Json(kAnswer).dump();
  for (const std::string& text : std::vector<std::string>{
           "[" + kAnswer + "]", R"({"answer": )" + kAnswer + "}", quoted, R"({"answer": )" + quoted + "}",
           R"({"thinking": "well", "answer": )" + kAnswer + "}"}) {
    EXPECT_EQ(taken_from_text(text), "JSON around it") << text;
  }
  EXPECT_EQ(taken_from_text("[" + kAnswer + "," + kOther + "]"), "not read");
}

TEST(OutputReading, NothingIsGuessed) {
  const auto kind = [](const std::string& text) {
    const auto read = read_output({.text = text}, answer_schema());
    return std::get<OutputMismatch>(read).kind;
  };
  EXPECT_EQ(kind(""), Kind::empty);
  EXPECT_EQ(kind("I like it, 4 of 5."), Kind::not_json);
  EXPECT_EQ(kind(kAnswer.substr(0, kAnswer.size() - 1)), Kind::incomplete);
  EXPECT_EQ(kind(R"({"score": 9, "reason": "x"})"), Kind::schema);
  EXPECT_EQ(kind(R"({"score": 4 "reason": "x"})"), Kind::malformed);
  EXPECT_EQ(kind("{,}"), Kind::malformed);
}

TEST(OutputReading, AnswersInOtherFields) {
  const auto of_message = [](const std::string& message) {
    const auto decoded = decode_chat(R"({"choices":[{"message":)" + message + "}]}", {});
    return taken_from(std::get<Completion>(decoded));
  };
  const std::string quoted = Json(kAnswer).dump();
  for (const std::string field : {"reasoning_content", "reasoning", "thinking"}) {
    EXPECT_EQ(of_message(R"({"content":null,")" + field + "\":" + quoted + "}"), "reasoning") << field;
    EXPECT_EQ(of_message(R"({"content":" \n",")" + field + "\":" + Json("Hm.\n" + kAnswer).dump() + "}"),
              "reasoning");
    EXPECT_EQ(of_message("{\"" + field + "\":" + Json(kFence + kAnswer + kFence).dump() + "}"), "reasoning");
    EXPECT_EQ(of_message("{\"content\":" + quoted + ",\"" + field + "\":" + Json(kOther).dump() + "}"), "");
  }
  EXPECT_EQ(
      of_message(R"({"content":null,"reasoning_details":[{"type":"reasoning.text","text":)" + quoted + "}]}"),
      "reasoning");
  EXPECT_EQ(of_message(R"({"content":[{"type":"thinking","thinking":)" + quoted + "}]}"), "reasoning");
  EXPECT_EQ(
      of_message(R"({"content":[{"type":"reasoning","text":"hm"},{"type":"text","text":)" + quoted + "}]}"),
      "");
  EXPECT_EQ(
      of_message(
          R"({"content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"answer","arguments":)" +
          quoted + "}}]}"),
      "tool call");
  EXPECT_EQ(of_message(R"({"content":"","function_call":{"name":"answer","arguments":)" + quoted + "}}"),
            "tool call");
  EXPECT_EQ(of_message("{\"content\":" + kAnswer + "}"), "");
}

TEST(OutputReading, AnyTextIsReadInBoundedTime) {
  for (const std::string& piece :
       std::vector<std::string>{"{", "[", "{\"a\":", "[{", "{\"", "}{", kAnswer.substr(0, 20)}) {
    std::string text;
    while (text.size() < 300'000) text += piece;
    EXPECT_EQ(taken_from_text(text), "not read") << piece;
  }
}

}  // namespace

}  // namespace throng::llm

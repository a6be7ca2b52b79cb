#include "llm/output_reading.h"

#include <gmock/gmock.h>

#include "llm/chat_completions.h"

namespace throng::llm {
namespace {

using Kind = OutputMismatch::Kind;

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

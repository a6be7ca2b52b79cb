#include "llm/mock/chat_call.h"

#include <gmock/gmock.h>

#include "llm/wire/capabilities.h"
#include "llm/wire/json_view.h"

namespace throng::llm::mock {
namespace {

ChatCall good(const JsonDocument& json) {
  const auto read = read_chat_call(json.object(), "", {});
  if (const auto* wrong = std::get_if<ErrorReply>(&read)) ADD_FAILURE() << wrong->error.message;
  return std::holds_alternative<ChatCall>(read) ? std::get<ChatCall>(read) : ChatCall{};
}

ErrorReply bad(const std::string& text, const std::vector<std::string>& refused = {}) {
  const JsonDocument json(text);
  const auto read = read_chat_call(json.object(), "", refused);
  EXPECT_TRUE(std::holds_alternative<ErrorReply>(read)) << text;
  return std::holds_alternative<ErrorReply>(read) ? std::get<ErrorReply>(read) : ErrorReply{};
}

TEST(MockChatCall, CountsPromptTokens) {
  const JsonDocument json(R"({"model": "m", "messages": [{"role": "system", "content": "12345"},
    {"role": "user", "content": [{"type": "text", "text": "1234"}, {"type": "text", "text": "5"}]},
    {"role": "assistant", "content": null}]})");
  const ChatCall call = good(json);
  EXPECT_EQ(call.prompt_tokens, (2 + 3) + (2 + 3) + 3);
  EXPECT_EQ(call.first_message_tokens, 5);
  EXPECT_FALSE(call.stream);
  EXPECT_EQ(call.format, ReplyFormat::text);
}

TEST(MockChatCall, ReadsOptions) {
  const JsonDocument json(
      R"({"model": "m", "messages": [{"role": "user", "content": "hi"}], "max_completion_tokens": 9,
    "stream": true, "stream_options": {"include_usage": true}, "ignore_eos": true,
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "null"}}}})");
  const ChatCall call = good(json);
  EXPECT_EQ(call.max_tokens, 9);
  EXPECT_EQ(call.min_tokens, 9);
  EXPECT_TRUE(call.stream);
  EXPECT_TRUE(call.include_usage);
  EXPECT_EQ(call.format, ReplyFormat::json_schema);
  EXPECT_TRUE(call.schema);
}

TEST(MockChatCall, NobodyForcesAReplyThatFillsTheMemory) {
  const JsonDocument json(
      R"({"model": "m", "messages": [{"role": "user"}], "max_tokens": 1000000000000, "ignore_eos": true})");
  EXPECT_EQ(good(json).min_tokens, 131'072);
}

TEST(MockChatCall, SaysWhatIsWrong) {
  const std::string messages = R"("messages": [{"role": "user", "content": "hi"}])";
  EXPECT_EQ(bad("{" + messages + "}").error.param, "model");
  EXPECT_EQ(bad(R"({"model": "m"})").error.param, "messages");
  EXPECT_EQ(bad(R"({"model": "m", "messages": []})").error.param, "messages");
  EXPECT_EQ(bad(R"({"model": "m", "messages": [{"role": "user"}, 3]})").error.param, "messages[1]");
  EXPECT_EQ(bad(R"({"model": "m", "max_tokens": 0, )" + messages + "}").error.param, "max_tokens");
  EXPECT_EQ(bad(R"({"model": "m", "n": 2, )" + messages + "}").error.param, "n");
  EXPECT_EQ(bad(R"({"model": "m", "response_format": {"type": "yaml"}, )" + messages + "}").error.code,
            "invalid_value");
  EXPECT_EQ(bad(R"({"model": "m", "response_format": {"type": "json_schema"}, )" + messages + "}").status,
            400);
}

TEST(MockChatCall, WhatItRefusesTeachesAClient) {
  const std::string request =
      R"({"model": "m", "seed": 1, "stream_options": {"include_usage": true}, "max_tokens": 5,
    "temperature": 1, "top_p": 1, "stop": ["x"], "messages": [{"role": "system", "content": "hi"}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "null"}}}})";
  for (const char* name : {"json_schema", "response_format", "seed", "stream_options", "max_tokens",
                           "temperature", "top_p", "stop", "system"}) {
    const ErrorReply refusal = bad(request, {name});
    EXPECT_EQ(refusal.error.code, "unsupported_parameter");
    EXPECT_TRUE(learn(Capabilities{}, refusal.error)) << name;
  }
}

}  // namespace
}  // namespace throng::llm::mock

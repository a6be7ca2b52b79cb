#include <gmock/gmock.h>

#include "llm/wire/chat_completions.h"

namespace throng::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

std::string encoded(const ChatRequest& request, const Capabilities& capabilities = {}) {
  std::string out;
  encode_chat(request, capabilities, out);
  return out;
}

ChatRequest full_request() {
  ChatRequest request;
  request.model = "m";
  request.messages = {{Role::system, "be \"brief\""}, {Role::user, "h\xC3\xA9\n"}};
  request.schema = OutputSchema::compile("page", Json::parse(R"({"type":"object","a":1})")).value();
  request.temperature = 0.2;
  request.top_p = 1;
  request.seed = 9007199254740993;
  request.max_tokens = 50;
  request.stop = {"x", "\n"};
  request.stream = true;
  request.extra = Json::parse(R"({"reasoning_effort":"low","model":"other"})");
  return request;
}

TEST(EncodeChat, EveryMemberInOneOrder) {
  EXPECT_EQ(
      encoded(full_request()),
      "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be \\\"brief\\\"\"},"
      "{\"role\":\"user\",\"content\":\"h\xC3\xA9\\n\"}],"
      "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"page\",\"strict\":true,"
      "\"schema\":{\"type\":\"object\",\"a\":1}}},"
      "\"temperature\":0.2,\"top_p\":1,\"seed\":9007199254740993,\"max_tokens\":50,\"stop\":[\"x\",\"\\n\"],"
      "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"reasoning_effort\":\"low\"}");
}

TEST(EncodeChat, WhatIsNotSetIsNotSent) {
  ChatRequest request;
  request.model = "m";
  request.messages = {{Role::user, "hi"}};
  EXPECT_EQ(encoded(request), R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
  EXPECT_THAT(left_out(request, {}), IsEmpty());
}

TEST(EncodeChat, WhatIsNotSupportedIsLeftOutAndTold) {
  const Capabilities poor{.structured_output = Capabilities::Output::json_object,
                          .max_tokens = Capabilities::MaxTokens::max_completion_tokens,
                          .system_role = Capabilities::SystemRole::user,
                          .seed = false,
                          .stream_options = false,
                          .temperature = false,
                          .top_p = false,
                          .stop = false};
  const Json body = Json::parse(encoded(full_request(), poor));
  EXPECT_EQ(body["response_format"], Json::parse(R"({"type":"json_object"})"));
  ASSERT_EQ(body["messages"].size(), 1U);
  EXPECT_EQ(body["messages"][0]["role"], "user");
  const auto content = body["messages"][0]["content"].get<std::string>();
  EXPECT_TRUE(content.starts_with("be \"brief\"\n\nh\xC3\xA9\n\n\nReply with")) << content;
  EXPECT_THAT(content, EndsWith("{\"type\":\"object\",\"a\":1}"));
  EXPECT_EQ(body["max_completion_tokens"], 50);
  for (const char* key : {"max_tokens", "seed", "temperature", "top_p", "stop", "stream_options"})
    EXPECT_FALSE(body.contains(key)) << key;
  EXPECT_THAT(left_out(full_request(), poor),
              ElementsAre("json_schema", "temperature", "top_p", "seed", "stop", "stream_options"));
}

TEST(EncodeChat, TheSchemaIsToldBeforeTheAssistantsTurn) {
  ChatRequest request = full_request();
  request.messages.push_back({Role::assistant, "{"});
  const Json body = Json::parse(encoded(request, {.structured_output = Capabilities::Output::text,
                                                  .system_role = Capabilities::SystemRole::developer}));
  EXPECT_FALSE(body.contains("response_format"));
  EXPECT_EQ(body["messages"][0]["role"], "developer");
  EXPECT_THAT(body["messages"][1]["content"].get<std::string>(), EndsWith("\"a\":1}"));
  EXPECT_EQ(body["messages"][2]["content"], "{");
}

TEST(EncodeChat, OnlyASystemMessageBecomesTheUsers) {
  ChatRequest request;
  request.messages = {{Role::system, "a"}, {Role::system, "b"}};
  EXPECT_EQ(encoded(request, {.system_role = Capabilities::SystemRole::user}),
            R"({"model":"","messages":[{"role":"user","content":"a\n\nb"}]})");
}

TEST(EncodeChat, UntrustedTextMakesValidJson) {
  ChatRequest request;
  request.messages = {{Role::user, std::string("\xff\0\x80\"}", 5)}};
  EXPECT_EQ(Json::parse(encoded(request))["messages"][0]["content"],
            std::string("\xEF\xBF\xBD\0\xEF\xBF\xBD\"}", 9));
}

}  // namespace
}  // namespace throng::llm

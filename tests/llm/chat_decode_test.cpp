#include <gmock/gmock.h>

#include "llm/chat_completions.h"

namespace throng::llm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Completion completion(std::string_view body) {
  const Decoded<Completion> decoded = decode_chat(body, {});
  if (const auto* broken = std::get_if<BrokenEnvelope>(&decoded)) ADD_FAILURE() << broken->reason;
  if (const auto* error = std::get_if<ApiError>(&decoded)) ADD_FAILURE() << error->message;
  return std::holds_alternative<Completion>(decoded) ? std::get<Completion>(decoded) : Completion{};
}

Completion of_message(const std::string& message, const std::string& finish = "\"stop\"") {
  return completion("{\"choices\":[{\"message\":" + message + ",\"finish_reason\":" + finish + "}]}");
}

std::string broken(std::string_view body) {
  const Decoded<Completion> decoded = decode_chat(body, {});
  const auto* envelope = std::get_if<BrokenEnvelope>(&decoded);
  return envelope == nullptr ? "" : envelope->reason;
}

const std::string kReply =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m-2024",
  "choices":[{"index":0,"message":{"role":"assistant","content":"h\u00e9 \ud83d\ude00","refusal":null},"logprobs":null,
  "finish_reason":"stop"}],
  "usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,
           "prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},
           "completion_tokens_details":{"reasoning_tokens":4}},
  "service_tier":"default","system_fingerprint":"fp_1"})";

TEST(DecodeChat, AWholeReply) {
  const Completion expected{
      .text = "h\xC3\xA9 \xF0\x9F\x98\x80",
      .finish = FinishReason::stop,
      .usage = {.source = UsageSource::server, .prompt = 19, .cached = 8, .completion = 10, .reasoning = 4},
      .model = "m-2024",
      .id = "chatcmpl-1",
      .system_fingerprint = "fp_1"};
  EXPECT_EQ(completion(kReply), expected);
}

TEST(DecodeChat, EveryReplyCutShortIsBroken) {
  for (std::size_t cut = 0; cut < kReply.size(); ++cut)
    EXPECT_EQ(broken(kReply.substr(0, cut)), "not JSON") << cut;
  EXPECT_EQ(broken(kReply + "x"), "not JSON");
}

TEST(DecodeChat, BrokenEnvelopes) {
  EXPECT_EQ(broken("[]"), "not a JSON object");
  EXPECT_EQ(broken("{}"), "no choices");
  EXPECT_EQ(broken(R"({"choices":[]})"), "no choices");
  EXPECT_EQ(broken(R"({"choices":["x"]})"), "no choices");
  EXPECT_EQ(broken(R"({"choices":[{"message":{"content":"a"},"finish_reason":"error"}]})"),
            "the server gave up on it");
  EXPECT_EQ(broken(R"({"choices":[{"finish_reason":"stop"}]})"), "a choice without its message");
  EXPECT_EQ(broken(R"({"choices":[{"message":{"content":3}}]})"), "content of an unknown type");
  EXPECT_EQ(broken(R"({"choices":[{"message":{"content":["x"]}}]})"), "content of an unknown type");
  EXPECT_EQ(broken(std::string(100'000, '[')), "not JSON");
}

TEST(DecodeChat, ContentInOtherForms) {
  EXPECT_EQ(of_message(R"({"content":null})").text, "");
  EXPECT_EQ(of_message("{}").text, "");
  EXPECT_EQ(of_message(R"({"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]})").text, "ab");
  const Completion thought = of_message(
      R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"}]})");
  EXPECT_EQ(thought.text, "a");
  EXPECT_EQ(thought.reasoning, "hm");
  EXPECT_EQ(of_message(R"({"content":[{"type":"refusal","refusal":"no"}]})").refusal, "no");
}

TEST(DecodeChat, WhyItFinished) {
  EXPECT_EQ(of_message("{}", "\"length\"").finish, FinishReason::length);
  EXPECT_EQ(of_message("{}", "\"content_filter\"").finish, FinishReason::content_filter);
  EXPECT_EQ(of_message(R"({"content":null,"tool_calls":[{"id":"1"}]})", "\"tool_calls\"").finish,
            FinishReason::tool_calls);
  EXPECT_EQ(of_message("{}", "null").finish, FinishReason::none);
  EXPECT_EQ(of_message("{}", "\"whatever\"").finish, FinishReason::other);
  EXPECT_EQ(of_message(R"({"content":null,"refusal":"I will not"})").refusal, "I will not");
}

TEST(DecodeChat, ReasoningIsSetApart) {
  EXPECT_EQ(of_message(R"({"content":"a","reasoning_content":"hm"})").reasoning, "hm");
  EXPECT_EQ(of_message(R"({"content":"a","reasoning":"hm","reasoning_content":"hm"})").reasoning, "hm");
  const Completion tagged = of_message(R"({"content":"<think>hm</think>\n{}"})");
  EXPECT_EQ(tagged.text, "{}");
  EXPECT_EQ(tagged.reasoning, "hm");
}

TEST(DecodeChat, TheChoiceWithIndexZeroCounts) {
  EXPECT_EQ(
      completion(
          R"({"choices":[{"index":1,"message":{"content":"b"}},{"index":0,"message":{"content":"a"}}]})")
          .text,
      "a");
}

TEST(DecodeChat, UsageMayBeMissingOrNonsense) {
  const auto usage = [](const std::string& json) {
    return completion(R"({"choices":[{"message":{"content":"a"}}],"usage":)" + json + "}").usage;
  };
  EXPECT_EQ(usage("null").source, UsageSource::missing);
  EXPECT_EQ(usage(R"({"prompt_tokens":"7","completion_tokens":2})").source, UsageSource::missing);
  EXPECT_EQ(usage(R"({"prompt_tokens":-7,"completion_tokens":2})").prompt, -1);
  EXPECT_EQ(usage(R"({"prompt_tokens":1e99,"completion_tokens":2})").prompt, -1);
  EXPECT_EQ(usage(R"({"prompt_tokens":3.0,"completion_tokens":2})").prompt, 3);
  const Usage clamped =
      usage(R"({"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":9}})");
  EXPECT_EQ(clamped.cached, 3);
  EXPECT_EQ(usage(R"({"prompt_tokens":3,"completion_tokens":2,"prompt_cache_hit_tokens":1})").cached, 1);
}

TEST(DecodeChat, AnErrorOfStatus200) {
  const std::vector<std::string> secrets{"abcdefghijkl"};
  for (const char* body : {R"({"error":{"message":"over abcdefghijkl"}})",
                           R"({"choices":[{"error":{"message":"over abcdefghijkl","code":502}}]})",
                           R"({"object":"error","message":"over abcdefghijkl"})"}) {
    const Decoded<Completion> decoded = decode_chat(body, secrets);
    ASSERT_TRUE(std::holds_alternative<ApiError>(decoded)) << body;
    EXPECT_EQ(std::get<ApiError>(decoded).message, "over [redacted]");
  }
}

TEST(DecodeChat, TextIsAlwaysValidUtf8) {
  EXPECT_EQ(completion("{\"model\":\"\xff\",\"choices\":[{\"message\":{\"content\":\"a\xC3\"}}]}").text,
            "a\xEF\xBF\xBD");
  EXPECT_EQ(of_message(R"({"content":"\u0000"})").text, std::string(1, '\0'));
}

}  // namespace
}  // namespace throng::llm

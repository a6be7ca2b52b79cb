#include <gmock/gmock.h>

#include "llm/wire/chat_completions.h"

namespace throng::llm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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
    EXPECT_THAT(broken(kReply.substr(0, cut)), StartsWith(cut == 0 ? "nothing came" : "it is not JSON: {"))
        << cut;
  EXPECT_THAT(broken(kReply + "x"), StartsWith("it is not JSON: {"));
}

TEST(DecodeChat, BrokenEnvelopes) {
  EXPECT_EQ(broken("[]"), "it is JSON, but not an object: []");
  EXPECT_EQ(broken("{}"), "JSON without \"choices\" (its members: none): {}");
  EXPECT_THAT(broken(R"({"choices":[]})"), StartsWith("JSON without a choice"));
  EXPECT_THAT(broken(R"({"choices":["x"]})"), StartsWith("JSON without a choice"));
  EXPECT_EQ(broken(R"({"choices":[{"message":{"content":"a"},"finish_reason":"error"}]})"),
            "the server gave up on it");
  EXPECT_EQ(broken(R"({"choices":[{"finish_reason":"stop"}]})"), "a choice without its message");
  EXPECT_EQ(broken(R"({"choices":[{"message":{"content":3}}]})"), "content of an unknown type");
  EXPECT_EQ(broken(R"({"choices":[{"message":{"content":["x"]}}]})"), "content of an unknown type");
  EXPECT_THAT(broken(std::string(100'000, '[')), StartsWith("it is not JSON: [["));
}

/// What no retry mends is called by its name, with its first characters and without keys.
TEST(DecodeChat, WhatCameInsteadIsNamed) {
  const Secrets secrets(std::vector<std::string>{"topsecretkey0123"});
  const auto came = [&](std::string_view body, Damage damage = Damage::foreign) {
    const Decoded<Completion> decoded = decode_chat(body, secrets);
    const auto* envelope = std::get_if<BrokenEnvelope>(&decoded);
    if (envelope == nullptr) return std::string("a reply");
    EXPECT_EQ(envelope->damage, damage) << body;
    return envelope->reason;
  };
  EXPECT_THAT(came(std::string_view("\x1F\x8B\x08\0\0\0\0\0", 8)), HasSubstr("compressed (gzip)"));
  EXPECT_THAT(came("\x28\xB5\x2F\xFD\x01"), HasSubstr("compressed (zstd)"));
  EXPECT_THAT(came("<!DOCTYPE html><html><head><title>Sign in</title></head></html>"),
              AllOf(HasSubstr("a web page: Sign in"), HasSubstr("<!DOCTYPE html>")));
  EXPECT_THAT(
      came(R"({"data":{"choices":[]},"success":true,"echo":"topsecretkey0123"})"),
      AllOf(HasSubstr("members: data, success, echo"), HasSubstr("[redacted]"), Not(HasSubstr("topsecret"))));
  EXPECT_THAT(came("pong topsecretkey0123", Damage::broken),
              AllOf(HasSubstr("not JSON: pong"), Not(HasSubstr("topsecret"))));
  EXPECT_THAT(came("", Damage::broken), HasSubstr("empty"));
  EXPECT_LT(came("<html>" + std::string(5000, 'x')).size(), 1000U);
  EXPECT_LT(came(R"({"a":")" + std::string(5000, 'x') + "\"}").size(), 1000U);
}

TEST(DecodeChat, WhatIsAReplyInOtherClothesIsRead) {
  const std::string body = R"({"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]})";
  EXPECT_EQ(completion("\xEF\xBB\xBF" + body).text, "yes");
  EXPECT_EQ(completion(
                "data: {\"choices\":[{\"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}\n\ndata: "
                "[DONE]\n\n")
                .text,
            "yes");
  EXPECT_EQ(of_message(R"({"content":"a\ud83d b\ude00 \ud83d\ude00"})").text,
            "a\xEF\xBF\xBD b\xEF\xBF\xBD \xF0\x9F\x98\x80");
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

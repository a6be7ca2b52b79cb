#include "llm/api_error.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ApiError decoded(std::string_view body) { return decode_error(body, {}); }

TEST(ApiError, OpenAi) {
  EXPECT_EQ(decoded(R"({"error":{"message":"You exceeded your quota","type":"insufficient_quota",
                        "param":null,"code":"insufficient_quota"}})"),
            (ApiError{"You exceeded your quota", "insufficient_quota", "insufficient_quota", ""}));
  EXPECT_EQ(decoded(R"({"error":{"message":"no","type":"invalid_request_error","param":"max_tokens",
                        "code":"unsupported_parameter"}})"),
            (ApiError{"no", "invalid_request_error", "unsupported_parameter", "max_tokens"}));
}

TEST(ApiError, Azure) {
  EXPECT_EQ(decoded(R"({"error":{"code":"429","message":"Requests have exceeded the rate limit"}})"),
            (ApiError{"Requests have exceeded the rate limit", "", "429", ""}));
  EXPECT_EQ(decoded(R"({"error":{"message":"filtered","param":"prompt","status":400,
                        "innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{}}}})"),
            (ApiError{"filtered", "", "ResponsibleAIPolicyViolation", "prompt"}));
  EXPECT_EQ(decoded(R"({"statusCode":401,"message":"Access denied"})").message, "Access denied");
}

TEST(ApiError, Vllm) {
  EXPECT_EQ(
      decoded(R"({"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400})"),
      (ApiError{"too long", "BadRequestError", "400", ""}));
  EXPECT_EQ(decoded(R"({"detail":"Not Found"})").message, "Not Found");
  EXPECT_EQ(decoded(R"({"detail":[{"type":"extra_forbidden","loc":["body","seed"],
                        "msg":"Extra inputs are not permitted","input":1}]})"),
            (ApiError{"Extra inputs are not permitted", "extra_forbidden", "", "seed"}));
  EXPECT_EQ(
      decoded(
          R"({"object":"error","message":{"detail":[{"type":"t","loc":["body","messages",0],"msg":"m"}]}})"),
      (ApiError{"m", "t", "", "messages.0"}));
}

TEST(ApiError, LlamaCppOllamaAndAnArrayAround) {
  EXPECT_EQ(decoded(R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})"),
            (ApiError{"Loading model", "unavailable_error", "503", ""}));
  EXPECT_EQ(decoded(R"({"error":"model 'x' not found"})").message, "model 'x' not found");
  EXPECT_EQ(decoded(R"([{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}])"),
            (ApiError{"bad", "", "400", ""}));
}

TEST(ApiError, SomeAreAboutWhatTheRequestSaysAndStayTheSame) {
  for (
      const char* declined :
      {R"({"error":{"message":"too many tokens","type":"invalid_request_error","code":"context_length_exceeded"}})",
       R"({"error":{"message":"filtered","param":"prompt","code":"content_filter","status":400,
            "innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
       R"({"error":{"code":400,"message":"request exceeds the context","type":"exceed_context_size_error","n_ctx":512}})",
       R"({"object":"error","message":"This model's maximum context length is 2048 tokens. However, you requested 9000",
            "type":"BadRequestError","code":400})"}) {
    EXPECT_TRUE(declines_text(decoded(declined))) << declined;
  }
  for (const char* other : {R"({"error":{"message":"Incorrect key","code":"invalid_api_key"}})",
                            R"({"error":{"message":"no such model","code":"model_not_found"}})", "", "{}"}) {
    EXPECT_FALSE(declines_text(decoded(other))) << other;
  }
}

TEST(ApiError, ProxiesPagesAndText) {
  EXPECT_EQ(decoded("<html>\r\n<head><title>502 Bad Gateway</title></head><body>...</body></html>").message,
            "a web page: 502 Bad Gateway");
  EXPECT_EQ(decoded("<!DOCTYPE html><html><body><h1>No</h1>  <p>really</p></body></html>").message,
            "a web page: No really ");
  EXPECT_EQ(decoded("upstream connect error\n").message, "upstream connect error ");
  EXPECT_EQ(decoded("").message, "");
  EXPECT_EQ(decoded(R"({"error":{}})").message, "{}");
}

TEST(ApiError, IsShortAndHoldsNoKey) {
  const std::vector<std::string> secrets{"topsecretkey0123456789"};
  const ApiError error =
      decode_error(R"({"error":{"message":"bad key topsecretkey0123456789","code":"topsecretkey0123456789",)"
                   R"("type":"x","param":"topsecretkey01"}})",
                   secrets);
  for (const std::string& text : {error.message, error.code, error.param})
    EXPECT_THAT(text, Not(HasSubstr("topsecret")));
  EXPECT_LE(decoded(R"({"error":")" + std::string(100'000, 'x') + "\"}").message.size(), kMaxErrorText);
  EXPECT_LE(decoded(std::string(1'000'000, 'x')).message.size(), kMaxErrorText);
  EXPECT_LE(decoded("<html>" + std::string(1'000'000, 'x')).message.size(), kMaxErrorText);
}

TEST(ApiError, AnyBytesWillDo) {
  const std::string body =
      R"([{"error":{"message":{"detail":[{"loc":["body",1],"msg":"x"}]},"innererror":{}}}])";
  for (std::size_t cut = 0; cut <= body.size(); ++cut) EXPECT_NO_THROW(decoded(body.substr(0, cut)));
  EXPECT_NO_THROW(decoded(std::string(100'000, '[')));
}

}  // namespace
}  // namespace throng::llm

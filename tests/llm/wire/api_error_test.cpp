#include "llm/wire/api_error.h"

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
    EXPECT_EQ(about(400, decoded(declined)), ErrorAbout::text) << declined;
  }
}

struct Refusal {
  int status;
  const char* body;
};

/// In the words of the providers' documents and of public reports.
TEST(ApiError, WhatProvidersSayOfOneText) {
  for (
      const auto& [status, body] : std::vector<Refusal>{
          {400,
           R"({"error":{"message":"Content Exists Risk","type":"invalid_request_error","code":"invalid_request_error"}})"},
          {400,
           R"({"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}})"},
          {400,
           R"({"error":{"code":"DataInspectionFailed","message":"Output data may contain inappropriate content."}})"},
          {400,
           R"({"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.",
                 "type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{"}})"},
          {400,
           R"({"error":{"message":"Generated JSON does not match the expected schema. Please adjust your prompt.","type":"invalid_request_error"}})"},
          {400,
           R"({"object":"error","message":"The input (61709 tokens) is longer than the model's context length (40960 tokens).","code":400})"},
          {422,
           R"({"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000","error_type":"validation"})"},
          {400,
           R"({"error":"The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096)."})"},
          {400,
           R"({"object":"error","message":"The decoder prompt (length 10127) is longer than the maximum model length of 8192.","code":400})"},
          {400,
           R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})"},
          {400,
           R"([{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}])"},
          {400,
           R"({"error":{"code":"1301","message":"the input or output may contain unsafe or sensitive content"}})"},
          {400, R"({"error":{"code":"1261","message":"Prompt exceeds max length"}})"},
          {400,
           R"({"error":{"code":"SensitiveContentDetected","message":"The request failed because the input text may contain sensitive information.","type":"BadRequest"}})"},
          {400, R"({"error":{"code":"InputTextSensitiveContentDetected.PolicyViolation","message":"x"}})"},
          {403,
           R"({"error":{"code":403,"message":"requires moderation; your input was flagged","metadata":{"reasons":["violence"]}}})"},
          {413,
           R"({"error":{"message":"Request too large for model m on tokens per minute (TPM): Limit 6000, Requested 7000","type":"tokens","code":"rate_limit_exceeded"}})"},
          {413,
           R"({"error":{"code":"tokens_limit_reached","message":"Request body too large for gpt-4o model. Max size: 8000 tokens."}})"},
          {400,
           R"({"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens\"}}","provider_name":"X"}}})"},
          {400,
           R"({"error":{"message":"litellm.ContentPolicyViolationError: filtered","type":"ContentPolicyViolationError"}})"},
          {400,
           R"({"error":{"message":"litellm.BadRequestError: ContextWindowExceededError: x","code":"400"}})"},
          {400,
           R"({"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","code":"invalid_prompt"}})"},
          {400, R"({"error":{"message":"Output blocked: RECITATION"}})"},
          {400, R"({"error":{"message":"\u8f93\u5165\u5185\u5bb9\u5305\u542b\u654f\u611f\u4fe1\u606f"}})"},
          {413, "<html><title>413 Request Entity Too Large</title></html>"}}) {
    EXPECT_EQ(about(status, decoded(body)), ErrorAbout::text) << body;
  }
}

TEST(ApiError, WhatProvidersSayOfEveryRequest) {
  for (
      const auto& [status, body] : std::vector<Refusal>{
          {401, R"({"error":{"message":"Incorrect key","code":"invalid_api_key"}})"},
          {400,
           R"([{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}])"},
          {400,
           R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}})"},
          {402, R"({"error":{"message":"Insufficient Balance"}})"},
          {400,
           R"({"error":{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing."}})"},
          {403,
           R"({"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported"}})"},
          {404, R"({"error":{"message":"no such model","code":"model_not_found"}})"},
          {400, R"({"error":{"message":"x/y is not a valid model ID","code":400}})"},
          {400, R"({"error":{"message":"Model Not Exist","type":"invalid_request_error"}})"},
          {400,
           R"({"error":{"message":"The model `m` has been decommissioned and is no longer supported.","code":"model_decommissioned"}})"},
          {400,
           R"({"error":{"message":"Invalid schema for response_format 'page': 'required' is required to be supplied","param":"response_format","code":null}})"},
          {400,
           R"({"error":{"message":"max_tokens is too large: 100000. This model supports at most 16384 completion tokens","param":"max_tokens"}})"},
          {403, R"({"error":{"message":"Project does not have access to model"}})"},
          {404, "404 page not found"}}) {
    EXPECT_EQ(about(status, decoded(body)), ErrorAbout::everything) << body;
  }
}

TEST(ApiError, WhatNobodyKnowsIsUnclear) {
  for (const char* body :
       {"", "{}", R"({"error":{"message":"Bad Request"}})", R"({"error":{"message":"E4711","code":"x"}})",
        R"({"object":"error","message":"invalid argument","code":400})",
        R"({"error":{"message":"The reply did not conform to the schema"}})"}) {
    EXPECT_EQ(about(400, decoded(body)), ErrorAbout::unclear) << body;
  }
  EXPECT_EQ(about(403, decoded("<html><title>Attention Required!</title></html>")), ErrorAbout::unclear)
      << "a firewall may look at the text";
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

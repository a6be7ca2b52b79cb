#include "llm/wire/capabilities.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::HasSubstr;
using StructuredOutput = Capabilities::Output;
using MaxTokens = Capabilities::MaxTokens;
using SystemRole = Capabilities::SystemRole;

ApiError about(std::string message, std::string param = "", std::string code = "") {
  return {.message = std::move(message),
          .type = "invalid_request_error",
          .code = std::move(code),
          .param = std::move(param)};
}

TEST(Capabilities, AreReadStrictly) {
  const Json json = Json::parse(R"({"structured_output":"text","max_tokens":"max_completion_tokens",
                                    "system_role":"developer","seed":false})");
  const Capabilities read = read_capabilities(json, "/c").value();
  EXPECT_EQ(read.structured_output, StructuredOutput::text);
  EXPECT_EQ(read.max_tokens, MaxTokens::max_completion_tokens);
  EXPECT_EQ(read.system_role, SystemRole::developer);
  EXPECT_FALSE(read.seed);
  EXPECT_TRUE(read.temperature);
  EXPECT_EQ(read_capabilities(Json::object(), "").value(), Capabilities());
  EXPECT_THAT(read_capabilities(Json::parse(R"({"structured_output":"json"})"), "/c").error().message,
              HasSubstr("/c/structured_output: got \"json\", expected one of json_schema"));
  EXPECT_THAT(read_capabilities(Json::parse(R"({"sead":true})"), "/c").error().message, HasSubstr("seed"));
}

TEST(Learn, MaxTokensHasAnotherName) {
  const auto learned =
      learn({}, about("Unsupported parameter: 'max_tokens' is not supported with this model. "
                      "Use 'max_completion_tokens' instead.",
                      "max_tokens", "unsupported_parameter"));
  ASSERT_TRUE(learned);
  EXPECT_EQ(learned->capabilities.max_tokens, MaxTokens::max_completion_tokens);
  EXPECT_EQ(learned->lesson, "max_completion_tokens instead of max_tokens");
}

TEST(Learn, StructuredOutputStepsDown) {
  const ApiError error =
      about("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
            "response_format");
  auto learned = learn({}, error);
  ASSERT_TRUE(learned);
  EXPECT_EQ(learned->capabilities.structured_output, StructuredOutput::json_object);
  learned = learn(learned->capabilities, error);
  ASSERT_TRUE(learned);
  EXPECT_EQ(learned->capabilities.structured_output, StructuredOutput::text);
  EXPECT_FALSE(learn(learned->capabilities, error));
  const auto other = learn({.structured_output = StructuredOutput::json_object},
                           about("'response_format.type' must be 'json_schema' or 'text'"));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->capabilities.structured_output, StructuredOutput::text);
}

TEST(Learn, ServersThatListWhatTheyTake) {
  for (const char* message :
       {"response_format type must be one of \"text\" or \"json_object\", but got: json_schema",
        "`response_format.type` ... invalid value: `json_schema`, supported values are: `json_object` and "
        "`text`",
        "This response_format type is unavailable now"}) {
    const auto learned = learn({}, about(message));
    ASSERT_TRUE(learned) << message;
    EXPECT_EQ(learned->capabilities.structured_output, StructuredOutput::json_object);
  }
}

TEST(Learn, MembersThatAreUnknown) {
  EXPECT_FALSE(learn({}, about("Unrecognized request argument supplied: stream_options"))
                   ->capabilities.stream_options);
  EXPECT_FALSE(
      learn({}, about("Additional properties are not allowed ('seed' was unexpected)"))->capabilities.seed);
  EXPECT_FALSE(
      learn({}, {"Extra inputs are not permitted", "extra_forbidden", "", "seed"})->capabilities.seed);
  EXPECT_FALSE(learn({}, about("Unsupported value: 'temperature' does not support 0.5 with this model.",
                               "temperature", "unsupported_value"))
                   ->capabilities.temperature);
  EXPECT_EQ(
      learn({}, about("Unsupported value: 'messages[0].role' does not support 'system' with this model.",
                      "messages[0].role", "unsupported_value"))
          ->capabilities.system_role,
      SystemRole::user);
}

TEST(Learn, OtherErrorsTeachNothing) {
  for (const ApiError& error :
       {about("max_tokens is too large: 100000. This model supports at most 4096.", "max_tokens"),
        about("Invalid schema for response_format 'page': 'additionalProperties' is required",
              "response_format"),
        about("This model's maximum context length is 8192 tokens"),
        about("The model `vendor/seed-1.6` is not supported"),
        about("temperature must be between 0 and 2", "temperature"), about("")}) {
    EXPECT_FALSE(learn({}, error)) << error.message;
  }
}

TEST(Learn, EveryErrorEndsAfterAFewSteps) {
  const ApiError all = about(
      "unsupported: response_format max_tokens max_completion_tokens stream_options temperature "
      "top_p seed stop system role");
  Capabilities capabilities;
  int steps = 0;
  while (const auto learned = learn(capabilities, all)) {
    EXPECT_NE(learned->capabilities, capabilities);
    capabilities = learned->capabilities;
    ASSERT_LE(++steps, 9);
  }
  EXPECT_EQ(steps, 9);
}

}  // namespace
}  // namespace throng::llm

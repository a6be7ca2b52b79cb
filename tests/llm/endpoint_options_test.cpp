#include "llm/endpoint_options.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr const char* kFull = R"({
  "url": "https://r.openai.azure.com", "model": "gpt-4o-mini", "api_key_env": "AZURE_KEY", "api": "azure",
  "api_version": "2024-10-21", "deployment": "mini", "rpm": 500, "tpm": 200000, "pacing": "even", "max_in_flight": 10000,
  "price": {"prompt": 0.15, "cached": 0.075, "completion": 0.6}, "token_counting": "usage",
  "capabilities": {"seed": false}, "timeouts": {"connect": 2.5, "total": 0},
  "headers": {"X-Team": "lab", "Authorization": {"env": "LAB_TOKEN"}}, "ca_file": "ca.pem", "verify": false, "proxy": "http://proxy:3128"})";

std::string error(const char* changes) {
  Json json = Json::parse(R"({"url":"http://localhost:8000","model":"m"})");
  json.merge_patch(Json::parse(changes));
  const auto read = read_endpoint(json, "/mind/endpoints/0");
  if (read) return "";
  EXPECT_EQ(read.error().kind, ErrorKind::usage);
  return read.error().message;
}

TEST(EndpointOptions, EverythingIsRead) {
  const EndpointOptions read = read_endpoint(Json::parse(kFull), "").value();
  EXPECT_EQ(read.url, "https://r.openai.azure.com");
  EXPECT_EQ(read.model, "gpt-4o-mini");
  EXPECT_EQ(read.api_key_env, "AZURE_KEY");
  EXPECT_EQ(read.api, Api::azure);
  EXPECT_EQ(read.api_version, "2024-10-21");
  EXPECT_EQ(read.deployment, "mini");
  EXPECT_EQ(read.rpm, 500);
  EXPECT_EQ(read.tpm, 200000);
  EXPECT_EQ(read.max_in_flight, 10000);
  EXPECT_EQ(read.price.prompt, 0.15);
  EXPECT_EQ(read.price.cached, 0.075);
  EXPECT_EQ(read.price.completion, 0.6);
  EXPECT_EQ(read.token_counting, TokenCounting::usage);
  EXPECT_EQ(read.pacing, Pacing::even);
  EXPECT_FALSE(read.capabilities.seed);
  EXPECT_EQ(read.timeouts.connect, std::chrono::milliseconds(2500));
  EXPECT_EQ(read.timeouts.total, std::chrono::milliseconds(0));
  EXPECT_EQ(read.timeouts.tls, Timeouts().tls);
  EXPECT_THAT(read.headers, ElementsAre(ExtraHeader{.name = "X-Team", .value = "lab"},
                                        ExtraHeader{.name = "Authorization", .env = "LAB_TOKEN"}));
  EXPECT_EQ(read.ca_file, "ca.pem");
  EXPECT_FALSE(read.verify);
  EXPECT_EQ(read.proxy, "http://proxy:3128");
}

TEST(EndpointOptions, AUrlAndAModelAreEnough) {
  EXPECT_EQ(error("{}"), "");
  EXPECT_THAT(error(R"({"url":null})"), HasSubstr("/mind/endpoints/0/url: missing"));
  EXPECT_THAT(error(R"({"model":null})"), HasSubstr("/mind/endpoints/0/model: missing"));
  EXPECT_EQ(
      read_endpoint(Json::parse(R"({"url":"http://h","model":"m","price":{"prompt":2}})"), "")->price.cached,
      2);
}

TEST(EndpointOptions, ErrorsHaveTheirPath) {
  EXPECT_THAT(error(R"({"rpn":1})"), AllOf(HasSubstr("/mind/endpoints/0/rpn"), HasSubstr("\"rpm\"")));
  EXPECT_THAT(error(R"({"rpm":-1})"), HasSubstr("/mind/endpoints/0/rpm: got -1, expected an integer from 0"));
  EXPECT_THAT(error(R"({"price":{"prompt":"1"}})"), HasSubstr("/mind/endpoints/0/price/prompt: got \"1\""));
  EXPECT_THAT(error(R"({"price":{"promt":1}})"), HasSubstr("/mind/endpoints/0/price/promt"));
  EXPECT_THAT(error(R"({"capabilities":{"seed":1}})"), HasSubstr("/mind/endpoints/0/capabilities/seed"));
  EXPECT_THAT(error(R"({"timeouts":{"total":-1}})"), HasSubstr("/mind/endpoints/0/timeouts/total"));
  EXPECT_THAT(error(R"({"timeouts":{"stall_floor":30,"stall_ceiling":10}})"),
              HasSubstr("/timeouts/stall_ceiling: expected no less than stall_floor"));
  EXPECT_THAT(error(R"({"timeouts":7})"), HasSubstr("/mind/endpoints/0/timeouts: got 7"));
  EXPECT_THAT(error(R"({"headers":{"a b":"c"}})"), HasSubstr("/mind/endpoints/0/headers/a b"));
  EXPECT_THAT(error(R"({"headers":{"a":"b\r\nc: d"}})"), HasSubstr("/mind/endpoints/0/headers/a"));
  EXPECT_THAT(error(R"({"headers":{"Host":"b"}})"), HasSubstr("/mind/endpoints/0/headers/Host"));
  EXPECT_THAT(error(R"({"url":"localhost"})"), HasSubstr("/mind/endpoints/0/url: expected a URL"));
  EXPECT_THAT(error(R"({"api":"azure"})"), HasSubstr("/mind/endpoints/0/api_version: missing"));
  EXPECT_THAT(error(R"({"api":"azure","api_version":"1","deployment":"a/b"})"), HasSubstr("/deployment"));
  EXPECT_THAT(error(R"({"api_version":"1&x=2"})"), HasSubstr("/api_version"));
}

TEST(EndpointOptions, AKeyInTheWrongPlaceIsNotRepeated) {
  for (const char* changes :
       {R"({"api_key":"topsecret"})", R"({"api_key_env":"sk-topsecret12345678"})",
        R"({"api_key_env":"top-secret topsecret"})", R"({"headers":{"Authorization":"Bearer topsecret"}})",
        R"({"headers":{"api-key":"topsecret"}})", R"({"headers":{"Cookie":{"env":"a=topsecret"}}})",
        R"({"headers":{"Cookie":{"value":"topsecret"}}})", R"({"headers":{"Cookie":["topsecret"]}})",
        R"({"url":"https://u:topsecret@h/"})", R"({"apikey":"sk-topsecret12345678"})",
        R"({"rpm":"sk-topsecret12345678"})"}) {
    EXPECT_THAT(error(changes), AllOf(Not(HasSubstr("topsecret")), HasSubstr("/mind/endpoints/0/")))
        << changes;
  }
}

TEST(EndpointOptions, AListOfAtLeastOne) {
  EXPECT_EQ(
      read_endpoints(Json::parse(R"([{"url":"http://a","model":"m"},{"url":"http://b","model":"m"}])"), "/e")
          ->size(),
      2U);
  EXPECT_FALSE(read_endpoints(Json::array(), "/e"));
  EXPECT_FALSE(read_endpoints(Json::object(), "/e"));
  EXPECT_THAT(read_endpoints(Json::parse(R"([{"url":"http://a","model":"m"},3])"), "/e").error().message,
              HasSubstr("/e/1: expected an object"));
}

TEST(ApiKey, ComesFromTheEnvironment) {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "GOOD") return "topsecret\n";
    if (name == "BAD") return "top\r\nsecret: x";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  EXPECT_EQ(read_api_key({.api_key_env = "GOOD"}, environment).value(), "topsecret");
  EXPECT_EQ(read_api_key({}, environment).value(), "");
  for (const char* name : {"BAD", "EMPTY", "MISSING"}) {
    const auto key = read_api_key({.api_key_env = name}, environment);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().kind, ErrorKind::usage);
    EXPECT_THAT(key.error().message, AllOf(HasSubstr(name), Not(HasSubstr("secret: x"))));
  }
  EXPECT_FALSE(process_environment()("THRONG_NO_SUCH_VARIABLE"));
}

TEST(ApiKey, TravelsInAHeader) {
  EXPECT_THAT(key_header({}, "k"), Pair("authorization", "Bearer k"));
  EXPECT_THAT(key_header({.api = Api::azure}, "k"), Pair("api-key", "k"));
}

TEST(EndpointOptions, HeadersMayComeFromTheEnvironment) {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "COOKIE") return "session=topsecret; theme=dark";
    if (name == "BROKEN") return "topsecret\r\nX: y";
    return std::nullopt;
  };
  const auto read = [&](ExtraHeader header) {
    return read_extra_headers({.url = "http://h", .headers = {std::move(header)}}, environment);
  };
  EXPECT_THAT(read({.name = "X-Team", .value = "lab"}).value(), ElementsAre(Pair("X-Team", "lab")));
  EXPECT_THAT(read({.name = "Cookie", .env = "COOKIE"}).value(),
              ElementsAre(Pair("Cookie", "session=topsecret; theme=dark")));
  EXPECT_THAT(read({.name = "Cookie", .env = "UNSET"}).error().message,
              AllOf(HasSubstr("UNSET is not set"), HasSubstr("Cookie")));
  EXPECT_THAT(read({.name = "Cookie", .env = "BROKEN"}).error().message,
              AllOf(HasSubstr("BROKEN holds"), Not(HasSubstr("topsecret"))));
  EXPECT_THAT(read({.name = "Cookie", .value = "[redacted]"}).error().message,
              HasSubstr("header Cookie of http://h was left out when this scenario was written"));
}

}  // namespace
}  // namespace throng::llm

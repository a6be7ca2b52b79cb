#include "llm/endpoint_paths.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string chat(const std::string& url) {
  const EndpointPaths paths = endpoint_paths({.url = url, .model = "m"}).value();
  return paths.origin + " " + paths.chat;
}

TEST(EndpointPaths, WithOrWithoutAVersion) {
  EXPECT_EQ(chat("https://api.openai.com/v1"), "https://api.openai.com /v1/chat/completions");
  EXPECT_EQ(chat("https://api.openai.com"), "https://api.openai.com /v1/chat/completions");
  EXPECT_EQ(chat("http://[::1]:8000/"), "http://[::1]:8000 /v1/chat/completions");
  EXPECT_EQ(chat("https://h/openai/v1/"), "https://h /openai/v1/chat/completions");
  EXPECT_EQ(chat("https://h/v1beta/openai"), "https://h /v1beta/openai/chat/completions");
  EXPECT_EQ(chat("https://h/api"), "https://h /api/v1/chat/completions");
  EXPECT_EQ(chat("https://h/chat/completions"), "https://h /chat/completions") << "its own word";
  EXPECT_EQ(chat("https://h/inference/chat/completions/"), "https://h /inference/chat/completions");
  EXPECT_EQ(chat("https://h/v1/models"), "https://h /v1/chat/completions");
  for (const char* other : {"completions", "responses", "messages", "chat"})
    EXPECT_EQ(chat(std::string("https://h/v1/") + other), "https://h /v1/chat/completions");
  EXPECT_EQ(chat("https://h/v1/chat/completions"), "https://h /v1/chat/completions");
  const EndpointPaths paths = endpoint_paths({.url = "http://h/v1"}).value();
  EXPECT_EQ(paths.embeddings, "/v1/embeddings");
  EXPECT_EQ(paths.models, "/v1/models");
}

std::vector<std::string> possible(const std::string& url) {
  std::vector<std::string> targets;
  for (const EndpointPaths& paths : possible_paths({.url = url, .model = "m"}).value())
    targets.push_back(paths.chat);
  return targets;
}

TEST(EndpointPaths, WithoutAVersionSeveralArePossible) {
  EXPECT_THAT(possible("https://h"), ElementsAre("/v1/chat/completions", "/chat/completions"));
  EXPECT_THAT(possible("https://h/serving-endpoints/"),
              ElementsAre("/serving-endpoints/v1/chat/completions", "/serving-endpoints/chat/completions"));
  EXPECT_THAT(possible("https://h/models"),
              ElementsAre("/models/chat/completions", "/v1/chat/completions", "/chat/completions"));
  EXPECT_THAT(possible("http://localhost:11434/api/chat"),
              ElementsAre("/v1/chat/completions", "/chat/completions"));
  EXPECT_THAT(possible("http://h/api"),
              ElementsAre("/api/v1/chat/completions", "/api/chat/completions", "/v1/chat/completions"));
  EXPECT_THAT(possible("https://h/api/v3"), ElementsAre("/api/v3/chat/completions"));
}

TEST(EndpointPaths, OfKnownHosts) {
  EXPECT_EQ(chat("https://api.groq.com"), "https://api.groq.com /openai/v1/chat/completions");
  EXPECT_EQ(chat("https://openrouter.ai"), "https://openrouter.ai /api/v1/chat/completions");
  EXPECT_EQ(chat("https://api.perplexity.ai"), "https://api.perplexity.ai /chat/completions");
  EXPECT_EQ(chat("https://generativelanguage.googleapis.com"),
            "https://generativelanguage.googleapis.com /v1beta/openai/chat/completions");
}

TEST(EndpointPaths, WhatAnAzureUrlSaysItself) {
  const auto read = [](const std::string& url) {
    return read_endpoint(Json{{"url", url}, {"model", "m"}}, "").value();
  };
  const std::string copied =
      "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21";
  EXPECT_EQ(read(copied).api, Api::azure);
  EXPECT_EQ(endpoint_paths(read(copied))->chat,
            "/openai/deployments/d/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(endpoint_paths(read(copied))->models, "/openai/models?api-version=2024-10-21");
  EXPECT_EQ(endpoint_paths(read("https://proxy/x/openai/deployments/d?api-version=2024-10-21"))->chat,
            "/x/openai/deployments/d/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(endpoint_paths(read("https://r.openai.azure.com?api-version=2024-10-21"))->chat,
            "/openai/deployments/m/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(endpoint_paths(read("https://r.openai.azure.com/openai/v1/"))->chat,
            "/openai/v1/chat/completions");
  EXPECT_EQ(
      endpoint_paths(read("https://r.services.ai.azure.com/models?api-version=2024-05-01-preview"))->chat,
      "/models/chat/completions?api-version=2024-05-01-preview");
  for (const char* wrong : {R"({"url":"https://r.openai.azure.com","model":"m"})",
                            R"({"url":"https://h?api-version=1","api_version":"2","model":"m"})",
                            R"({"url":"https://h?api-version=a=secret","model":"m"})"}) {
    const auto refused = read_endpoint(Json::parse(wrong), "");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("api-version"), Not(HasSubstr("secret"))));
  }
}

TEST(EndpointPaths, RedirectsWithinTheHost) {
  const auto leads = [](const std::string& origin, std::string_view location) {
    const auto redirect = redirect_of(origin, "/v1/chat/completions", location);
    return redirect ? (redirect->same_host ? "follow " : "refuse ") + redirect->address() : "nowhere";
  };
  EXPECT_EQ(leads("http://h:8000", "/api/v1/chat/completions"),
            "follow http://h:8000/api/v1/chat/completions");
  EXPECT_EQ(leads("http://h:8000", "completions/"), "follow http://h:8000/v1/chat/completions/");
  EXPECT_EQ(leads("http://h:8000", " HTTP://H:8000/x?a=b#c "), "follow http://h:8000/x");
  EXPECT_EQ(leads("https://h", "https://h:443/x"), "follow https://h/x");
  EXPECT_EQ(leads("http://h", "https://h/v1/chat/completions"), "follow https://h/v1/chat/completions");
  EXPECT_EQ(leads("https://h", "http://h/x"), "refuse http://h/x") << "the key would travel in the clear";
  EXPECT_EQ(leads("http://h:8000", "http://h:8001/x"), "refuse http://h:8001/x");
  EXPECT_EQ(leads("http://h:8000", "https://h/x"), "refuse https://h/x");
  EXPECT_EQ(leads("https://h", "//other/x"), "refuse https://other/x");
  EXPECT_EQ(leads("https://h", "https://user:secret@h/x?key=secret"), "refuse https://h/x");
  EXPECT_EQ(leads("https://h", "https://h.evil.example/x"), "refuse https://h.evil.example/x");
  for (const char* nothing : {"", "  ", "http://[", "mailto:a@b", "ftp://h/x"})
    EXPECT_EQ(leads("https://h", nothing), "nowhere") << nothing;
}

TEST(EndpointPaths, Azure) {
  EndpointOptions options{
      .url = "https://r.openai.azure.com/", .model = "m", .api = Api::azure, .api_version = "2024-10-21"};
  EndpointPaths paths = endpoint_paths(options).value();
  EXPECT_EQ(paths.chat, "/openai/deployments/m/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(paths.embeddings, "/openai/deployments/m/embeddings?api-version=2024-10-21");
  EXPECT_EQ(paths.models, "/openai/models?api-version=2024-10-21");
  options.deployment = "d";
  options.url = "https://r.openai.azure.com/openai";
  EXPECT_EQ(endpoint_paths(options)->chat, "/openai/deployments/d/chat/completions?api-version=2024-10-21");
  options.url = "https://r.openai.azure.com/openai/v1";
  options.api_version = "";
  EXPECT_EQ(endpoint_paths(options)->chat, "/openai/v1/chat/completions");
}

TEST(EndpointPaths, WrongUrlsAreNotRepeated) {
  for (const char* url :
       {"api.openai.com/v1", "ftp://secret", "https://user:secret@host/v1", "https://h/v1?key=secret",
        "https://h/v1#secret", "https://se cret/", "https://", "https:///secret", "https://h\r\nsecret"}) {
    const auto paths = endpoint_paths({.url = url, .model = "m"});
    ASSERT_FALSE(paths) << url;
    EXPECT_EQ(paths.error().kind, ErrorKind::usage);
    EXPECT_THAT(paths.error().message, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace throng::llm

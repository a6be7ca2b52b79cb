#include "llm/endpoint_paths.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

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
  EXPECT_EQ(chat("https://h/v1/chat/completions"), "https://h /v1/chat/completions");
  const EndpointPaths paths = endpoint_paths({.url = "http://h/v1"}).value();
  EXPECT_EQ(paths.embeddings, "/v1/embeddings");
  EXPECT_EQ(paths.models, "/v1/models");
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

#include "llm/mock/dialect.h"

#include <gmock/gmock.h>

namespace throng::llm::mock {
namespace {

TEST(MockRoute, KnowsThePathsWithAndWithoutAVersion) {
  EXPECT_EQ(route_of("/v1/chat/completions").endpoint, Endpoint::chat);
  EXPECT_EQ(route_of("/chat/completions").endpoint, Endpoint::chat);
  EXPECT_EQ(route_of("/v1/chat/completions?x=1").endpoint, Endpoint::chat);
  EXPECT_EQ(route_of("/v1/embeddings").endpoint, Endpoint::embeddings);
  EXPECT_EQ(route_of("/models").endpoint, Endpoint::models);
  EXPECT_EQ(route_of("/stats").endpoint, Endpoint::stats);
}

TEST(MockRoute, KnowsAzuresPaths) {
  const Route route = route_of("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  EXPECT_EQ(route.endpoint, Endpoint::chat);
  EXPECT_EQ(route.deployment, "gpt-4o");
  EXPECT_EQ(route_of("/openai/deployments/e/embeddings?a=b&api-version=1").endpoint, Endpoint::embeddings);
  EXPECT_EQ(route_of("/openai/models?api-version=1").endpoint, Endpoint::models);
  EXPECT_EQ(route_of("/openai/v1/chat/completions").endpoint, Endpoint::chat);
}

TEST(MockRoute, KnowsNothingElse) {
  for (const char* target :
       {"", "/", "*", "/v1", "/v1/", "/v1/chat", "/v1/chat/completions/", "/v1/v1/models", "/v2/models",
        "/openai/deployments/gpt-4o/chat/completions", "/openai/deployments//embeddings?api-version=1",
        "/openai/deployments/x?api-version=1", "/openai/models?api-version=", "/v1/stats",
        "/openai/chat/completions"})
    EXPECT_EQ(route_of(target).endpoint, Endpoint::none) << target;
}

}  // namespace
}  // namespace throng::llm::mock

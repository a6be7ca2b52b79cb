#include "llm/mock/embeddings_reply.h"

#include <gmock/gmock.h>

#include "llm/wire/json_view.h"

namespace throng::llm::mock {
namespace {

EmbeddingBatch embed(const std::vector<std::string>& inputs, EmbeddingEncoding encoding) {
  std::string request;
  encode_embeddings({.model = "m", .dimensions = 5, .encoding = encoding}, inputs, request);
  const JsonDocument json(request);
  const auto call = std::get<EmbeddingsCall>(read_embeddings_call(json.object(), "", 8));
  return std::get<EmbeddingBatch>(decode_embeddings(embeddings_body(call, 3), inputs.size(), {}));
}

TEST(MockEmbeddings, BothEncodingsHoldTheSameVectors) {
  const EmbeddingBatch numbers = embed({"a", "other", "a"}, EmbeddingEncoding::numbers);
  EXPECT_EQ(numbers.values, embed({"a", "other", "a"}, EmbeddingEncoding::base64).values);
  EXPECT_EQ(numbers.dimensions, 5U);
  EXPECT_EQ(numbers.usage.prompt, 1 + 2 + 1);
  EXPECT_THAT(numbers.row(0), testing::ElementsAreArray(numbers.row(2)));
  EXPECT_NE(numbers.row(0)[0], numbers.row(1)[0]);
  float squares = 0;
  for (const float value : numbers.row(1)) squares += value * value;
  EXPECT_NEAR(squares, 1, 1e-5);
}

TEST(MockEmbeddings, InputsAreTextsOrTokens) {
  const auto inputs = [](const std::string& input) {
    const JsonDocument json(R"({"model": "m", "input": )" + input + "}");
    const auto read = read_embeddings_call(json.object(), "", 8);
    const auto* call = std::get_if<EmbeddingsCall>(&read);
    return call == nullptr ? 0U : call->inputs.size();
  };
  EXPECT_EQ(inputs(R"("text")"), 1U);
  EXPECT_EQ(inputs(R"([1, 2, 3])"), 1U);
  EXPECT_EQ(inputs(R"([[1, 2], [3]])"), 2U);
  EXPECT_EQ(inputs(R"(["a", "b"])"), 2U);
  for (const char* wrong : {"[]", "{}", "3", "null", "[[]]", "[{}]"}) EXPECT_EQ(inputs(wrong), 0U) << wrong;
}

}  // namespace
}  // namespace throng::llm::mock

#include "llm/wire/embeddings.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::ElementsAre;

std::string broken(std::string_view body, std::size_t inputs) {
  const Decoded<EmbeddingBatch> decoded = decode_embeddings(body, inputs, {});
  const auto* envelope = std::get_if<BrokenEnvelope>(&decoded);
  return envelope == nullptr ? "" : envelope->reason;
}

EmbeddingBatch batch(std::string_view body, std::size_t inputs) {
  EXPECT_EQ(broken(body, inputs), "");
  return std::get<EmbeddingBatch>(decode_embeddings(body, inputs, {}));
}

TEST(EncodeEmbeddings, AllInputsInOneBody) {
  std::string out;
  encode_embeddings({.model = "e", .dimensions = 2, .encoding = EmbeddingEncoding::base64},
                    std::vector<std::string>{"a", "\"b\xff"}, out);
  EXPECT_EQ(out,
            "{\"model\":\"e\",\"input\":[\"a\",\"\\\"b\xEF\xBF\xBD\"],\"dimensions\":2,\"encoding_format\":"
            "\"base64\"}");
  out.clear();
  encode_embeddings({.model = "e"}, std::vector<std::string>{"a"}, out);
  EXPECT_EQ(out, R"({"model":"e","input":["a"],"encoding_format":"float"})");
}

TEST(LogicalEmbedding, IsReadBackAndNamesNoPlaceAndNoEncoding) {
  const EmbeddingRequest asked{.model = "e", .dimensions = 2, .encoding = EmbeddingEncoding::base64};
  EXPECT_THAT(logical_parts(asked, "a"), ElementsAre(R"({"model":"e","dimensions":2})", "a"));
  const EmbeddingRequest read = embedding_request_from(logical_parts(asked, "a")[0]);
  EXPECT_EQ(read.model, "e");
  EXPECT_EQ(read.dimensions, 2);
  EXPECT_EQ(embedding_request_from(R"({"model":"e"})").dimensions, std::nullopt);
  for (const char* broken : {"", "[]", "{}", R"({"model":1})"})
    EXPECT_THROW(embedding_request_from(broken), Failure) << broken;
}

TEST(VectorText, ComesBackToTheBit) {
  EXPECT_EQ(vector_text(std::vector{1.0F, -2.0F}), "AACAPwAAAMA");
  for (std::size_t size = 0; size < 8; ++size) {
    std::vector<float> vector;
    for (std::size_t i = 0; i < size; ++i) vector.push_back(1.0F / static_cast<float>(i + 3));
    EXPECT_EQ(vector_from(vector_text(vector)), vector);
  }
  EXPECT_THROW(vector_from("no vector!"), Failure);
}

TEST(DecodeEmbeddings, OrderedByIndexInEitherEncoding) {
  const EmbeddingBatch read = batch(R"({"object":"list","data":[
      {"object":"embedding","index":1,"embedding":"AACAPwAAAMA="},
      {"object":"embedding","index":0,"embedding":[0.5,-3]}],
      "model":"e-1","usage":{"prompt_tokens":8,"total_tokens":8}})",
                                    2);
  EXPECT_EQ(read.dimensions, 2U);
  EXPECT_EQ(read.rows(), 2U);
  EXPECT_THAT(read.row(0), ElementsAre(0.5F, -3.0F));
  EXPECT_THAT(read.row(1), ElementsAre(1.0F, -2.0F));
  EXPECT_EQ(read.model, "e-1");
  EXPECT_EQ(read.usage, (Usage{.source = UsageSource::server, .prompt = 8}));
}

TEST(DecodeEmbeddings, WithoutIndicesOrUsage) {
  const EmbeddingBatch read = batch(R"({"data":[{"embedding":[1]},{"embedding":[2]}]})", 2);
  EXPECT_THAT(read.values, ElementsAre(1.0F, 2.0F));
  EXPECT_EQ(read.usage.source, UsageSource::missing);
  EXPECT_EQ(batch(R"({"data":[]})", 0).rows(), 0U);
  EXPECT_THAT(batch(R"({"data":[{"embedding":"AACAPw"}]})", 1).values, ElementsAre(1.0F));
}

TEST(DecodeEmbeddings, BrokenReplies) {
  EXPECT_EQ(broken("x", 1), "it is not JSON: x");
  EXPECT_EQ(broken("{}", 1), "JSON without \"data\" (its members: none): {}");
  for (const char* data : {"[]", R"([{"embedding":[1]},{"embedding":[1]}])",
                           R"([{"index":1,"embedding":[1]}])", "[1]", R"([{"index":0}])"})
    EXPECT_EQ(broken("{\"data\":" + std::string(data) + "}", 1), "not one embedding for each input") << data;
  EXPECT_EQ(broken(R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})", 2),
            "not one embedding for each input");
  for (const char* vector :
       {"[1,\"x\"]", "[1,null]", "3", "\"AACA\"", "\"AAC?Pw==\"", "[1e39]", "\"AADAfw==\""})
    EXPECT_EQ(broken("{\"data\":[{\"embedding\":" + std::string(vector) + "}]}", 1),
              "an embedding that is no vector")
        << vector;
  for (const char* data :
       {R"([{"embedding":[1]},{"embedding":[1,2]}])", R"([{"embedding":[]},{"embedding":[]}])"})
    EXPECT_EQ(broken("{\"data\":" + std::string(data) + "}", 2), "embeddings of different lengths") << data;
}

TEST(DecodeEmbeddings, AnErrorOfStatus200) {
  EXPECT_TRUE(std::holds_alternative<ApiError>(decode_embeddings(R"({"error":{"message":"no"}})", 1, {})));
}

}  // namespace
}  // namespace throng::llm

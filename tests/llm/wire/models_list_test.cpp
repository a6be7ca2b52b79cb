#include "llm/wire/models_list.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

TEST(ModelsList, ListsWhatHasAnId) {
  const auto decoded = decode_models(R"({"object":"list","data":[
      {"id":"a","object":"model","owned_by":"o","max_model_len":4096},
      {"id":"b","meta":{"n_ctx_train":8192}}, {"object":"model"}, 3]})",
                                     {});
  const auto& models = std::get<std::vector<ModelInfo>>(decoded);
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].id, "a");
  EXPECT_EQ(models[0].owned_by, "o");
  EXPECT_EQ(models[0].context_length, 4096);
  EXPECT_EQ(models[1].context_length, 8192);
}

TEST(ModelsList, ErrorsAndBrokenReplies) {
  EXPECT_TRUE(std::holds_alternative<ApiError>(decode_models(R"({"error":"no"})", {})));
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(decode_models("{}", {})));
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(decode_models("{", {})));
}

}  // namespace
}  // namespace throng::llm

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "engine/http/http_server.h"
#include "scenarios/gateway/backends.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A server of embeddings: a text's vector is its length; what it answers otherwise a test says.
class EmbeddingBackendTest : public ::testing::Test {
 protected:
  /// The replies to `texts`, all asked at once, in their order.
  std::vector<Result<JournaledReply>> ask(const std::vector<std::string>& texts,
                                          const llm::BudgetOptions& budget = {}) {
    net::HttpServer server(io_, {}, [&](net::HttpRequest&& request, net::Responder responder) {
      const Json inputs = Json::parse(request.body)["input"];
      batches_.push_back(inputs.size());
      if (const std::string error = refusal(inputs); !error.empty()) {
        responder.send(400, {}, error);
        return;
      }
      Json data = Json::array();
      for (std::size_t i = 0; i < inputs.size(); ++i)
        data.push_back({{"index", i}, {"embedding", {inputs[i].get<std::string>().size()}}});
      Json body{{"data", data}};
      if (tokens_ > 0) body["usage"] = {{"prompt_tokens", tokens_}};
      responder.send(200, {}, body.dump());
    });
    boost::asio::io_context client_io;
    CompletionBackend models(client_io,
                             {{.url = server.origin(), .model = "m"},
                              {.url = server.origin(), .model = "e", .price = {.prompt = 2}}},
                             [](const std::string&) { return std::nullopt; }, {.plan = {{}, budget}});
    EmbeddingBackend backend(models);
    std::vector<std::optional<Result<JournaledReply>>> results(texts.size());
    std::size_t missing = texts.size();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      backend.ask(llm::logical_parts(llm::EmbeddingRequest{.model = "e"}, texts[i]), 0,
                  [&, i](Result<JournaledReply> got) {
                    results[i] = std::move(got);
                    --missing;
                  });
    }
    backend.flush();
    while (missing > 0) {
      client_io.run_one_for(std::chrono::milliseconds(1));
      io_.poll();
    }
    account_ = backend.account();
    std::vector<Result<JournaledReply>> all;
    for (auto& result : results) all.push_back(*std::move(result));
    return all;
  }

  virtual std::string refusal(const Json& inputs) {
    const bool has_bad = std::ranges::find(inputs, Json("bad")) != inputs.end();
    return has_bad ? R"({"error": {"message": "filtered", "code": "content_filter"}})" : "";
  }

  boost::asio::io_context io_;
  std::vector<std::size_t> batches_;  ///< texts of each request
  std::int64_t tokens_ = 10;
  Json account_;
};

TEST_F(EmbeddingBackendTest, TextsGoInRequestsOfSoManyAndEachHasItsVectorAndItsShare) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 40; ++i) texts.emplace_back(i + 1, 'x');
  const auto replies = ask(texts);
  std::ranges::sort(batches_);
  EXPECT_THAT(batches_, ElementsAre(8, 32));
  std::int64_t tokens = 0;
  double usd = 0;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    ASSERT_TRUE(replies[i]) << replies[i].error().message;
    EXPECT_THAT(llm::vector_from(replies[i]->reply), ElementsAre(static_cast<float>(i + 1)));
    EXPECT_EQ(replies[i]->model, "e");
    tokens += replies[i]->prompt_tokens;
    usd += replies[i]->usd;
  }
  EXPECT_EQ(tokens, 20) << "10 for each request";
  EXPECT_DOUBLE_EQ(usd, 20 * 2e-6);
  EXPECT_EQ(account_, (Json{{"embeddings", {{"requests", 2}, {"texts", 40}}}}));
}

TEST_F(EmbeddingBackendTest, ATextThatIsRefusedIsFoundAndHasNoVector) {
  const auto replies = ask({"fine", "bad", "good"});
  for (const auto& reply : replies) ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_THAT(llm::vector_from(replies[0]->reply), ElementsAre(4));
  EXPECT_EQ(replies[1]->reply, "");
  EXPECT_EQ(replies[1]->usd, 0);
  EXPECT_THAT(llm::vector_from(replies[2]->reply), ElementsAre(4));
  EXPECT_THAT(batches_, ElementsAre(3, 1, 1, 1));
}

TEST_F(EmbeddingBackendTest, WhatNobodyCountsIsEstimatedAndABudgetStopsIt) {
  tokens_ = 0;
  const auto replies = ask({"a text of some words", "and another"});
  EXPECT_GT(replies[0]->prompt_tokens, 0);
  const auto stopped = ask({"a text of some words"}, {.tokens = 1});
  ASSERT_FALSE(stopped[0]);
  EXPECT_EQ(stopped[0].error().kind, ErrorKind::stopped);
  EXPECT_THAT(stopped[0].error().message, HasSubstr("budget"));
}

}  // namespace
}  // namespace throng

#include "scenarios/run/llm_line.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "engine/net/http_server.h"

namespace throng {
namespace {

/// A line to a server that answers every call with one status and body.
class LlmLineTest : public ::testing::Test {
 protected:
  Result<JournaledReply> ask(int status, const std::string& body) {
    net::HttpServer server(io_, {}, [&](net::HttpRequest&&, net::Responder responder) {
      ++served_;
      responder.send(status, {}, body);
    });
    boost::asio::io_context line_io;
    LlmLine line(
        line_io,
        {{.url = server.origin(), .model = "m", .price = {.prompt = 1, .cached = 1, .completion = 1}}},
        [](const std::string&) { return std::nullopt; }, {});
    std::optional<Result<JournaledReply>> result;
    const auto parts =
        llm::logical_parts({.model = "m", .messages = {{llm::Role::user, "Hello"}}, .max_tokens = 50});
    line.ask(parts, 0, [&](Result<JournaledReply> got) { result = std::move(got); });
    while (!result) {
      line.pump(std::chrono::milliseconds(1));
      io_.poll();
    }
    return *std::move(result);
  }

  boost::asio::io_context io_;
  int served_ = 0;
};

TEST_F(LlmLineTest, WhatAContentFilterSaysIsAReplyThatNobodyPaysFor) {
  const Result<JournaledReply> reply =
      ask(400, R"({"error": {"message": "The prompt was filtered", "code": "content_filter"}})");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(reply->usd, 0);
  const llm::Completion completion = llm::completion_from(reply->reply);
  EXPECT_THAT(completion.refusal, ::testing::HasSubstr("The prompt was filtered"));
  EXPECT_EQ(completion.usage.prompt, 0);
}

TEST_F(LlmLineTest, ARequestThatTheServerCannotReadIsAnError) {
  const Result<JournaledReply> reply = ask(400, R"({"error": {"message": "no such model"}})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace throng

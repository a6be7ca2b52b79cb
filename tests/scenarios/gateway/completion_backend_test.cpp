#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "engine/http/http_server.h"
#include "scenarios/gateway/backends.h"

namespace throng {
namespace {

/// A backend at a server that answers every call with one status and body.
class CompletionBackendTest : public ::testing::Test {
 protected:
  Result<JournaledReply> ask(int status, const std::string& body) {
    net::HttpServer server(io_, {}, [&](net::HttpRequest&&, net::Responder responder) {
      ++served_;
      responder.send(status, {}, body);
    });
    boost::asio::io_context client_io;
    CompletionBackend backend(
        client_io,
        {{.url = server.origin(), .model = "m", .price = {.prompt = 1, .cached = 1, .completion = 1}}},
        [](const std::string&) { return std::nullopt; }, {});
    std::optional<Result<JournaledReply>> result;
    const auto parts =
        llm::logical_parts({.model = "m", .messages = {{llm::Role::user, "Hello"}}, .max_tokens = 50});
    backend.ask(parts, 0, [&](Result<JournaledReply> got) { result = std::move(got); });
    while (!result) {
      client_io.run_one_for(std::chrono::milliseconds(1));
      io_.poll();
    }
    return *std::move(result);
  }

  boost::asio::io_context io_;
  int served_ = 0;
};

TEST_F(CompletionBackendTest, WhatAContentFilterSaysIsAReplyThatNobodyPaysFor) {
  const Result<JournaledReply> reply =
      ask(400, R"({"error": {"message": "The prompt was filtered", "code": "content_filter"}})");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(reply->usd, 0);
  const llm::Completion completion = llm::completion_from(reply->reply);
  EXPECT_THAT(completion.refusal, ::testing::HasSubstr("The prompt was filtered"));
  EXPECT_EQ(completion.usage.prompt, 0);
}

/// Thirty calls of a protocol in text to a server that always says the same; how they ended.
std::vector<Result<JournaledReply>> ask_thirty_times(const std::string& text, UselessEndpoint useless) {
  boost::asio::io_context io;
  const Json body{{"choices", {{{"message", {{"content", text}}}, {"finish_reason", "stop"}}}},
                  {"usage", {{"prompt_tokens", 9}, {"completion_tokens", 3}}}};
  net::HttpServer server(
      io, {}, [&](net::HttpRequest&&, net::Responder responder) { responder.send(200, {}, body.dump()); });
  boost::asio::io_context client_io;
  CompletionBackend backend(
      client_io, {{.url = server.origin(), .model = "m", .max_in_flight = 1}},
      [](const std::string&) { return std::nullopt; }, {}, useless);
  std::vector<Result<JournaledReply>> results;
  for (int call = 0; call < 30; ++call) {
    const auto parts = llm::logical_parts(
        {.model = "m", .messages = {{llm::Role::user, std::to_string(call)}}, .max_tokens = 50});
    backend.ask(parts, 0, [&](Result<JournaledReply> got) { results.push_back(std::move(got)); });
  }
  while (results.size() < 30) {
    client_io.run_one_for(std::chrono::milliseconds(1));
    io.poll();
  }
  return results;
}

TEST_F(CompletionBackendTest, AnEndpointNoneOfWhoseFirstRepliesCanBeUsedIsAskedNoMore) {
  const auto results = ask_thirty_times("Hello.", UselessEndpoint::is_halted);
  const auto answered = [](const Result<JournaledReply>& result) { return result.has_value(); };
  EXPECT_EQ(std::ranges::count_if(results, answered), 21) << "one was on its way";
  const auto refused = std::ranges::find_if_not(results, answered);
  EXPECT_EQ(refused->error().kind, ErrorKind::stopped) << "it can be mended";
  EXPECT_THAT(refused->error().message,
              ::testing::AllOf(::testing::HasSubstr("none of its first 20 replies could be used"),
                               ::testing::HasSubstr("none of the labels")));
}

TEST_F(CompletionBackendTest, UnlessTheScenarioWantsItSoOrOneCanBeUsed) {
  for (const auto& result : ask_thirty_times("Hello.", UselessEndpoint::goes_on)) EXPECT_TRUE(result);
  for (const auto& result :
       ask_thirty_times("MOVIE: Heat; ALIGN: yes; REASON: fine", UselessEndpoint::is_halted))
    EXPECT_TRUE(result);
}

TEST_F(CompletionBackendTest, ARequestThatTheServerCannotReadIsAnError) {
  const Result<JournaledReply> reply = ask(400, R"({"error": {"message": "no such model"}})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace throng

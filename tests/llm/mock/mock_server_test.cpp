#include "llm/mock/mock_server.h"

#include <fstream>
#include <thread>

#include "engine/base/process.h"
#include "llm/wire/chat_completions.h"
#include "llm/wire/stream.h"
#include "tests/llm/mock/mock_world.h"
#include "tests/support/temp_folder.h"

namespace throng::llm::mock {
namespace {

using namespace std::chrono_literals;

class MockServerTest : public MockWorld {};

TEST_F(MockServerTest, Answers) {
  start();
  const net::HttpResult reply = post(chat("hello"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(std::get<Completion>(decode_chat(reply->body, {})).usage.completion, 32);
  EXPECT_EQ(server_->stats().completed, 1);
  EXPECT_EQ(server_->stats().connections, 1);
  EXPECT_EQ(server_->stats().in_flight, 0);
}

TEST_F(MockServerTest, StreamsTokensInTheirTime) {
  start({.latency = {.first_token = 30ms, .per_token = 5ms}, .completion_tokens = {10, 10}});
  StreamAssembly assembly({});
  int pieces = 0;
  const net::HttpResult reply =
      post(chat("hello", R"(,"stream":true,"stream_options":{"include_usage":true})"),
           [&](std::string_view bytes) {
             ++pieces;
             assembly.feed(bytes);
           });
  ASSERT_TRUE(reply);
  EXPECT_GE(reply->timings.total, 30ms + 9 * 5ms);
  EXPECT_GT(pieces, 3);
  EXPECT_EQ(std::get<Completion>(assembly.finish()).usage.completion, 10);
  EXPECT_EQ(server_->stats().streamed, 1);
}

TEST_F(MockServerTest, CallsBeyondTheSlotsQueue) {
  start({.latency = {.first_token = 40ms}, .slots = 2});
  int done = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 6; ++i)
    client_->send({.target = "/v1/chat/completions", .body = chat(std::to_string(i))},
                  [&](const net::HttpResult& reply) { done += reply && reply->status == 200 ? 1 : 0; });
  run_until([&] { return done == 6; });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 120ms);
  EXPECT_EQ(server_->stats().max_in_flight, 6);
  EXPECT_EQ(server_->stats().max_queued, 4);
}

TEST_F(MockServerTest, WhatHasArrivedIsInFlightBeforeWhatIsDueIsAnswered) {
  raise_open_files_limit();
  constexpr std::size_t kHalf = 300;
  // The clients have an io_context of their own, so that the mock can be late: its first calls are due and as many
  // others have arrived when it gets to run again.
  start({.latency = {.first_token = 150ms}});
  boost::asio::io_context clients;
  net::HttpClientOptions options;
  options.max_connections = options.max_connecting = 2 * kHalf;
  net::HttpClient client(clients, net::parse_url(server_->url()).value(), options);
  int done = 0;
  const auto ask_all = [&](int calls, const net::HttpRequest& request) {
    for (int i = 0; i < calls; ++i)
      client.send(request,
                  [&](const net::HttpResult& reply) { done += reply && reply->status == 200 ? 1 : 0; });
  };
  const auto run_both_until = [&](const std::function<bool()>& reached) {
    run_until([&] {
      clients.poll();
      io_.poll();
      return reached();
    });
  };
  ask_all(2 * kHalf, {.method = "GET", .target = "/v1/models"});  // opens the connections
  run_both_until([&] { return done == 2 * kHalf; });
  const net::HttpRequest call{.target = "/v1/chat/completions", .body = chat("hello")};
  ask_all(kHalf, call);
  run_both_until([&] { return server_->stats().in_flight == kHalf; });
  ask_all(kHalf, call);
  clients.poll();
  std::this_thread::sleep_for(200ms);
  run_both_until([&] { return done == 4 * kHalf; });
  EXPECT_GT(server_->stats().max_in_flight, 2 * kHalf - 100);
}

TEST_F(MockServerTest, AClientThatGoesAwayIsNotBilled) {
  start({.latency = {.first_token = 20ms, .per_token = 5ms}, .completion_tokens = {1000, 1000}});
  bool over = false;
  net::CallId id{};
  id = client_->send(
      {.target = "/v1/chat/completions", .body = chat("hello", R"(,"stream":true)")},
      [&](const net::HttpResult& reply) { over = reply.has_error(); },
      [&](std::string_view) { client_->cancel(id); });
  run_until([&] { return over && server_->stats().in_flight == 0; });
  const MockStats stats = server_->stats();
  EXPECT_EQ(stats.completed, 0);
  EXPECT_EQ(stats.aborted, 1);
  EXPECT_EQ(stats.aborted_prompt_tokens, 5);
  EXPECT_GE(stats.aborted_completion_tokens, 1);
  EXPECT_LT(stats.aborted_completion_tokens, 1000);
  EXPECT_EQ(stats.prompt_tokens, 0);
}

TEST_F(MockServerTest, SpeaksTls) {
  const TempFolder folder;
  const net::PemPair pair = net::make_self_signed();
  const auto file = folder.path() / "ca.pem";
  std::ofstream(file) << pair.certificate;
  start({.tls = pair}, {.tls = {.ca_file = file.string()}});
  EXPECT_THAT(server_->url(), testing::StartsWith("https://"));
  EXPECT_EQ(post(chat("hello"))->status, 200);
}

TEST_F(MockServerTest, StopsWhenAskedToAfterSoManyRequests) {
  start();
  bool enough = false;
  server_->after_requests(2, [&] {
    enough = true;
    server_->stop();
  });
  post(chat("a"));
  EXPECT_FALSE(enough);
  EXPECT_EQ(post(chat("b"))->status, 200);
  EXPECT_TRUE(enough);
  client_.reset();
  io_.restart();
  io_.run_for(10s);
  EXPECT_TRUE(io_.stopped());  // nothing left to do
}

TEST_F(MockServerTest, CanBeDestroyedWhileCallsAreOpen) {
  start({.latency = {.first_token = 5s}, .slots = 1});
  int failed = 0;
  for (int i = 0; i < 3; ++i)
    client_->send({.target = "/v1/chat/completions", .body = chat("a")},
                  [&](const net::HttpResult& reply) { failed += reply.has_error() ? 1 : 0; });
  run_until([&] { return server_->stats().in_flight == 3; });
  server_.reset();
  run_until([&] { return failed == 3; });
}

}  // namespace
}  // namespace throng::llm::mock

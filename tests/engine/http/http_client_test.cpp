#include "engine/http/http_client.h"

#include <netdb.h>

#include "engine/base/error.h"
#include "tests/engine/http/loopback.h"

namespace throng::net {
namespace {

using testing::HasSubstr;
using testing::Not;

class HttpClientTest : public Loopback {};

TEST_F(HttpClientTest, SendsTheRequestWithItsHeadersAndGivesTheReply) {
  serve([this](HttpRequest&& request, Responder responder) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/v1/chat?x=1");
    EXPECT_EQ(request.headers.find("host"), server_url().authority());
    EXPECT_EQ(request.headers.find("authorization"), "Bearer key");
    EXPECT_EQ(request.headers.find("x-attempt"), "2");
    EXPECT_EQ(request.headers.find("content-length"), "5");
    responder.send(429, {{"Retry-After", "1"}}, request.body + "!");
  });
  HttpClient& client = connect({.headers = {{"Authorization", "Bearer key"}}});
  const HttpResult result =
      call(client, {.target = "/v1/chat?x=1", .headers = {{"X-Attempt", "2"}}, .body = "hello"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 429);
  EXPECT_EQ(result->headers.find("retry-after"), "1");
  EXPECT_EQ(result->body, "hello!");
}

TEST_F(HttpClientTest, KeepsConnectionsAndMeasuresPhases) {
  serve([this](HttpRequest&&, Responder responder) {
    later(Milliseconds(20), [responder]() mutable { responder.send(200, {}, ""); });
  });
  HttpClient& client = connect();
  const HttpResult first = call(client, get("/"));
  const HttpResult second = call(client, get("/"));
  EXPECT_EQ(first->connection, Connection::fresh);
  EXPECT_GT(first->timings.connect.count(), 0);
  EXPECT_EQ(second->connection, Connection::reused);
  EXPECT_EQ(second->timings.connect.count(), 0);
  EXPECT_GE(second->timings.first_byte, Milliseconds(19));
  EXPECT_GE(second->timings.total, second->timings.first_byte);
  EXPECT_EQ(server_->stats().connections_accepted, 1U);
  EXPECT_EQ(client.stats().idle_connections, 1U);
}

TEST_F(HttpClientTest, KeepsItsLimitAndServesInOrder) {
  std::vector<std::string> order;
  serve([&](HttpRequest&& request, Responder responder) {
    order.push_back(request.target);
    later(Milliseconds(5), [responder]() mutable { responder.send(200, {}, ""); });
  });
  HttpClient& client = connect({.max_connections = 2});
  int done = 0;
  for (const char* target : {"/1", "/2", "/3", "/4", "/5", "/6"})
    client.send(get(target), [&](const HttpResult& result) { done += result.has_value() ? 1 : 0; });
  EXPECT_EQ(client.stats().waiting, 4U);
  run_until([&] { return done == 6; });
  EXPECT_EQ(server_->stats().peak_connections, 2U);
  EXPECT_EQ(order.size(), 6U);
  EXPECT_TRUE(std::is_sorted(order.begin() + 2, order.end()));
}

TEST_F(HttpClientTest, LargeBodiesGoBothWays) {
  serve(echo);
  HttpClient& client = connect();
  const std::string body(3'000'000, 'x');
  for (int i = 0; i < 2; ++i) {
    const HttpResult result = call(client, post(body));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->body, body);
  }
  EXPECT_EQ(server_->stats().connections_accepted, 1U);
}

TEST_F(HttpClientTest, StreamsTheBodyOfASuccess) {
  serve([this](HttpRequest&& request, Responder responder) {
    if (request.target == "/error") {
      responder.send(503, {}, "down");
      return;
    }
    responder.start_stream(200, {});
    responder.write_chunk("one");
    later(Milliseconds(10), [responder]() mutable {
      responder.write_chunk("two");
      responder.finish();
    });
  });
  HttpClient& client = connect();
  std::string chunks;
  int pieces = 0;
  const auto take = [&](std::string_view bytes) {
    chunks += bytes;
    ++pieces;
  };
  const HttpResult streamed = call(client, get("/"), take);
  EXPECT_EQ(streamed->body, "");
  EXPECT_EQ(chunks, "onetwo");
  EXPECT_EQ(pieces, 2);
  const HttpResult error = call(client, get("/error"), take);
  EXPECT_EQ(error->status, 503);
  EXPECT_EQ(error->body, "down");
  EXPECT_EQ(chunks, "onetwo");
}

TEST_F(HttpClientTest, AHandlerMaySendAgain) {
  serve(echo);
  HttpClient& client = connect({.max_connections = 1});
  int left = 100;
  std::function<void(HttpResult)> again = [&](const HttpResult& result) {
    ASSERT_TRUE(result);
    if (--left > 0) client.send(post("x"), again);
  };
  client.send(post("x"), again);
  run_until([&] { return left == 0; });
  EXPECT_EQ(server_->stats().connections_accepted, 1U);
}

TEST_F(HttpClientTest, AHandlerMayDestroyTheClient) {
  serve([](HttpRequest&& request, Responder responder) {
    responder.start_stream(200, {});
    responder.write_chunk("x");
    if (request.target == "/done") responder.finish();
  });
  connect();
  bool called = false;
  client_->send(get("/done"), [&](const HttpResult&) {
    called = true;
    client_.reset();
  });
  run_until([&] { return !client_; });
  connect();
  client_->send(
      get("/chunk"), [&](const HttpResult&) { FAIL() << "forgotten calls are not completed"; },
      [&](std::string_view) { client_.reset(); });
  run_until([&] { return !client_; });
  run_for(Milliseconds(20));
}

TEST_F(HttpClientTest, WhatCannotBeSentIsNotSent) {
  serve([](HttpRequest&&, const Responder&) { FAIL() << "must not be called"; });
  HttpClient& client = connect();
  const HttpResult header = call(client, {.headers = {{"X", "secret\r\nY: 1"}}});
  EXPECT_EQ(failure_kind(header), HttpFailureKind::invalid_request);
  EXPECT_THAT(header.error().message, Not(HasSubstr("secret")));
  EXPECT_EQ(failure_kind(call(client, get("/a b"))), HttpFailureKind::invalid_request);
  EXPECT_EQ(failure_kind(call(client, {.method = "GET /x HTTP/1.1\r\n"})), HttpFailureKind::invalid_request);
}

TEST_F(HttpClientTest, AKeyWithALineFeedIsAnErrorThatDoesNotShowIt) {
  try {
    HttpClient client(io_, parse_url("http://a").value(),
                      {.headers = {{"Authorization", "Bearer secret\n"}}});
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    EXPECT_THAT(failure.what(), HasSubstr("Authorization"));
    EXPECT_THAT(failure.what(), Not(HasSubstr("secret")));
  }
}

TEST_F(HttpClientTest, SpeaksIpv6) {
  serve(echo, {.address = "::1"});
  EXPECT_THAT(server_->origin(), HasSubstr("http://[::1]:"));
  EXPECT_EQ(call(connect(), post("six"))->body, "six");
}

TEST_F(HttpClientTest, TriesEveryAddressOfAName) {
  serve(echo);  // only on IPv4; the name may well have an IPv6 address first
  Url url = server_url();
  if (gethostbyname("localhost") == nullptr) GTEST_SKIP() << "this machine does not know localhost";
  url.host = "localhost";
  client_.emplace(io_, url, HttpClientOptions{});
  EXPECT_EQ(call(*client_, post("four"))->body, "four");
}

TEST_F(HttpClientTest, SaysThatNobodyListens) {
  serve(echo);
  const Url url = server_url();
  server_.reset();
  client_.emplace(io_, url, HttpClientOptions{});
  const HttpResult result = call(*client_, post("x"));
  EXPECT_EQ(failure_kind(result), HttpFailureKind::connect);
  EXPECT_THAT(result.error().message, HasSubstr(url.origin() + ": cannot connect"));
}

}  // namespace
}  // namespace throng::net

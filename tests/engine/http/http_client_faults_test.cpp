#include <thread>

#include <boost/asio/post.hpp>

#include "tests/engine/http/loopback.h"

namespace throng::net {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A server that misbehaves on purpose.
class HttpClientFaults : public Loopback {
 protected:
  /// Every request is answered with these bytes.
  void serve_raw(const std::string& bytes, AfterRaw then) {
    serve([bytes, then](HttpRequest&&, Responder responder) {
      responder.send_raw(bytes);
      responder.end_raw(then);
    });
  }

  HttpResult call_raw(const std::string& bytes, AfterRaw then, HttpClientOptions options = {}) {
    serve_raw(bytes, then);
    options.headers.add("Authorization", "Bearer secret");
    HttpResult result = call(connect(std::move(options)), post("secret"));
    if (result.has_error()) {
      EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
      EXPECT_THAT(result.error().message, HasSubstr(server_->origin() + ": "));
    }
    return result;
  }
};

TEST_F(HttpClientFaults, NothingIsSentTwiceWhenAKeptConnectionEnds) {
  serve([](HttpRequest&& request, Responder responder) {
    if (request.target == "/dies") {
      responder.reset();
    } else {
      responder.send(200, {}, request.body);
    }
  });
  HttpClient& client = connect({.max_connections = 1});
  ASSERT_TRUE(call(client, get("/")));
  const HttpResult result = call(client, {.target = "/dies", .body = "body"});
  EXPECT_EQ(failure_kind(result), HttpFailureKind::dropped);
  EXPECT_EQ(result.error().reply_started, ReplyStarted::no);
  EXPECT_EQ(client.stats().dropped, 1U);
  EXPECT_EQ(server_->stats().requests, 2U);
  EXPECT_EQ(call(client, get("/"))->connection, Connection::fresh);
}

/// The end has arrived, but the client's thread has had no time to look.
TEST_F(HttpClientFaults, AKeptConnectionIsLookedAtBeforeItIsUsed) {
  serve([](HttpRequest&&, Responder responder) {
    responder.send_raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    responder.end_raw(AfterRaw::close);
  });
  HttpClient& client = connect({.max_connections = 1});
  int answered = 0;
  for (int n = 0; n < 20; ++n)
    client.send(get("/"), [&](const HttpResult& result) { answered += result.has_value() ? 1 : 100; });
  run_until([&] { return answered >= 20; });
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(server_->stats().requests, 20U);
}

TEST_F(HttpClientFaults, AnOldConnectionIsNotUsedByAThreadThatIsBehind) {
  serve(echo);
  HttpClient& client = connect({.keep_alive = Milliseconds(20)});
  ASSERT_TRUE(call(client, get("/")));
  std::this_thread::sleep_for(Milliseconds(30));  // busy with something else
  EXPECT_EQ(call(client, get("/"))->connection, Connection::fresh);
}

TEST_F(HttpClientFaults, AServerMaySayHowLongItKeepsConnections) {
  serve([](HttpRequest&&, Responder responder) {
    responder.send(200, {{"Keep-Alive", "timeout=1, max=100"}}, "");
  });
  HttpClient& client = connect({.keep_alive = Milliseconds(0)});
  ASSERT_TRUE(call(client, get("/")));
  run_until([&] { return client.stats().connections == 0; });
}

TEST_F(HttpClientFaults, AServerThatDropsKeptConnectionsGetsFreshOnes) {
  std::uint64_t served = 0;
  serve([&](HttpRequest&&, Responder responder) {
    if (server_->stats().connections_accepted == served) return responder.reset();  // not its first request
    served = server_->stats().connections_accepted;
    responder.send(200, {}, "");
  });
  HttpClient& client = connect({.max_connections = 1});
  std::size_t dropped = 0;
  for (int n = 0; n < 50; ++n) dropped += call(client, get("/")).has_error() ? 1 : 0;
  EXPECT_EQ(dropped, 2U);
  EXPECT_EQ(server_->stats().requests, 50U);
}

TEST_F(HttpClientFaults, AFreshConnectionIsNotTriedAgain) {
  serve([](HttpRequest&&, Responder responder) { responder.reset(); });
  const HttpResult result = call(connect(), post("x"));
  EXPECT_EQ(failure_kind(result), HttpFailureKind::reset);
  EXPECT_EQ(result.error().reply_started, ReplyStarted::no);
  EXPECT_EQ(server_->stats().requests, 1U);
}

TEST_F(HttpClientFaults, AKeptConnectionThatHadBegunToReplyIsNotDropped) {
  serve([](HttpRequest&& request, Responder responder) {
    if (request.target == "/dies") {
      responder.send_raw("HTTP/1.1 2");
      responder.end_raw(AfterRaw::close);
    } else {
      responder.send(200, {}, "");
    }
  });
  HttpClient& client = connect();
  ASSERT_TRUE(call(client, get("/")));
  const HttpResult result = call(client, get("/dies"));
  EXPECT_EQ(failure_kind(result), HttpFailureKind::truncated);
  EXPECT_EQ(result.error().reply_started, ReplyStarted::yes);
  EXPECT_EQ(client.stats().dropped, 0U);
}

TEST_F(HttpClientFaults, AnIdleConnectionThatTheServerClosesLeavesThePool) {
  serve(echo, {.keep_alive = Milliseconds(30)});
  HttpClient& client = connect();
  ASSERT_TRUE(call(client, post("x")));
  EXPECT_EQ(client.stats().idle_connections, 1U);
  run_until([&] { return client.stats().connections == 0; });
  EXPECT_EQ(call(client, post("x"))->connection, Connection::fresh);
  EXPECT_EQ(client.stats().dropped, 0U);
}

TEST_F(HttpClientFaults, ATruncatedReplyIsAFailure) {
  const auto kind = [this](const std::string& bytes) {
    return failure_kind(call_raw(bytes, AfterRaw::close));
  };
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), HttpFailureKind::truncated);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
            HttpFailureKind::truncated);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nContent-"), HttpFailureKind::truncated);
}

TEST_F(HttpClientFaults, WhatIsNotHttpIsAFailure) {
  for (const char* bytes :
       {"SMTP hello\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_EQ(failure_kind(call_raw(bytes, AfterRaw::close)), HttpFailureKind::malformed) << bytes;
  }
}

TEST_F(HttpClientFaults, ABodyMayEndWithTheConnection) {
  const HttpResult result = call_raw("HTTP/1.1 200 OK\r\n\r\nwhole", AfterRaw::close);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "whole");
}

TEST_F(HttpClientFaults, LimitsAreKept) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const HttpClientOptions small{.header_limit = 1000, .body_limit = 1000};
  const auto kind = [&](const std::string& bytes) {
    return failure_kind(call_raw(bytes, AfterRaw::keep, small));
  };
  EXPECT_EQ(kind(ok + "X: " + std::string(2000, 'x') + "\r\n\r\n"), HttpFailureKind::too_large);
  EXPECT_EQ(kind(ok + "Content-Length: 2000\r\n\r\n"), HttpFailureKind::too_large);
  EXPECT_EQ(kind(ok + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') + "\r\n0\r\n\r\n"),
            HttpFailureKind::too_large);
  EXPECT_TRUE(call_raw(ok + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x'), AfterRaw::keep, small));
}

TEST_F(HttpClientFaults, InterimRepliesAreSkipped) {
  const HttpResult result = call_raw(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 "
      "OK\r\nContent-Length: "
      "2\r\n\r\nok",
      AfterRaw::keep);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "ok");
  EXPECT_EQ(client_->stats().idle_connections, 1U);
}

TEST_F(HttpClientFaults, RepliesWithoutBodyKeepTheConnection) {
  EXPECT_EQ(call_raw("HTTP/1.1 204 No Content\r\n\r\n", AfterRaw::keep)->status, 204);
  EXPECT_EQ(client_->stats().idle_connections, 1U);
  serve(echo);
  HttpRequest head = post("body");
  head.method = "HEAD";
  EXPECT_EQ(call(connect(), head)->headers.find("content-length"), "4");
  EXPECT_EQ(client_->stats().idle_connections, 1U);
}

TEST_F(HttpClientFaults, BytesThatNobodyAskedForEndTheConnection) {
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_TRUE(call_raw(reply + "HTTP/1.1 200 OK\r\n", AfterRaw::keep));
  EXPECT_EQ(client_->stats().connections, 0U);
}

TEST_F(HttpClientFaults, AReplyMayComeByteByByte) {
  const std::string bytes =
      "HTTP/1.1 200 OK\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;ext\r\nde\r\n0\r\n\r\n";
  serve([&](HttpRequest&&, Responder responder) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      later(Milliseconds(i), [&bytes, i, responder]() mutable {
        responder.send_raw(bytes.substr(i, 1));
        if (i + 1 == bytes.size()) responder.end_raw(AfterRaw::keep);
      });
    }
  });
  const HttpResult result = call(connect(), post(""));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->body, "abcde");
  EXPECT_EQ(result->headers.find("x"), "1");
}

TEST_F(HttpClientFaults, ARefusalBeforeTheRequestIsSentIsStillRead) {
  serve(echo, {.body_limit = 1000});
  const HttpResult result = call(connect(), post(std::string(5'000'000, 'x')));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->status, 413);
}

}  // namespace
}  // namespace throng::net

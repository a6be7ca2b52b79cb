#include <atomic>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "tests/engine/http/loopback.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;
using Tcp = boost::asio::ip::tcp;

class HttpClientDeadlines : public Loopback {
 protected:
  /// Listens, but the connections of more clients than `backlog` get no answer.
  Url listen_only(int backlog) {
    listener_.open(Tcp::v4());
    listener_.bind({boost::asio::ip::make_address("127.0.0.1"), 0});
    listener_.listen(backlog);
    Url url = parse_url("http://127.0.0.1").value();
    url.port = listener_.local_endpoint().port();
    return url;
  }

  HttpClient& connect_to(const Url& url, HttpClientOptions options) {
    client_.emplace(io_, url, std::move(options));
    return *client_;
  }

  /// The kind of failure, which must come at its time and leave no connection behind.
  HttpFailureKind fails_after(Milliseconds span, HttpClient& client, HttpRequest request) {
    const auto start = Clock::now();
    const HttpResult result = call(client, std::move(request));
    const auto took = Clock::now() - start;
    EXPECT_GE(took, span);
    EXPECT_LE(took, span + Milliseconds(3000)) << "even on a busy machine";
    EXPECT_EQ(client.stats().connections, 0U);
    return failure_kind(result);
  }

  Tcp::acceptor listener_{io_};
};

TEST_F(HttpClientDeadlines, Connect) {
  const Url url = listen_only(0);
  Tcp::socket first(io_);
  first.connect(listener_.local_endpoint());
  HttpClient& client = connect_to(url, {.deadlines = {.connect = Milliseconds(60)}});
  EXPECT_EQ(fails_after(Milliseconds(60), client, get("/")), HttpFailureKind::timeout_connect);
}

TEST_F(HttpClientDeadlines, Tls) {
  Url url = listen_only(10);
  url.scheme = "https";
  HttpClient& client = connect_to(url, {.deadlines = {.tls = Milliseconds(60)}});
  EXPECT_EQ(fails_after(Milliseconds(60), client, get("/")), HttpFailureKind::timeout_tls);
}

TEST_F(HttpClientDeadlines, FirstByte) {
  serve([](HttpRequest&&, const Responder&) {});
  HttpClient& client = connect({.deadlines = {.first_byte = Milliseconds(60)}});
  EXPECT_EQ(fails_after(Milliseconds(60), client, get("/")), HttpFailureKind::timeout_first_byte);
  const HttpResult result = call(client, get("/"));
  EXPECT_EQ(result.error().reply_started, ReplyStarted::no);
}

TEST_F(HttpClientDeadlines, BetweenBytes) {
  serve([](HttpRequest&&, Responder responder) {
    responder.start_stream(200, {});
    responder.write_chunk("x");
  });
  HttpClient& client = connect({.deadlines = {.between_bytes = Milliseconds(60)}});
  EXPECT_EQ(fails_after(Milliseconds(60), client, get("/")), HttpFailureKind::timeout_idle);
  EXPECT_EQ(call(client, get("/")).error().reply_started, ReplyStarted::yes);
}

TEST_F(HttpClientDeadlines, TotalEndsAReplyThatTrickles) {
  serve([this](HttpRequest&&, Responder responder) {
    responder.start_stream(200, {});
    for (int i = 1; i < 100; ++i)
      later(Milliseconds(5 * i), [responder]() mutable { responder.write_chunk("x"); });
  });
  HttpClient& client =
      connect({.deadlines = {.between_bytes = Milliseconds(200), .total = Milliseconds(100)}});
  EXPECT_EQ(fails_after(Milliseconds(100), client, get("/")), HttpFailureKind::timeout_total);
}

TEST_F(HttpClientDeadlines, TotalCoversConnecting) {
  Url url = listen_only(10);
  url.scheme = "https";
  HttpClient& client = connect_to(url, {.deadlines = {.total = Milliseconds(60)}});
  EXPECT_EQ(fails_after(Milliseconds(60), client, get("/")), HttpFailureKind::timeout_total);
}

TEST_F(HttpClientDeadlines, WaitingForAConnectionDoesNotCount) {
  serve([this](HttpRequest&&, Responder responder) {
    later(Milliseconds(100), [responder]() mutable { responder.send(200, {}, ""); });
  });
  HttpClient& client = connect(
      {.max_connections = 1, .deadlines = {.first_byte = Milliseconds(250), .total = Milliseconds(250)}});
  std::vector<HttpTimings> timings;
  for (int i = 0; i < 4; ++i) {
    client.send(get("/"), [&](const HttpResult& result) {
      ASSERT_TRUE(result) << result.error().message;
      timings.push_back(result->timings);
    });
  }
  run_until([&] { return timings.size() == 4; });
  EXPECT_GE(timings.back().queued, Milliseconds(300));
  EXPECT_LT(timings.back().total, Milliseconds(250));
}

/// The thread is busy with something else while the replies come, and late when it looks at the clock.
TEST_F(HttpClientDeadlines, AReplyThatHasArrivedIsInTime) {
  constexpr int calls = 300;  // more than an io_context collects at once
  boost::asio::io_context elsewhere;
  std::vector<Responder> asked;
  std::atomic<bool> all_asked = false;
  std::atomic<bool> all_sent = false;
  HttpServer server(elsewhere, {}, [&](HttpRequest&&, const Responder& responder) {
    asked.push_back(responder);
    if (asked.size() < calls) return;
    all_asked = true;
    std::this_thread::sleep_for(Milliseconds(50));
    for (Responder& one : asked) one.send(200, {}, "");
    boost::asio::post(elsewhere, [&] {
      all_sent = true;
      all_sent.notify_all();
    });
  });
  HttpClient& client = connect_to(parse_url(server.origin()).value(),
                                  {.max_connections = calls, .deadlines = {.first_byte = Milliseconds(500)}});
  int in_time = 0;
  int done = 0;
  for (int i = 0; i < calls; ++i) {
    client.send(get("/"), [&](const HttpResult& result) {
      ++done;
      in_time += result.has_value() ? 1 : 0;
    });
  }
  std::jthread serving([&] { elsewhere.run_for(std::chrono::seconds(10)); });
  run_until([&] { return all_asked.load(); });
  std::this_thread::sleep_for(Milliseconds(600));
  all_sent.wait(false);
  run_until([&] { return done == calls; });
  EXPECT_EQ(in_time, calls);
  elsewhere.stop();
}

/// The caller changes its mind while the call is under way, as it learns how long others take.
TEST_F(HttpClientDeadlines, ACallIsAskedForHowLongItMayBeSilent) {
  serve([](HttpRequest&&, const Responder&) {});
  HttpClient& client = connect();
  std::chrono::microseconds allowed{0};
  std::optional<HttpResult> result;
  client.send(
      get("/"), [&](HttpResult got) { result = std::move(got); }, nullptr, [&] { return allowed; });
  run_for(Milliseconds(30));
  allowed = Milliseconds(20);
  run_until([&] { return result.has_value(); });
  EXPECT_EQ(failure_kind(*result), HttpFailureKind::stalled);
  EXPECT_EQ(result->error().reply_started, ReplyStarted::no);
}

TEST_F(HttpClientDeadlines, AStalledCallEndsOnTime) {
  serve([](HttpRequest&&, const Responder&) {});
  HttpClient& client = connect();
  std::optional<HttpResult> result;
  client.send(
      get("/"), [&](HttpResult got) { result = std::move(got); }, nullptr, [] { return Milliseconds(600); });
  run_until([&] { return result.has_value(); });
  EXPECT_EQ(failure_kind(*result), HttpFailureKind::stalled);
  EXPECT_LT(result->error().timings.total, Milliseconds(900)) << "not only when it is looked at again";
}

TEST_F(HttpClientDeadlines, AReplyThatComesSlowlyHasNotStalled) {
  serve([this](HttpRequest&&, Responder responder) {
    responder.start_stream(200, {});
    for (int n = 1; n <= 8; ++n) {
      later(Milliseconds(100 * n), [responder, n]() mutable {
        responder.write_chunk("x");
        if (n == 8) responder.finish();
      });
    }
  });
  HttpClient& client = connect();
  std::optional<HttpResult> result;
  client.send(
      get("/"), [&](HttpResult got) { result = std::move(got); }, nullptr, [] { return Milliseconds(300); });
  run_until([&] { return result.has_value(); });
  EXPECT_TRUE(*result);
}

TEST_F(HttpClientDeadlines, AnUnusedConnectionIsClosed) {
  serve(echo);
  HttpClient& client = connect({.keep_alive = Milliseconds(40)});
  ASSERT_TRUE(call(client, post("x")));
  EXPECT_EQ(client.stats().idle_connections, 1U);
  run_until([&] { return client.stats().connections == 0; });
  run_until([&] { return server_->stats().connections == 0; });
}

class HttpClientCancel : public HttpClientDeadlines {
 protected:
  /// Sends a call that counts what it gets.
  CallId send(HttpClient& client) {
    return client.send(get("/"), [this](const HttpResult& result) {
      ++completions_;
      EXPECT_EQ(failure_kind(result), HttpFailureKind::canceled);
    });
  }

  void cancel_and_check(HttpClient& client, CallId call) {
    EXPECT_TRUE(client.cancel(call));
    EXPECT_EQ(completions_, 0) << "never from within cancel";
    EXPECT_FALSE(client.cancel(call));
    run_until([this] { return completions_ == 1; });
    EXPECT_FALSE(client.cancel(call));
    run_for(Milliseconds(20));
    EXPECT_EQ(completions_, 1);
  }

  int completions_ = 0;
};

TEST_F(HttpClientCancel, WhileItWaits) {
  serve([this](HttpRequest&&, Responder responder) {
    later(Milliseconds(30), [responder]() mutable { responder.send(200, {}, ""); });
  });
  HttpClient& client = connect({.max_connections = 1});
  int others = 0;
  const auto count = [&](const HttpResult& result) { others += result.has_value() ? 1 : 0; };
  client.send(get("/"), count);
  const CallId waiting = send(client);
  client.send(get("/"), count);
  cancel_and_check(client, waiting);
  run_until([&] { return others == 2; });
  EXPECT_EQ(server_->stats().requests, 2U);
}

TEST_F(HttpClientCancel, WhileItConnects) {
  Url url = listen_only(10);
  url.scheme = "https";
  HttpClient& client = connect_to(url, {});
  const CallId connecting = send(client);
  run_until([&] { return client.stats().connections == 1; });
  cancel_and_check(client, connecting);
  EXPECT_EQ(client.stats().connections, 0U);
}

TEST_F(HttpClientCancel, WhileTheServerWorks) {
  serve([](HttpRequest&&, const Responder&) {});
  HttpClient& client = connect({.max_connections = 1});
  const CallId in_flight = send(client);
  run_until([&] { return server_->stats().requests == 1; });
  cancel_and_check(client, in_flight);
  run_until([&] { return server_->stats().connections == 0; });
}

TEST_F(HttpClientCancel, FromWithinItsOwnChunks) {
  serve([](HttpRequest&&, Responder responder) {
    responder.start_stream(200, {});
    responder.write_chunk("one");
    responder.write_chunk("two");
    responder.finish();
  });
  HttpClient& client = connect();
  CallId id{};
  int chunks = 0;
  id = client.send(
      get("/"),
      [&](const HttpResult& result) {
        ++completions_;
        EXPECT_EQ(failure_kind(result), HttpFailureKind::canceled);
      },
      [&](std::string_view) {
        ++chunks;
        EXPECT_TRUE(client.cancel(id));
      });
  run_until([&] { return completions_ == 1; });
  run_for(Milliseconds(20));
  EXPECT_EQ(chunks, 1);
  EXPECT_EQ(completions_, 1);
  EXPECT_EQ(client.stats().connections, 0U);
}

TEST_F(HttpClientCancel, AnOldIdDoesNotReachANewCall) {
  serve(echo);
  HttpClient& client = connect();
  const CallId old = client.send(get("/"), [&](const HttpResult&) { ++completions_; });
  run_until([&] { return completions_ == 1; });
  client.send(get("/"), [&](const HttpResult& result) {
    EXPECT_TRUE(result);
    ++completions_;
  });
  EXPECT_FALSE(client.cancel(old));
  run_until([&] { return completions_ == 2; });
}

}  // namespace
}  // namespace throng::net

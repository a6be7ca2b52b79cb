#include "engine/http/http_server.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "engine/base/error.h"
#include "tests/engine/http/loopback.h"

namespace throng::net {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;
using Tcp = boost::asio::ip::tcp;

class HttpServerTest : public Loopback {
 protected:
  /// Sends `bytes` as they are and gives back what comes until the server closes, or says no more.
  std::string talk(const std::string& bytes) {
    Tcp::socket socket(io_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server_->port()});
    boost::asio::write(socket, boost::asio::buffer(bytes));
    std::string reply;
    std::optional<boost::system::error_code> ended;
    boost::asio::async_read(socket, boost::asio::dynamic_buffer(reply),
                            [&](boost::system::error_code error, std::size_t /*bytes*/) { ended = error; });
    const auto quiet = std::chrono::steady_clock::now() + Milliseconds(200);
    io_.restart();
    while (!ended && std::chrono::steady_clock::now() < quiet) io_.run_one_for(Milliseconds(20));
    closed_ = ended.has_value();
    socket.close();
    run_for(Milliseconds(1));
    return reply;
  }

  bool closed_ = false;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  serve([](HttpRequest&& request, Responder responder) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/a?b");
    EXPECT_EQ(request.headers.find("x-one"), "1");
    responder.send(201, {{"X-Two", "2"}}, request.body);
  });
  EXPECT_EQ(talk("POST /a?b HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nabc"),
            "HTTP/1.1 201 Created\r\nX-Two: 2\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_FALSE(closed_);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrderAndOneByOne) {
  std::vector<std::string> targets;
  int open = 0;
  serve([&](HttpRequest&& request, Responder responder) {
    targets.push_back(request.target);
    EXPECT_EQ(++open, 1);
    auto answer = [&open, responder, body = request.target]() mutable {
      --open;
      responder.send(200, {}, body);
    };
    if (request.target == "/2") {
      answer();
    } else {
      later(Milliseconds(10), answer);
    }
  });
  const std::string reply = talk(
      "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\nGET /4 HTTP/1.1\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_THAT(targets, ElementsAre("/1", "/2", "/3", "/4"));
  EXPECT_THAT(reply, EndsWith("Connection: close\r\nContent-Length: 2\r\n\r\n/4"));
  EXPECT_TRUE(closed_);
}

TEST_F(HttpServerTest, StreamsInChunks) {
  serve([this](HttpRequest&&, Responder responder) {
    responder.start_stream(200, {{"Content-Type", "text/event-stream"}});
    responder.write_chunk("data: 1\n\n");
    later(Milliseconds(10), [responder]() mutable {
      responder.write_chunk("");
      responder.write_chunk("0123456789abcdef");
      responder.finish();
      responder.write_chunk("too late");
    });
  });
  EXPECT_EQ(talk("GET / HTTP/1.1\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            "9\r\ndata: 1\n\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
  EXPECT_EQ(talk("GET / HTTP/1.0\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            "data: 1\n\n0123456789abcdef");
  EXPECT_TRUE(closed_);
}

TEST_F(HttpServerTest, CanMisbehaveOnPurpose) {
  serve([](HttpRequest&& request, Responder responder) {
    if (request.target == "/reset") {
      responder.reset();
    } else {
      responder.send_raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort");
      responder.end_raw(AfterRaw::close);
    }
    EXPECT_FALSE(responder.open());
  });
  EXPECT_EQ(talk("GET /reset HTTP/1.1\r\n\r\n"), "");
  EXPECT_TRUE(closed_);
  EXPECT_THAT(talk("GET /raw HTTP/1.1\r\n\r\n"), EndsWith("9\r\n\r\nshort"));
  EXPECT_TRUE(closed_);
}

TEST_F(HttpServerTest, RefusesWhatIsWrongOrTooLarge) {
  serve([](HttpRequest&&, const Responder&) { FAIL() << "must not be called"; },
        {.header_limit = 1000, .body_limit = 1000});
  EXPECT_THAT(talk("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(talk("POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x')),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, TellsAClientThatWaitsToGoOn) {
  serve(echo);
  EXPECT_THAT(talk("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
              "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_F(HttpServerTest, GivesUpOnSlowRequests) {
  serve(echo, {.request = Milliseconds(50)});
  EXPECT_THAT(talk("POST / HTTP/1.1\r\nContent-Le"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, AResponderWhoseClientLeftIsWithoutEffect) {
  std::optional<Responder> kept;
  serve([&](HttpRequest&&, Responder responder) { kept = std::move(responder); });
  talk("GET / HTTP/1.1\r\n\r\n");
  run_until([&] { return server_->stats().connections == 0; });
  ASSERT_TRUE(kept);
  EXPECT_FALSE(kept->open());
  kept->send(200, {}, "nobody");
  server_.reset();
  kept->send(200, {}, "nobody");
}

TEST_F(HttpServerTest, StopsAfterTheLastAnswer) {
  serve([this](HttpRequest&&, Responder responder) {
    server_->stop();
    later(Milliseconds(20), [responder]() mutable { responder.send(200, {}, "last"); });
  });
  EXPECT_THAT(talk("GET / HTTP/1.1\r\n\r\n"), EndsWith("Connection: close\r\nContent-Length: 4\r\n\r\nlast"));
  EXPECT_TRUE(closed_);
  io_.restart();
  io_.run();  // returns: there is no more work
}

TEST_F(HttpServerTest, SaysWhereItCannotListen) {
  const HttpServer& first = serve(echo);
  EXPECT_THROW(HttpServer(io_, {.port = first.port()}, echo), Failure);
  EXPECT_THROW(HttpServer(io_, {.address = "nowhere"}, echo), Failure);
  EXPECT_THROW(HttpServer(io_, {.tls = PemPair{"no", "no"}}, echo), Failure);
}

}  // namespace
}  // namespace throng::net

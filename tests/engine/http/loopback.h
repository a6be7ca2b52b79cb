#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

#include "engine/http/http_client.h"
#include "engine/http/http_server.h"

namespace throng::net {

/// A server and its clients on one io_context, on loopback.
class Loopback : public testing::Test {
 protected:
  using Milliseconds = std::chrono::milliseconds;

  HttpServer& serve(HttpServer::Handler handler, HttpServerOptions options = {}) {
    server_.emplace(io_, std::move(options), std::move(handler));
    return *server_;
  }

  Url server_url() const { return parse_url(server_->origin()).value(); }

  HttpClient& connect(HttpClientOptions options = {}) {
    client_.emplace(io_, server_url(), std::move(options));
    return *client_;
  }

  /// Runs the io_context until `done`; ends the test after thirty seconds, before what its handlers refer to is gone.
  void run_until(const std::function<bool()>& done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    io_.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("nothing happened");
      io_.run_one_for(Milliseconds(50));
    }
  }

  void run_for(Milliseconds span) {
    io_.restart();
    io_.run_for(span);
  }

  /// Sends and waits.
  HttpResult call(HttpClient& client, HttpRequest request, HttpClient::Chunk chunk = nullptr) {
    std::optional<HttpResult> result;
    client.send(
        std::move(request), [&](HttpResult outcome) { result = std::move(outcome); }, std::move(chunk));
    run_until([&] { return result.has_value(); });
    return *std::move(result);
  }

  static HttpRequest get(const std::string& target) { return {.method = "GET", .target = target}; }
  static HttpRequest post(const std::string& body) { return {.body = body}; }

  /// The server answers every request with its own body.
  static void echo(HttpRequest&& request, Responder responder) { responder.send(200, {}, request.body); }

  /// Calls `action` later.
  void later(Milliseconds span, std::function<void()> action) {
    auto& timer = *timers_.emplace_back(std::make_unique<boost::asio::steady_timer>(io_, span));
    timer.async_wait([action = std::move(action)](boost::system::error_code error) {
      if (!error) action();
    });
  }

  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<boost::asio::steady_timer>> timers_;
  std::optional<HttpServer> server_;
  std::optional<HttpClient> client_;
};

/// The kind of a failure; a test fails if there is none.
inline HttpFailureKind failure_kind(const HttpResult& result) {
  EXPECT_TRUE(result.has_error()) << "status " << (result ? result->status : 0);
  return result.has_error() ? result.error().kind : HttpFailureKind{};
}

}  // namespace throng::net

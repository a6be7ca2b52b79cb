#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "engine/http/http_client.h"
#include "llm/mock/mock_server.h"

namespace throng::llm::mock {

/// A mock server and a plain HTTP client on one io_context.
class MockWorld : public testing::Test {
 protected:
  MockServer& start(MockOptions options = {}, net::HttpClientOptions client = {}) {
    server_.emplace(io_, std::move(options));
    client.max_connections = 100;
    client_.emplace(io_, net::parse_url(server_->url()).value(), std::move(client));
    return *server_;
  }

  static std::string chat(const std::string& content, const std::string& more = "") {
    return R"({"model":"m","messages":[{"role":"user","content":")" + content + "\"}]" + more + "}";
  }

  void run_until(const std::function<bool()>& done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    io_.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("nothing happened");
      io_.run_one_for(std::chrono::milliseconds(20));
    }
  }

  net::HttpResult call(net::HttpRequest request, net::HttpClient::Chunk chunk = nullptr) {
    std::optional<net::HttpResult> result;
    client_->send(
        std::move(request), [&](net::HttpResult outcome) { result = std::move(outcome); }, std::move(chunk));
    run_until([&] { return result.has_value(); });
    return result ? std::move(*result) : net::HttpResult(net::HttpFailure{});
  }

  net::HttpResult post(std::string body, net::HttpClient::Chunk chunk = nullptr) {
    return call({.target = "/v1/chat/completions", .body = std::move(body)}, std::move(chunk));
  }

  boost::asio::io_context io_{1};
  std::optional<MockServer> server_;
  std::optional<net::HttpClient> client_;
};

}  // namespace throng::llm::mock

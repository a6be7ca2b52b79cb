#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "engine/http/http_server.h"
#include "llm/client.h"

namespace throng::llm::testing {

/// A server whose every answer the test writes, and a client in front of it, on one io_context.
class ScriptedEndpoint {
 public:
  using Answer = std::function<void(const net::HttpRequest&, net::Responder&)>;

  explicit ScriptedEndpoint(Answer answer, ClientOptions options = {},
                            const std::function<void(EndpointOptions&)>& change = {})
      : server(io, {},
               [this, answer = std::move(answer)](net::HttpRequest&& request, net::Responder responder) {
                 requests.push_back(std::move(request));
                 answer(requests.back(), responder);
               }) {
    EndpointOptions endpoint{.url = server.origin(), .model = "m"};
    endpoint.api_key_env = "THE_KEY";
    if (change) change(endpoint);
    options.log = [this](const std::string& text) { log.push_back(text); };
    client.emplace(
        io, std::vector{endpoint}, [](const std::string&) { return std::string(key); }, std::move(options));
  }

  /// Asks, and waits for the answer.
  CallResult<Reply> ask(ChatRequest request) {
    std::optional<CallResult<Reply>> result;
    client->complete(std::move(request), 0, [&](CallResult<Reply> got) { result = std::move(got); });
    while (!result) io.run_one();
    return *std::move(result);
  }

  CallResult<Embeddings> embed(std::vector<std::string> inputs) {
    std::optional<CallResult<Embeddings>> result;
    client->embed({.model = "m"}, std::move(inputs),
                  [&](CallResult<Embeddings> got) { result = std::move(got); });
    while (!result) io.run_one();
    return *std::move(result);
  }

  static constexpr const char* key = "sk-a-secret-that-must-not-be-seen";

  boost::asio::io_context io;
  std::vector<net::HttpRequest> requests;
  std::vector<std::string> log;
  net::HttpServer server;
  std::optional<Client> client;
};

inline ChatRequest question(const std::string& text = "Hello") {
  return {.model = "m", .messages = {{Role::user, text}}, .max_tokens = 50};
}

inline std::string completion(const std::string& text) {
  return Json{
      {"id", "1"},
      {"model", "m"},
      {"choices",
       {{{"index", 0}, {"finish_reason", "stop"}, {"message", {{"role", "assistant"}, {"content", text}}}}}},
      {"usage", {{"prompt_tokens", 12}, {"completion_tokens", 3}, {"total_tokens", 15}}}}
      .dump();
}

}  // namespace throng::llm::testing

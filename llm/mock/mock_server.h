#pragma once

#include <functional>
#include <memory>
#include <string>

#include "llm/mock/mock_options.h"
#include "llm/mock/mock_stats.h"

namespace boost::asio {
class io_context;
}

namespace throng::llm::mock {

/// An OpenAI-compatible server with latency, limits and faults: chat completions, plain and streamed, embeddings, the
/// list of models, and GET /stats. It keeps and shows nothing of the keys that clients send.
///
/// Threading: an io_context that one thread runs, on which everything here is called. The io_context outlives it.
class MockServer {
 public:
  /// Listens from now on. Throws Failure(usage) if it cannot listen there.
  MockServer(boost::asio::io_context& io, MockOptions options);
  /// Closes everything at once.
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  /// "http://127.0.0.1:8080/v1", for clients.
  std::string url() const;
  std::uint16_t port() const;

  MockStats stats() const;
  /// `then` is called once `count` requests, of those that `requests` counts, have been answered in whatever way.
  void after_requests(std::int64_t count, std::function<void()> then);

  /// Accepts no more connections and closes each once what was asked on it is answered. Then the io_context has
  /// no more work from here.
  void stop();

 private:
  class Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace throng::llm::mock

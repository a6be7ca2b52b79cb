#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "llm/mock/mock_core.h"

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

/// When a mock that runs on its own ends, beside an ending signal (engine/base/process.h).
struct ServeOptions {
  MockOptions mock;
  std::int64_t max_requests = 0;          ///< after so many have been answered; 0: never
  std::chrono::milliseconds duration{0};  ///< 0: any
};

/// Serves on the calling thread until the end. `listening` is called with the URL as soon as clients may come. May open as
/// many connections as the system lets the process. Throws Failure(usage) if it cannot listen.
MockStats serve(const ServeOptions& options, const std::function<void(const std::string& url)>& listening);

}  // namespace throng::llm::mock

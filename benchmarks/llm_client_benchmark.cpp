// CPU time of one call: the bare HTTP client, and the whole LLM client (wire format, planner with limits, accounts) on top of it,
// against a server on a thread of its own. The CPU column is the client's thread.
#include <filesystem>
#include <future>
#include <thread>

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/net/http_client.h"
#include "engine/net/http_server.h"
#include "llm/chat_completions.h"
#include "llm/endpoint_client.h"

namespace throng::llm {
namespace {

constexpr std::size_t kInFlight = 256;
constexpr std::int64_t kBatch = 2048;
constexpr int kAsMuchAsFits = 2'000'000'000;  // a limit that is kept account of and never reached

std::string words(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += "a film of people who meet and part ";
  text.resize(bytes);
  return text;
}

/// What every call asks: 2 KB.
ChatRequest request() { return {.model = "m", .messages = {{Role::user, words(2000)}}, .max_tokens = 64}; }

/// Answers every request at once with the same chat completion of 1 KB.
class Server {
 public:
  explicit Server(bool tls) {
    net::HttpServerOptions options;
    if (tls) options.tls = net::make_self_signed();
    const std::string reply =
        R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":")" +
        words(750) +
        R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":400,"completion_tokens":64,"total_tokens":464}})";
    if (tls) write_file(ca_file(), options.tls->certificate);
    std::promise<std::string> origin;
    auto listening = origin.get_future();
    thread_ = std::thread([this, options, reply, &origin] {
      net::HttpServer server(io_, options, [&](net::HttpRequest&&, net::Responder responder) {
        responder.send(200, {{"Content-Type", "application/json"}}, reply);
      });
      origin.set_value(server.origin());
      io_.run();
    });
    url = listening.get() + "/v1";
  }
  ~Server() {
    io_.stop();
    thread_.join();
    std::error_code ignored;
    std::filesystem::remove(ca_file(), ignored);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::filesystem::path ca_file() const {
    return std::filesystem::temp_directory_path() / ("throng_benchmark_" + std::to_string(getpid()) + ".pem");
  }

  std::string url;

 private:
  boost::asio::io_context io_{1};
  std::thread thread_;
};

/// Runs `send` in a closed loop of kInFlight calls; it is given what to call when the call is over.
template <class Send>
void closed_loop(benchmark::State& state, boost::asio::io_context& io, const Send& send) {
  std::int64_t left = 0;
  std::function<void()> next = [&] {
    if (--left == 0) io.stop();
    send(next);
  };
  for (std::size_t i = 0; i < kInFlight; ++i) send(next);
  const auto run = [&](std::int64_t calls) {
    left = calls;
    io.restart();
    io.run();
  };
  run(4 * kBatch);  // connections
  while (state.KeepRunningBatch(kBatch)) run(kBatch);
  state.SetItemsProcessed(state.iterations());
}

void bare_http(benchmark::State& state) {
  const bool tls = state.range(0) == 1;
  const Server server(tls);
  boost::asio::io_context io{1};
  net::HttpClientOptions options{.headers = {{"Content-Type", "application/json"}}};
  options.max_connections = kInFlight;
  if (tls) options.tls.ca_file = server.ca_file();
  net::HttpClient client(io, net::parse_url(server.url).value(), options);
  std::string body;
  encode_chat(request(), {}, body);
  closed_loop(state, io, [&](const std::function<void()>& next) {
    client.send({.target = "/v1/chat/completions", .body = body}, [&next](const net::HttpResult& reply) {
      if (!reply) throw Failure(ErrorKind::unexpected, reply.error().message);
      next();
    });
  });
}

void llm_client(benchmark::State& state) {
  const bool tls = state.range(0) == 1;
  const Server server(tls);
  boost::asio::io_context io{1};
  EndpointOptions endpoint{.url = server.url, .model = "m"};
  endpoint.rpm = endpoint.tpm = kAsMuchAsFits;
  endpoint.max_in_flight = kInFlight;
  endpoint.price = {.prompt = 0.15, .cached = 0.075, .completion = 0.6};
  if (tls) endpoint.ca_file = server.ca_file();
  ClientOptions options;
  options.concurrency = ConcurrencyMode::fixed;
  EndpointClient client(
      io, {endpoint}, [](const std::string&) { return std::nullopt; }, options);
  const ChatRequest asked = request();
  closed_loop(state, io, [&](const std::function<void()>& next) {
    client.complete(asked, 0, [&next](const CallResult<Reply>& reply) {
      if (!reply) throw Failure(ErrorKind::unexpected, reply.error().message);
      next();
    });
  });
}

BENCHMARK(bare_http)->ArgName("tls")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(llm_client)->ArgName("tls")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace throng::llm

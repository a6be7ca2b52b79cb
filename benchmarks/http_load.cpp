// Load for http_vs_wrk: calls in a closed loop, bare or of the LLM client, a server that answers at once, and one that holds
// its replies back.
#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "benchmarks/support/allocations.h"
#include "engine/base/error.h"
#include "engine/base/files.h"
#include "engine/http/http_client.h"
#include "engine/http/http_server.h"
#include "llm/client.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string url;
  std::string ca_file;
  std::size_t connections = 256;
  double seconds = 3;
  double warm_up = 1;
  std::size_t request_bytes = 2048;
  std::size_t reply_bytes = 1024;
  std::size_t hold = 0;
  std::uint16_t port = 0;
  bool tls = false;
  std::string write_ca;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peak_rss_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Calls without end on every connection, measured after the warm-up.
class ClosedLoop {
 public:
  /// Makes a call and calls `done` when its reply is there.
  using Call = std::function<void(const std::function<void()>& done)>;

  ClosedLoop(const Options& options, boost::asio::io_context& io, Call call)
      : options_(options), io_(io), call_(std::move(call)) {}

  void run() {
    for (std::size_t i = 0; i < options_.connections; ++i) call_(next_);
    run_for(options_.warm_up);
    const std::uint64_t done_before = done_;
    const std::int64_t allocations_before = allocations().count;
    const double cpu_before = cpu_seconds();
    const auto start = Clock::now();
    run_for(options_.seconds);
    const double wall = std::chrono::duration<double>(Clock::now() - start).count();
    const auto done = static_cast<double>(done_ - done_before);
    fmt::print(
        R"({{"requests": {}, "seconds": {:.3f}, "cpu_us_per_request": {:.3f}, "allocations_per_request": {:.2f}, )"
        R"("peak_rss_kib": {}}})"
        "\n",
        done_ - done_before, wall, (cpu_seconds() - cpu_before) * 1e6 / done,
        static_cast<double>(allocations().count - allocations_before) / done, peak_rss_kib());
  }

 private:
  /// As a program runs it: `io_context::run_for` looks at the clock for every handler.
  void run_for(double seconds) {
    boost::asio::steady_timer timer(io_, std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6)));
    timer.async_wait([this](boost::system::error_code) { io_.stop(); });
    io_.restart();
    io_.run();
  }

  const Options& options_;
  boost::asio::io_context& io_;
  Call call_;
  std::uint64_t done_ = 0;
  std::function<void()> next_ = [this] {
    ++done_;
    call_(next_);
  };
};

const std::string kKey = "a-key-of-the-usual-length-0123456789";

void loop(const Options& options) {
  boost::asio::io_context io{1};
  HttpClientOptions client_options{
      .headers = {{"Authorization", "Bearer " + kKey}, {"Content-Type", "application/json"}}};
  client_options.max_connections = options.connections;
  client_options.tls.ca_file = options.ca_file;
  const Url url = parse_url(options.url).value();
  const std::string body(options.request_bytes, 'x');
  std::optional<HttpClient> client(std::in_place, io, url, client_options);
  ClosedLoop(options, io, [&](const std::function<void()>& done) {
    client->send({.target = url.target, .body = body}, [&done](const HttpResult& result) {
      if (!result) throw Failure(ErrorKind::unexpected, result.error().message);
      done();
    });
  }).run();
}

/// The whole LLM client: wire format, order of service, rate limits that are kept account of and never reached, ledger.
void loop_llm(const Options& options) {
  constexpr int never_reached = 2'000'000'000;
  boost::asio::io_context io{1};
  llm::EndpointOptions endpoint{.url = options.url, .model = "m", .api_key_env = "KEY"};
  endpoint.rpm = endpoint.tpm = never_reached;
  endpoint.max_in_flight = static_cast<int>(options.connections);
  endpoint.price = {.prompt = 0.15, .cached = 0.075, .completion = 0.6};
  endpoint.ca_file = options.ca_file;
  llm::ClientOptions client_options;
  client_options.concurrency = ConcurrencyMode::fixed;
  llm::Client client(
      io, {endpoint}, [](const std::string&) { return std::optional(kKey); }, client_options);
  std::string prompt;
  while (prompt.size() < options.request_bytes) prompt += "a film of people who meet and part ";
  prompt.resize(options.request_bytes);
  const llm::ChatRequest request{.model = "m", .messages = {{llm::Role::user, prompt}}, .max_tokens = 64};
  ClosedLoop(options, io, [&](const std::function<void()>& done) {
    client.complete(request, 0, [&done](const llm::CallResult<llm::Reply>& reply) {
      if (!reply) throw Failure(ErrorKind::unexpected, reply.error().message);
      done();
    });
  }).run();
}

/// As many calls at once as there are connections, each answered once the server has all of them.
void hold(const Options& options) {
  boost::asio::io_context io{1};
  HttpClientOptions client_options;
  client_options.max_connections = options.connections;
  client_options.tls.ca_file = options.ca_file;
  HttpClient client(io, parse_url(options.url).value(), client_options);
  const std::string body(options.request_bytes, 'x');
  std::size_t done = 0;
  for (std::size_t i = 0; i < options.connections; ++i) {
    client.send({.body = body}, [&](const HttpResult& result) {
      if (!result) throw Failure(ErrorKind::unexpected, result.error().message);
      if (++done == options.connections) io.stop();
    });
  }
  const auto start = Clock::now();
  io.run();
  const double wall = std::chrono::duration<double>(Clock::now() - start).count();
  fmt::print(
      R"({{"requests": {}, "connections": {}, "seconds": {:.3f}, "cpu_seconds": {:.3f}, "peak_rss_kib": {}}})"
      "\n",
      done, client.stats().connections, wall, cpu_seconds(), peak_rss_kib());
}

void serve(const Options& options) {
  boost::asio::io_context io{1};
  HttpServerOptions server_options{.port = options.port};
  if (options.tls) server_options.tls = make_self_signed();
  if (options.tls && !options.write_ca.empty()) write_file(options.write_ca, server_options.tls->certificate);
  const std::string reply(options.reply_bytes, 'y');
  std::vector<Responder> held;
  HttpServer server(io, server_options, [&](HttpRequest&&, Responder responder) {
    if (options.hold == 0) {
      responder.send(200, {{"Content-Type", "application/json"}}, reply);
      return;
    }
    held.push_back(std::move(responder));
    if (held.size() < options.hold) return;
    for (Responder& waiting : held) waiting.send(200, {}, reply);
    held.clear();
  });
  fmt::print("{}\n", server.origin());
  std::fflush(stdout);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { io.stop(); });
  io.run();
  const HttpServerStats stats = server.stats();
  fmt::print(R"({{"requests": {}, "peak_connections": {}, "cpu_seconds": {:.3f}, "peak_rss_kib": {}}})"
             "\n",
             stats.requests, stats.peak_connections, cpu_seconds(), peak_rss_kib());
}

}  // namespace
}  // namespace throng::net

int main(int argc, char** argv) {
  using namespace throng::net;
  Options options;
  CLI::App app("HTTP load; each command prints one line of JSON");
  app.require_subcommand(1);
  CLI::App* http_loop = app.add_subcommand("loop", "calls in a closed loop");
  CLI::App* llm_loop = app.add_subcommand("llm", "chat completions in a closed loop");
  for (CLI::App* client : {http_loop, llm_loop}) {
    client->add_option("--seconds", options.seconds);
    client->add_option("--warm-up", options.warm_up);
  }
  CLI::App* held = app.add_subcommand("hold", "as many calls at once as connections");
  for (CLI::App* client : {http_loop, llm_loop, held}) {
    client->add_option("url", options.url)->required();
    client->add_option("--ca", options.ca_file);
    client->add_option("--connections", options.connections);
    client->add_option("--request-bytes", options.request_bytes);
  }
  CLI::App* server = app.add_subcommand("serve", "a server; its address is the first line");
  server->add_option("--port", options.port);
  server->add_option("--reply-bytes", options.reply_bytes);
  server->add_option("--hold", options.hold, "answer once there are so many requests");
  server->add_option("--write-ca", options.write_ca, "where the certificate goes");
  server->add_flag("--tls", options.tls);
  CLI11_PARSE(app, argc, argv);
  try {
    if (*http_loop) loop(options);
    if (*llm_loop) loop_llm(options);
    if (*held) hold(options);
    if (*server) serve(options);
    return 0;
  } catch (const throng::Failure& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    return failure.exit_code();
  }
}

#include "llm/mock/serve.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/base/log.h"
#include "engine/base/process.h"
#include "llm/mock/mock_server.h"

namespace throng::llm::mock {
namespace {

/// For the last replies to be taken.
constexpr std::chrono::seconds kFarewell{1};

void log_stats(std::string_view what, const MockStats& stats) {
  log_event(LogLevel::info, "mock", what,
            {{"requests", stats.requests},
             {"completed", stats.completed},
             {"rejected_rpm", stats.rejected_rpm},
             {"rejected_tpm", stats.rejected_tpm},
             {"aborted", stats.aborted},
             {"in_flight", stats.in_flight},
             {"connections", stats.connections},
             {"rss_mb", rss_bytes() >> 20U}});
}

/// Logs each minute how the server stands.
class MinuteLog {
 public:
  MinuteLog(boost::asio::io_context& io, const MockServer& server) : timer_(io), server_(server) { wait(); }
  void cancel() { timer_.cancel(); }

 private:
  void wait() {
    timer_.expires_after(std::chrono::minutes(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      log_stats("so far", server_.stats());
      wait();
    });
  }

  boost::asio::steady_timer timer_;
  const MockServer& server_;
};

}  // namespace

MockStats serve(const ServeOptions& options, const std::function<void(const std::string& url)>& listening) {
  raise_open_files_limit();
  boost::asio::io_context io(1);
  MockServer server(io, options.mock);
  const auto stop = [&io](const boost::system::error_code& error, auto...) {
    if (!error) io.stop();
  };
  boost::asio::signal_set signals(io);
  for (const int signal : ending_signals()) signals.add(signal);
  signals.async_wait(stop);
  boost::asio::steady_timer end(io);
  if (options.duration.count() > 0) {
    end.expires_after(options.duration);
    end.async_wait(stop);
  }
  bool enough = false;
  if (options.max_requests > 0) {
    server.after_requests(options.max_requests, [&] {
      enough = true;
      io.stop();
    });
  }
  log_event(LogLevel::info, "mock", "listening", {{"url", server.url()}});
  MinuteLog minutes(io, server);
  listening(server.url());
  io.run();
  minutes.cancel();
  if (enough) {
    signals.cancel();
    end.cancel();
    server.stop();
    io.restart();
    io.run_for(kFarewell);
  }
  const MockStats stats = server.stats();
  log_stats("ended", stats);
  return stats;
}

}  // namespace throng::llm::mock

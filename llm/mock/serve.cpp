#include "llm/mock/serve.h"

#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/base/process.h"
#include "llm/mock/mock_server.h"

namespace throng::llm::mock {
namespace {

/// For the last replies to be taken.
constexpr std::chrono::seconds kFarewell{1};

}  // namespace

MockStats serve(const ServeOptions& options, const std::function<void(const std::string& url)>& listening) {
  raise_open_files_limit();
  boost::asio::io_context io(1);
  MockServer server(io, options.mock);
  const auto stop = [&io](const boost::system::error_code& error, auto...) {
    if (!error) io.stop();
  };
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
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
  listening(server.url());
  io.run();
  if (enough) {
    signals.cancel();
    end.cancel();
    server.stop();
    io.restart();
    io.run_for(kFarewell);
  }
  return server.stats();
}

}  // namespace throng::llm::mock

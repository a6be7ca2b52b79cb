#pragma once

#include <optional>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "engine/http/deadline_timer.h"
#include "engine/http/http_server.h"
#include "engine/http/server_connection.h"

namespace throng::net {

/// The inside of HttpServer: the listening socket and the connections. Lives on, closed, for as long as a connection does.
class Acceptor final : public boost::intrusive_ref_counter<Acceptor, boost::thread_unsafe_counter>,
                       private TimingWheel::Deadline {
 public:
  Acceptor(boost::asio::io_context& io, HttpServerOptions options, HttpServer::Handler handler);

  void start() { accept(); }
  void stop();
  /// Closes everything; the handler is not called any more.
  void shut();

  boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }
  const HttpServerOptions& options() const { return options_; }
  HttpServerStats stats() const;

  /// For the connections.
  boost::asio::io_context& io() { return io_; }
  DeadlineTimer& timer() { return timer_; }
  void handle(HttpRequest&& request, Responder responder);
  void count_handshake(bool resumed);
  void forget(ServerConnection& connection);

 private:
  using Socket =
      boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  void listen();
  void accept();
  void on_accepted(const boost::system::error_code& error, TcpSocket socket);
  void expired(TimingWheel::TimePoint now) override;

  boost::asio::io_context& io_;
  HttpServerOptions options_;
  HttpServer::Handler handler_;
  std::optional<boost::asio::ssl::context> tls_;
  DeadlineTimer timer_;
  Socket socket_;
  boost::asio::ip::tcp::endpoint endpoint_;
  bool accepting_ = false;
  bool stopped_ = false;
  std::vector<boost::intrusive_ptr<ServerConnection>> connections_;
  HttpServerStats stats_;
};

}  // namespace throng::net

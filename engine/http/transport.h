#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "engine/http/http_client.h"
#include "engine/http/http_server.h"

namespace throng::net {

/// The concrete executor saves the type-erased one's costs at every operation.
using TcpSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using TlsStream = boost::asio::ssl::stream<TcpSocket&>;

/// Bytes that a connection reads at once: few at first, since most messages are short, then more.
inline constexpr std::size_t first_read = 4UL * 1024;
inline constexpr std::size_t largest_read = 16UL * 1024;  ///< a TLS record
/// Bytes of a buffer that an idle connection keeps.
inline constexpr std::size_t kept_buffer = 16UL * 1024;

/// A TCP connection that may become a TLS one. At most one read and one write may be under way at a time.
class Transport {
 public:
  explicit Transport(boost::asio::io_context& io) : socket_(io) {}
  explicit Transport(TcpSocket socket) : socket_(std::move(socket)) {}
  ~Transport() { close(); }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  TcpSocket& socket() { return socket_; }
  /// Null before `start_tls`.
  SSL* ssl() { return tls_ ? tls_->native_handle() : nullptr; }
  TlsStream& start_tls(boost::asio::ssl::context& context) { return tls_.emplace(socket_, context); }

  template <class Handler>
  void async_read_some(boost::asio::mutable_buffer buffer, Handler&& handler) {
    if (tls_) {
      tls_->async_read_some(buffer, std::forward<Handler>(handler));
    } else {
      socket_.async_read_some(buffer, std::forward<Handler>(handler));
    }
  }

  /// Writes all of it.
  template <class Handler>
  void async_write(boost::asio::const_buffer buffer, Handler&& handler) {
    if (tls_) {
      boost::asio::async_write(*tls_, buffer, std::forward<Handler>(handler));
    } else {
      boost::asio::async_write(socket_, buffer, std::forward<Handler>(handler));
    }
  }

  /// Whether bytes have arrived that nobody has read yet.
  bool has_unread();
  /// Whether nothing has arrived: no byte, no end of the connection. Asks the system, reads nothing.
  bool is_quiet();

  /// At once, without a TLS farewell. What is under way completes with an error.
  void close();
  /// As `close`, but the peer sees a reset.
  void reset();

 private:
  TcpSocket socket_;
  std::optional<TlsStream> tls_;
};

/// Whether the peer ended the connection, in whatever manner.
bool is_disconnect(const boost::system::error_code& error);

/// What all connections of a client to one host share: trust, the expected host name, and the latest session,
/// with which the next connection saves a round trip and the certificates.
class ClientTls {
 public:
  /// Throws Failure(usage) if the CA file cannot be read.
  ClientTls(const std::string& host, const TlsOptions& options);

  boost::asio::ssl::context& context() { return context_; }
  /// Before the handshake: server name indication and the latest session.
  void prepare(SSL* ssl) const;

 private:
  struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  boost::asio::ssl::context context_;
  std::string server_name_;  ///< empty for an address
  std::unique_ptr<SSL_SESSION, FreeSession> session_;
};

/// Why a handshake failed because of the certificate; "" if that was not the cause.
std::string certificate_problem(const SSL* ssl);

/// Throws Failure(usage) if the pair cannot be used.
boost::asio::ssl::context make_server_context(const PemPair& pair);

}  // namespace throng::net

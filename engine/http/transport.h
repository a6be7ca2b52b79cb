#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

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

}  // namespace throng::net

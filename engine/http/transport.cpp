#include "engine/http/transport.h"

#include <cerrno>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <sys/socket.h>

namespace throng::net {

bool Transport::has_unread() {
  boost::system::error_code closed;
  return socket_.available(closed) > 0;
}

bool Transport::is_quiet() {
  // The socket's own flags are asio's: a receive through it would wait.
  char byte = 0;
  return recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Transport::close() {
  // OpenSSL holds a session that ended without a farewell for broken and would not resume it.
  if (tls_) SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Transport::reset() {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  close();
}

bool is_disconnect(const boost::system::error_code& error) {
  namespace asio = boost::asio;
  return error == asio::error::eof || error == asio::error::connection_reset ||
         error == asio::error::broken_pipe || error == asio::error::connection_aborted ||
         error == asio::ssl::error::stream_truncated;
}

}  // namespace throng::net

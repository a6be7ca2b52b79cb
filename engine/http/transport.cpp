#include "engine/http/transport.h"

#include <cerrno>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <sys/socket.h>

#include "engine/base/error.h"
#include "engine/http/url.h"

namespace throng::net {
namespace {

namespace ssl = boost::asio::ssl;

/// asio::ssl uses the context's own application data itself.
int owner_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void require(bool fine, const std::string& message) {
  if (!fine) throw Failure(ErrorKind::usage, message);
}

/// Thousands of connections are mostly silent: a silent one gives its record buffers back.
void set_up(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

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

ClientTls::ClientTls(const std::string& host, const TlsOptions& options)
    : context_(ssl::context::tls_client), server_name_(is_ip_address(host) ? "" : host) {
  SSL_CTX* const handle = context_.native_handle();
  set_up(handle);
  boost::system::error_code error;
  if (options.ca_file.empty()) {
    context_.set_default_verify_paths(error);
    require(!error, "the system's certificate authorities cannot be read");
  } else {
    context_.load_verify_file(options.ca_file, error);
    require(!error, "no certificates can be read from the CA file \"" + options.ca_file + "\"");
  }
  context_.set_verify_mode(options.check == CertificateCheck::on ? ssl::verify_peer : ssl::verify_none);
  if (options.check == CertificateCheck::on) {
    X509_VERIFY_PARAM* const expected = SSL_CTX_get0_param(handle);
    const bool set = server_name_.empty()
                         ? X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(expected, host.data(), host.size()) == 1;
    require(set, "\"" + host + "\" cannot be a certificate's host");
  }
  SSL_CTX_set_ex_data(handle, owner_index(), this);
  SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(handle, keep_session);
}

void ClientTls::prepare(SSL* ssl) const {
  // SSL_set_tlsext_host_name without its old-style cast.
  if (!server_name_.empty())
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(server_name_.c_str()));
  if (session_) SSL_set_session(ssl, session_.get());
}

int ClientTls::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* const self = static_cast<ClientTls*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), owner_index()));
  self->session_.reset(session);
  return 1;  // the reference is ours now
}

std::string certificate_problem(const SSL* ssl) {
  const long result = SSL_get_verify_result(ssl);
  return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

ssl::context make_server_context(const PemPair& pair) {
  ssl::context context(ssl::context::tls_server);
  set_up(context.native_handle());
  boost::system::error_code error;
  context.use_certificate_chain(boost::asio::buffer(pair.certificate), error);
  require(!error, "the server's certificate cannot be read");
  context.use_private_key(boost::asio::buffer(pair.key), ssl::context::pem, error);
  require(!error, "the server's private key cannot be read or does not belong to the certificate");
  return context;
}

}  // namespace throng::net

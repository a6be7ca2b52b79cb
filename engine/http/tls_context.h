#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "engine/http/http_client.h"
#include "engine/http/http_server.h"

namespace throng::net {

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

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "engine/http/http_message.h"

namespace boost::asio {
class io_context;
}

namespace throng::net {

struct PemPair {
  std::string certificate;
  std::string key;
};

/// A new certificate (EC P-256, valid from a day ago for `days`) that signs itself, for the given host names
/// and addresses. It can serve as its own CA file. Throws Failure(unexpected) if OpenSSL fails.
PemPair make_self_signed(const std::vector<std::string>& hosts = {"localhost", "127.0.0.1", "::1"},
                         int days = 30);

struct HttpServerOptions {
  std::string address = "127.0.0.1";     ///< IPv4 or IPv6; "0.0.0.0" and "::" are everybody's
  std::uint16_t port = 0;                ///< 0: any free one
  std::optional<PemPair> tls;            ///< speaks TLS only, if given
  std::size_t max_connections = 20'000;  ///< further ones wait in the system's queue
  std::uint32_t header_limit = 64U * 1024;
  std::uint64_t body_limit = 64ULL << 20;
  std::chrono::milliseconds keep_alive{75'000};  ///< an unused connection is closed after this; zero: never
  std::chrono::milliseconds request{
      30'000};  ///< from the first byte of a request to its last, TLS handshake likewise; zero: none
  std::chrono::milliseconds write_stall{
      60'000};  ///< a client that takes nothing of its reply for so long; zero: none
};

enum class AfterRaw {
  keep,   ///< the bytes were a whole reply: the connection serves the next request
  close,  ///< the connection is closed once they are sent
};

class ServerConnection;

/// Answers one request, at once or later: either `send`, or `start_stream`, `write_chunk`s and `finish`, or `send_raw`s and
/// `end_raw`. A cheap handle that may be copied; once the answer is over or the client has gone away, every call
/// is without effect. A request that nobody answers keeps its connection until the client goes away.
/// Bytes written are buffered without limit: who streams a lot looks at `unsent`.
class Responder {
 public:
  Responder(const Responder&);
  Responder(Responder&&) noexcept;
  Responder& operator=(const Responder&);
  Responder& operator=(Responder&&) noexcept;
  ~Responder();

  /// A whole reply. Content-Length, and Connection where needed, are added.
  void send(int status, const HttpHeaders& headers, std::string_view body);

  /// A reply of unknown length, in chunks (to an HTTP/1.0 client: until the connection ends).
  void start_stream(int status, const HttpHeaders& headers);
  /// Sent at once; an empty chunk is nothing.
  void write_chunk(std::string_view bytes);
  void finish();

  /// Bytes as they are, for replies that are wrong on purpose.
  void send_raw(std::string_view bytes);
  void end_raw(AfterRaw then);
  /// Drops what is unsent and resets the TCP connection.
  void reset();

  /// Whether the client is still there and the answer is not over.
  bool open() const;
  /// Bytes that the system has not yet taken.
  std::size_t unsent() const;

 private:
  friend class ServerConnection;
  Responder(boost::intrusive_ptr<ServerConnection> connection, std::uint64_t serial);
  boost::intrusive_ptr<ServerConnection> connection_;
  std::uint64_t serial_;
};

struct HttpServerStats {
  std::uint64_t connections_accepted = 0;
  std::uint64_t tls_resumed = 0;
  std::uint64_t requests = 0;   ///< given to the handler
  std::size_t connections = 0;  ///< now
  std::size_t peak_connections = 0;
};

class Acceptor;

/// A small HTTP/1.1 server: keep-alive, pipelining (answered one by one, in order), limits (400, 413, 431).
///
/// Threading: an io_context that one thread runs, on which everything here is called and the handler runs.
/// Lifetimes: the io_context outlives the server; responders may outlive it, without effect. The handler may call
/// `stop` but must not destroy the server.
class HttpServer {
 public:
  using Handler = std::function<void(HttpRequest&& request, Responder responder)>;

  /// Listens from now on; connections are accepted once the io_context runs. Throws Failure(usage) if it cannot
  /// listen there or the certificate cannot be used.
  HttpServer(boost::asio::io_context& io, HttpServerOptions options, Handler handler);
  /// Closes everything at once.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  /// "http://127.0.0.1:8080"
  std::string origin() const;

  /// Gracefully: accepts no more, closes idle connections, and each other one after its answer. Then the
  /// io_context has no more work from here.
  void stop();

  HttpServerStats stats() const;

 private:
  boost::intrusive_ptr<Acceptor> acceptor_;
};

}  // namespace throng::net

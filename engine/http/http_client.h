#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "engine/http/http_message.h"
#include "engine/http/url.h"

namespace boost::asio {
class io_context;
}

namespace throng::net {

enum class CertificateCheck { on, off };

struct TlsOptions {
  CertificateCheck check = CertificateCheck::on;  ///< the chain, the dates and the host name
  std::string ca_file;  ///< PEM; takes the place of the system's authorities unless empty
};

/// How long each phase of a call may take. Zero: as long as it likes. Waiting for a free connection never
/// counts. Deadlines are kept to about 20 ms, never early.
struct HttpDeadlines {
  std::chrono::milliseconds connect{
      10'000};                            ///< resolving and TCP over all addresses, and the proxy's answer
  std::chrono::milliseconds tls{10'000};  ///< the handshake
  std::chrono::milliseconds first_byte{600'000};  ///< from the start of sending the request
  std::chrono::milliseconds between_bytes{60'000};
  std::chrono::milliseconds total{0};  ///< from leaving the queue to the last byte
};

struct HttpClientOptions {
  HttpHeaders headers;               ///< sent with every request, such as Authorization
  std::size_t max_connections = 64;  ///< at least 1; further calls wait in the order they came
  std::size_t max_connecting = 256;  ///< at least 1; connections being opened at the same time
  HttpDeadlines deadlines;
  /// An unused connection is closed after this, or sooner if the server says so (`Keep-Alive: timeout`); zero: never. The
  /// default is below the 5 s after which uvicorn (vLLM), Node and llama.cpp close theirs.
  std::chrono::milliseconds keep_alive{4'000};
  std::uint32_t header_limit = 64U * 1024;  ///< bytes of a reply's start line and headers
  std::uint64_t body_limit = 64ULL << 20;   ///< bytes of a reply's body, streamed ones too
  TlsOptions tls;
  std::optional<Url> proxy;  ///< an http:// proxy, asked to CONNECT; see `proxy_from_environment`
};

struct HttpClientStats {
  std::uint64_t calls = 0;      ///< given to `send`
  std::uint64_t completed = 0;  ///< complete replies, whatever their status
  std::uint64_t failed = 0;     ///< failures, cancelled calls among them
  std::uint64_t dropped = 0;    ///< of these, ended with a kept connection before a byte of the reply
  std::uint64_t connections_opened = 0;
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;     ///< of these, resumed ones
  std::size_t connections = 0;       ///< now: open or being opened
  std::size_t idle_connections = 0;  ///< now
  std::size_t waiting = 0;           ///< now: calls that wait for a connection
};

/// Names one call of one client; never used twice.
enum class CallId : std::uint64_t {};

class ClientPool;

/// Calls to one server over kept connections (HTTP/1.1, no redirects, no cookies, no compression).
///
/// Threading: an io_context that one thread runs, on which everything here is called and every handler runs.
/// Lifetimes: the io_context outlives the client. Handlers own what they capture and are destroyed once their
/// call is over. Destroying the client (also from within a handler) closes every connection and destroys the handlers of open
/// calls without calling them.
/// The io_context has work while a connection is open: `run` returns after the client is gone or has closed
/// all its connections.
class HttpClient {
 public:
  using Done = std::function<void(HttpResult)>;
  using Chunk = std::function<void(std::string_view)>;
  /// How long a call may be without a byte from the server, as far as is known by now; zero: as long as the deadlines
  /// allow. Asked from time to time while there is none.
  using Silence = std::function<std::chrono::microseconds()>;

  /// Only scheme, host and port of `origin` count. Throws Failure(usage) for options that cannot work: a header
  /// that cannot be sent (the message names it, never its value), an unreadable CA file, an https proxy.
  HttpClient(boost::asio::io_context& io, const Url& origin, HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `request` as soon as a connection is free. `done` is called exactly once, never from within `send`
  /// or `cancel`: with the reply, or with the failure that ended the call. If `chunk` is given, it gets the body
  /// of a 2xx reply piece by piece, as it arrives, before `done`; the body of another reply stays in the
  /// reply. Both may call this client. Nothing is ever sent twice. A kept connection is used
  /// only while it is young and nothing has come on it; that it ends all the same before a byte of the reply is the failure
  /// `dropped`.
  /// A call that is silent for longer than `silence`, if given, is the failure `stalled`. It is asked every half second: what
  /// it says sooner than that before its end takes effect on time.
  CallId send(HttpRequest request, Done done, Chunk chunk = nullptr, Silence silence = nullptr);

  /// Ends a call. `chunk` is not called any more; `done` will be, later, with the kind `canceled`. A request already
  /// on its way has its connection closed; the server may have worked on it. False, without effect, if the
  /// call is over already.
  bool cancel(CallId call);

  HttpClientStats stats() const;

 private:
  boost::intrusive_ptr<ClientPool> pool_;
};

}  // namespace throng::net

#include "engine/http/dialer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "engine/base/error.h"
#include "engine/http/url.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kept{60};

namespace asio = boost::asio;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

std::optional<Url> checked_proxy(const std::optional<Url>& proxy) {
  if (proxy && proxy->secure())
    throw Failure(ErrorKind::usage,
                  "the proxy " + proxy->origin() + " is https; only http:// proxies are known");
  return proxy;
}

std::string base64(const std::string& text) {
  std::vector<unsigned char> encoded(4 * (text.size() / 3 + 1) + 1);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const int size = EVP_EncodeBlock(encoded.data(), bytes, static_cast<int>(text.size()));
  return {encoded.begin(), encoded.begin() + size};
}

std::string connect_request(const Url& origin, const Url& proxy) {
  const std::string host = origin.host.find(':') == std::string::npos ? origin.host : "[" + origin.host + "]";
  const std::string target = fmt::format("{}:{}", host, origin.port);
  std::string text = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n", target, target);
  if (!proxy.user_info.empty()) text += "Proxy-Authorization: Basic " + base64(proxy.user_info) + "\r\n";
  return text + "\r\n";
}

}  // namespace

struct AddressBook::State {
  State(boost::asio::io_context& io, std::string host_name, std::uint16_t port_number)
      : resolver(io), host(std::move(host_name)), port(port_number) {}

  bool fresh() const { return !endpoints.empty() && (is_literal || Clock::now() < valid_until); }

  boost::asio::ip::tcp::resolver resolver;
  std::string host;
  std::uint16_t port;
  Endpoints endpoints;
  Clock::time_point valid_until;
  bool is_literal = false;  ///< an address, which no look-up changes
  std::vector<Ready> asking;
};

AddressBook::AddressBook(boost::asio::io_context& io, std::string host, std::uint16_t port)
    : state_(std::make_shared<State>(io, std::move(host), port)) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(state_->host, error);
  if (error) return;
  state_->endpoints = {{address, port}};
  state_->is_literal = true;
}

AddressBook::~AddressBook() { state_->resolver.cancel(); }

void AddressBook::look_up(Ready ready) {
  if (state_->fresh()) {
    ready(state_->endpoints);
    return;
  }
  state_->asking.push_back(std::move(ready));
  if (state_->asking.size() > 1) return;
  state_->resolver.async_resolve(
      state_->host, std::to_string(state_->port),
      [weak = std::weak_ptr(state_)](const boost::system::error_code& error, const auto& results) {
        const auto state = weak.lock();
        if (!state) return;
        state->endpoints.clear();
        if (!error) {
          for (const auto& result : results) state->endpoints.push_back(result.endpoint());
        }
        state->valid_until = Clock::now() + kept;
        // A callee may ask again.
        for (const Ready& callee : std::exchange(state->asking, {})) callee(state->endpoints);
      });
}

void AddressBook::prefer(const boost::asio::ip::tcp::endpoint& endpoint) {
  const auto found = std::find(state_->endpoints.begin(), state_->endpoints.end(), endpoint);
  if (found != state_->endpoints.end()) std::rotate(state_->endpoints.begin(), found, found + 1);
}

void AddressBook::forget() {
  if (!state_->is_literal) state_->endpoints.clear();
}

DialPlan::DialPlan(asio::io_context& io_context, const Url& origin_url, const HttpClientOptions& options)
    : io(io_context),
      origin(origin_url),
      proxy(checked_proxy(options.proxy)),
      deadlines(options.deadlines),
      addresses(io_context, proxy ? proxy->host : origin.host, proxy ? proxy->port : origin.port),
      timer(io_context) {
  if (origin.secure()) tls.emplace(origin.host, options.tls);
}

Dialer::Dialer(DialPlan& plan) : plan_(plan) {}

/// A handler that keeps this alive and is silent once the dialling is over.
template <class Method>
auto Dialer::bound(Method method) {
  return [self = boost::intrusive_ptr<Dialer>(this), method](const auto&... results) {
    if (self->phase_ != Phase::over) method(*self, results...);
  };
}

void Dialer::start(TimePoint now, TimePoint total, Done done) {
  done_ = std::move(done);
  started_ = now;
  total_by_ = total;
  connect_by_ = after(now, plan_.deadlines.connect);
  arm(connect_by_);
  plan_.addresses.look_up(bound([](Dialer& self, const AddressBook::Endpoints& endpoints) {
    if (endpoints.empty()) {
      self.fail(HttpFailureKind::resolve, "the host has no address");
      return;
    }
    self.phase_ = Phase::connect;
    self.endpoints_ = endpoints;
    self.try_next_address();
  }));
}

void Dialer::cancel() {
  if (phase_ != Phase::over) finish({});
}

void Dialer::try_next_address() {
  if (next_endpoint_ == endpoints_.size()) {
    plan_.addresses.forget();
    const bool timed_out = last_error_ == asio::error::timed_out;
    fail(timed_out ? HttpFailureKind::timeout_connect : HttpFailureKind::connect,
         timed_out ? "no answer to connecting" : "cannot connect: " + last_error_.message());
    return;
  }
  // Each address that is left gets its share of the time that is left.
  const auto now = Clock::now();
  const auto left = static_cast<int>(endpoints_.size() - next_endpoint_);
  arm(connect_by_ == TimePoint::max() ? connect_by_ : now + (connect_by_ - now) / left);
  transport_ = std::make_unique<Transport>(plan_.io);
  transport_->socket().async_connect(
      endpoints_[next_endpoint_++],
      bound([](Dialer& self, const ErrorCode& error) { self.on_connected(error); }));
}

void Dialer::on_connected(const ErrorCode& error) {
  if (error) {
    // Closed by `expired`, if the time for this address was up.
    last_error_ = error == asio::error::operation_aborted ? asio::error::timed_out : error;
    try_next_address();
    return;
  }
  plan_.addresses.prefer(endpoints_[next_endpoint_ - 1]);
  ErrorCode ignored;
  transport_->socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  arm(connect_by_);
  if (plan_.proxy) {
    ask_proxy();
  } else {
    on_tunnel();
  }
}

void Dialer::ask_proxy() {
  phase_ = Phase::proxy;
  proxy_text_ = connect_request(plan_.origin, *plan_.proxy);
  asio::async_write(transport_->socket(), asio::buffer(proxy_text_),
                    bound([](Dialer& self, const ErrorCode& error, std::size_t /*bytes*/) {
                      if (error) {
                        self.fail(HttpFailureKind::proxy, "the proxy ended the connection");
                      } else {
                        self.read_proxy_reply();
                      }
                    }));
}

void Dialer::read_proxy_reply() {
  const auto parser = std::make_shared<http::response_parser<http::empty_body>>();
  parser->skip(true);  // what follows the header belongs to the tunnel
  http::async_read_header(transport_->socket(), proxy_reply_, *parser,
                          bound([parser](Dialer& self, const ErrorCode& error, std::size_t /*bytes*/) {
                            self.on_proxy_reply(error, static_cast<int>(parser->get().result_int()));
                          }));
}

void Dialer::on_proxy_reply(const ErrorCode& error, int status) {
  if (error) {
    fail(HttpFailureKind::proxy, is_disconnect(error) || error == http::error::end_of_stream
                                     ? "the proxy ended the connection"
                                     : "the proxy's answer is not HTTP");
  } else if (status / 100 != 2) {
    fail(HttpFailureKind::proxy, fmt::format("the proxy refused with status {}", status));
  } else {
    on_tunnel();
  }
}

void Dialer::on_tunnel() {
  connected_ = Clock::now();
  if (!plan_.tls) {
    succeed();
    return;
  }
  phase_ = Phase::tls;
  arm(after(connected_, plan_.deadlines.tls));
  TlsStream& stream = transport_->start_tls(plan_.tls->context());
  plan_.tls->prepare(stream.native_handle());
  stream.async_handshake(asio::ssl::stream_base::client,
                         bound([](Dialer& self, const ErrorCode& error) { self.on_secured(error); }));
}

void Dialer::on_secured(const ErrorCode& error) {
  if (!error) {
    succeed();
    return;
  }
  const std::string problem = certificate_problem(transport_->ssl());
  if (!problem.empty()) {
    fail(HttpFailureKind::certificate, "the certificate is not trusted: " + problem);
  } else if (is_disconnect(error)) {
    fail(HttpFailureKind::tls, "the connection ended during the TLS handshake");
  } else {
    fail(HttpFailureKind::tls, "the TLS handshake failed: " + error.message());
  }
}

void Dialer::succeed() {
  using std::chrono::duration_cast;
  Dialed result;
  result.transport = std::move(transport_);
  result.connect = duration_cast<HttpTimings::Span>(connected_ - started_);
  if (plan_.tls) {
    result.tls = duration_cast<HttpTimings::Span>(Clock::now() - connected_);
    result.resumed = SSL_session_reused(result.transport->ssl()) == 1;
  }
  finish(std::move(result));
}

void Dialer::fail(HttpFailureKind kind, const std::string& what) {
  Dialed result;
  result.failure.kind = kind;
  const std::string via = plan_.proxy ? " through the proxy " + plan_.proxy->origin() : "";
  result.failure.message = fmt::format("{}{}: {}", plan_.origin.origin(), via, what);
  finish(std::move(result));
}

void Dialer::finish(Dialed result) {
  phase_ = Phase::over;
  TimingWheel::disarm(*this);
  if (transport_) transport_->close();
  const Done done = std::exchange(done_, nullptr);
  if (done && (result.transport || !result.failure.message.empty())) done(std::move(result));
}

void Dialer::arm(TimePoint at) { plan_.timer.arm(*this, std::min(at, total_by_)); }

void Dialer::expired(TimePoint now) {
  const boost::intrusive_ptr<Dialer> self(this);
  if (now >= total_by_) {
    fail(HttpFailureKind::timeout_total, "not done in time, while connecting");
  } else if (phase_ == Phase::tls) {
    fail(HttpFailureKind::timeout_tls, "the TLS handshake took too long");
  } else if (phase_ == Phase::connect && now < connect_by_) {
    transport_->close();  // on_connected goes on to the next address
  } else {
    fail(HttpFailureKind::timeout_connect,
         phase_ == Phase::proxy ? "no answer from the proxy" : "no answer to connecting");
  }
}

}  // namespace throng::net

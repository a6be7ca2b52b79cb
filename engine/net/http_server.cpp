#include "engine/net/http_server.h"

#include <utility>

#include "engine/net/acceptor.h"
#include "engine/net/url.h"

namespace throng::net {

Responder::Responder(boost::intrusive_ptr<ServerConnection> connection, std::uint64_t serial)
    : connection_(std::move(connection)), serial_(serial) {}
Responder::Responder(const Responder&) = default;
Responder::Responder(Responder&&) noexcept = default;
Responder& Responder::operator=(const Responder&) = default;
Responder& Responder::operator=(Responder&&) noexcept = default;
Responder::~Responder() = default;

void Responder::send(int status, const HttpHeaders& headers, std::string_view body) {
  if (open()) connection_->send(status, headers, body);
}
void Responder::start_stream(int status, const HttpHeaders& headers) {
  if (open()) connection_->start_stream(status, headers);
}
void Responder::write_chunk(std::string_view bytes) {
  if (open()) connection_->write_chunk(bytes);
}
void Responder::finish() {
  if (open()) connection_->finish();
}
void Responder::send_raw(std::string_view bytes) {
  if (open()) connection_->send_raw(bytes);
}
void Responder::end_raw(AfterRaw then) {
  if (open()) connection_->end_raw(then);
}
void Responder::reset() {
  if (open()) connection_->reset();
}
bool Responder::open() const { return connection_ && connection_->answers(serial_); }
std::size_t Responder::unsent() const { return connection_ ? connection_->unsent() : 0; }

HttpServer::HttpServer(boost::asio::io_context& io, HttpServerOptions options, Handler handler)
    : acceptor_(new Acceptor(io, std::move(options), std::move(handler))) {
  acceptor_->start();
}

HttpServer::~HttpServer() { acceptor_->shut(); }

std::uint16_t HttpServer::port() const { return acceptor_->endpoint().port(); }

std::string HttpServer::origin() const {
  Url url;
  url.scheme = acceptor_->options().tls ? "https" : "http";
  url.host = acceptor_->endpoint().address().to_string();
  url.port = port();
  return url.origin();
}

void HttpServer::stop() { acceptor_->stop(); }

HttpServerStats HttpServer::stats() const { return acceptor_->stats(); }

}  // namespace throng::net

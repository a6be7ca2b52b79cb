#include "engine/http/acceptor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/http/transport.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& io, HttpServerOptions options, HttpServer::Handler handler)
    : io_(io), options_(std::move(options)), handler_(std::move(handler)), timer_(io), socket_(io) {
  if (options_.tls) tls_.emplace(make_server_context(*options_.tls));
  listen();
}

void Acceptor::listen() {
  ErrorCode error;
  const auto address = boost::asio::ip::make_address(options_.address, error);
  if (error)
    throw Failure(ErrorKind::usage, "cannot listen on \"" + options_.address + "\": not an IP address");
  endpoint_ = {address, options_.port};
  socket_.open(endpoint_.protocol(), error);
  if (!error) socket_.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) socket_.bind(endpoint_, error);
  if (!error) socket_.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) endpoint_ = socket_.local_endpoint(error);
  if (error) {
    throw Failure(ErrorKind::usage, fmt::format("cannot listen on {} port {}: {}", options_.address,
                                                options_.port, error.message()));
  }
}

void Acceptor::stop() {
  if (stopped_) return;
  stopped_ = true;
  ErrorCode ignored;
  socket_.close(ignored);
  TimingWheel::disarm(*this);
  const auto connections = connections_;  // each may leave
  for (const auto& connection : connections) connection->close_when_idle();
}

void Acceptor::shut() {
  stop();
  for (const auto& connection : connections_) connection->close();
  connections_.clear();
}

HttpServerStats Acceptor::stats() const {
  HttpServerStats stats = stats_;
  stats.connections = connections_.size();
  return stats;
}

void Acceptor::handle(HttpRequest&& request, Responder responder) {
  ++stats_.requests;
  handler_(std::move(request), std::move(responder));
}

void Acceptor::count_handshake(bool resumed) {
  if (resumed) ++stats_.tls_resumed;
}

void Acceptor::forget(ServerConnection& connection) {
  const std::size_t place = connection.place;
  connections_.back()->place = place;
  std::swap(connections_[place], connections_.back());
  connections_.pop_back();
  accept();
}

void Acceptor::accept() {
  if (stopped_ || accepting_ || connections_.size() >= options_.max_connections) return;
  accepting_ = true;
  socket_.async_accept(io_.get_executor(), [self = boost::intrusive_ptr<Acceptor>(this)](
                                               const ErrorCode& error, TcpSocket socket) {
    self->accepting_ = false;
    self->on_accepted(error, std::move(socket));
  });
}

void Acceptor::on_accepted(const ErrorCode& error, TcpSocket socket) {
  if (stopped_) return;
  if (error) {  // mostly: no file descriptors left
    timer_.arm(*this, Clock::now() + accept_pause);
    return;
  }
  const boost::intrusive_ptr<ServerConnection> connection(new ServerConnection(*this, std::move(socket)));
  connection->place = connections_.size();
  connections_.push_back(connection);
  ++stats_.connections_accepted;
  stats_.peak_connections = std::max(stats_.peak_connections, connections_.size());
  connection->open(tls_ ? &*tls_ : nullptr);
  accept();
}

void Acceptor::expired(TimingWheel::TimePoint /*now*/) { accept(); }

}  // namespace throng::net

#include "engine/http/server_connection.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/beast/core/string.hpp>

#include "engine/http/acceptor.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::milliseconds drained_for{1'000};
constexpr std::size_t most_read_ahead = 64UL * 1024;  // of pipelined requests

}  // namespace

ServerConnection::ServerConnection(Acceptor& acceptor, TcpSocket socket)
    : acceptor_(acceptor),
      transport_(std::make_unique<Transport>(std::move(socket))),
      read_size_(first_read) {}

void ServerConnection::open(boost::asio::ssl::context* tls) {
  ErrorCode ignored;
  transport_->socket().set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  if (tls == nullptr) {
    arm(acceptor_.options().keep_alive);
    read();
    return;
  }
  phase_ = Phase::handshake;
  arm(acceptor_.options().request);
  transport_->start_tls(*tls).async_handshake(
      boost::asio::ssl::stream_base::server,
      [self = boost::intrusive_ptr<ServerConnection>(this)](const ErrorCode& error) {
        if (self->phase_ == Phase::closed) return;
        if (error) {
          self->drop();
          return;
        }
        self->acceptor_.count_handshake(SSL_session_reused(self->transport_->ssl()) == 1);
        self->phase_ = Phase::idle;
        self->arm(self->acceptor_.options().keep_alive);
        self->read();
      });
}

void ServerConnection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  TimingWheel::disarm(*this);
  transport_->close();
}

void ServerConnection::close_when_idle() {
  close_after_ = true;
  if (phase_ == Phase::idle || phase_ == Phase::handshake) drop();
}

/// Closing with bytes unread would reset the connection, perhaps before the client has read the answer.
void ServerConnection::hang_up() {
  if (!refused_) {
    drop();
    return;
  }
  phase_ = Phase::draining;
  in_.clear();
  ErrorCode ignored;
  transport_->socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
  arm(drained_for);
  read();
}

void ServerConnection::drop() {
  close();
  acceptor_.forget(*this);
}

void ServerConnection::read() {
  if (reading_) return;
  reading_ = true;
  transport_->async_read_some(in_.prepare(read_size_), [self = boost::intrusive_ptr<ServerConnection>(this)](
                                                           const ErrorCode& error, std::size_t bytes) {
    self->on_read(error, bytes);
  });
}

void ServerConnection::on_read(const ErrorCode& error, std::size_t bytes) {
  reading_ = false;
  if (phase_ == Phase::closed) return;
  if (error) {
    drop();
    return;
  }
  if (phase_ == Phase::draining) {
    read();
    return;
  }
  in_.commit(bytes);
  if (bytes == read_size_) read_size_ = std::min(2 * read_size_, largest_read);
  serve();
}

void ServerConnection::serve() {
  if (serving_) return;
  serving_ = true;
  while (in_.size() > 0 && (phase_ == Phase::idle || phase_ == Phase::receiving)) {
    receive();
    if (phase_ == Phase::receiving) break;  // wants more
  }
  serving_ = false;
  // While a request is answered, reading notices a client that goes away.
  if (phase_ != Phase::closed && in_.size() < most_read_ahead) read();
}

void ServerConnection::receive() {
  if (phase_ == Phase::idle) {
    phase_ = Phase::receiving;
    arm(acceptor_.options().request);
    parser_.emplace(acceptor_.options().header_limit, acceptor_.options().body_limit);
  }
  const bool had_header = parser_->is_header_done();
  ErrorCode error;
  in_.consume(feed(*parser_, in_.data(), error));
  if (error) {
    namespace http = boost::beast::http;
    refuse(!is_limit(error) ? 400 : error == http::error::body_limit ? 413 : 431);
  } else if (parser_->is_done()) {
    dispatch();
  } else if (!had_header && parser_->is_header_done()) {
    const auto expected = parser_->headers.find("Expect");
    if (expected && boost::beast::iequals(*expected, "100-continue")) {
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      flush();
    }
  }
}

void ServerConnection::dispatch() {
  HttpRequest request;
  request.method = std::move(parser_->method);
  request.target = std::move(parser_->target);
  request.headers = std::move(parser_->headers);
  request.body = std::move(parser_->body);
  if (!parser_->keep_alive()) close_after_ = true;
  version_ = parser_->version;
  head_only_ = request.method == "HEAD";
  parser_.reset();
  phase_ = Phase::answering;
  TimingWheel::disarm(*this);
  acceptor_.handle(std::move(request), Responder(this, ++serial_));
}

void ServerConnection::refuse(int status) {
  close_after_ = true;
  refused_ = true;
  phase_ = Phase::answering;
  send(status, {}, "");
}

void ServerConnection::append_head(int status, const HttpHeaders& headers) {
  out_ += "HTTP/1.1 ";
  append_number(out_, static_cast<std::size_t>(status));
  out_ += ' ';
  out_ += reason_phrase(status);
  out_ += "\r\n";
  headers.append_to(out_);
  if (close_after_) {
    out_ += "Connection: close\r\n";
  } else if (version_ < 11) {
    out_ += "Connection: keep-alive\r\n";
  }
}

void ServerConnection::send(int status, const HttpHeaders& headers, std::string_view body) {
  append_head(status, headers);
  out_ += "Content-Length: ";
  append_number(out_, body.size());
  out_ += "\r\n\r\n";
  if (!head_only_) out_ += body;
  answered();
}

void ServerConnection::start_stream(int status, const HttpHeaders& headers) {
  chunked_ = version_ >= 11;
  if (!chunked_) close_after_ = true;
  append_head(status, headers);
  if (chunked_) out_ += "Transfer-Encoding: chunked\r\n";
  out_ += "\r\n";
  flush();
}

void ServerConnection::write_chunk(std::string_view bytes) {
  if (bytes.empty() || head_only_) return;
  if (chunked_) {
    append_number(out_, bytes.size(), 16);
    out_ += "\r\n";
  }
  out_ += bytes;
  if (chunked_) out_ += "\r\n";
  flush();
}

void ServerConnection::finish() {
  if (chunked_ && !head_only_) out_ += "0\r\n\r\n";
  answered();
}

void ServerConnection::send_raw(std::string_view bytes) {
  out_ += bytes;
  flush();
}

void ServerConnection::end_raw(AfterRaw then) {
  if (then == AfterRaw::close) close_after_ = true;
  answered();
}

void ServerConnection::reset() {
  transport_->reset();
  drop();
}

void ServerConnection::answered() {
  phase_ = close_after_ ? Phase::flushing : Phase::idle;
  flush();
  if (phase_ != Phase::idle) return;
  arm(acceptor_.options().keep_alive);
  if (in_.size() == 0 || serving_) return;
  // The next request is here already; not from within the responder.
  boost::asio::post(acceptor_.io(), [self = boost::intrusive_ptr<ServerConnection>(this)] {
    if (self->phase_ != Phase::closed) self->serve();
  });
}

void ServerConnection::flush() {
  if (!writing_.empty()) return;
  if (out_.empty()) {
    if (phase_ == Phase::flushing) hang_up();
    return;
  }
  std::swap(out_, writing_);
  if (phase_ != Phase::receiving) arm(acceptor_.options().write_stall);
  transport_->async_write(boost::asio::buffer(writing_),
                          [self = boost::intrusive_ptr<ServerConnection>(this)](
                              const ErrorCode& error, std::size_t /*bytes*/) { self->on_written(error); });
}

void ServerConnection::on_written(const ErrorCode& error) {
  if (writing_.capacity() > kept_buffer) {
    writing_ = {};
  } else {
    writing_.clear();
  }
  if (phase_ == Phase::closed) return;
  if (error) {
    drop();
    return;
  }
  if (phase_ == Phase::answering) TimingWheel::disarm(*this);
  if (phase_ == Phase::idle) {
    arm(acceptor_.options().keep_alive);
    read_size_ = first_read;
    if (!reading_ && in_.capacity() > kept_buffer) in_.shrink_to_fit();
  }
  flush();
}

void ServerConnection::arm(std::chrono::milliseconds span) {
  acceptor_.timer().arm(*this, after(Clock::now(), span));
}

void ServerConnection::expired(TimingWheel::TimePoint /*now*/) {
  const boost::intrusive_ptr<ServerConnection> self(this);
  if (phase_ == Phase::receiving) {
    refuse(408);
  } else {
    drop();
  }
}

}  // namespace throng::net

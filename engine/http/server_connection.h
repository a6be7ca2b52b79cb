#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "engine/http/deadline_timer.h"
#include "engine/http/http_parser.h"
#include "engine/http/http_server.h"
#include "engine/http/transport.h"

namespace throng::net {

class Acceptor;

/// One connection of a server: reads requests, one at a time, and writes what responders say.
class ServerConnection final
    : public boost::intrusive_ref_counter<ServerConnection, boost::thread_unsafe_counter>,
      private TimingWheel::Deadline {
 public:
  ServerConnection(Acceptor& acceptor, TcpSocket socket);

  void open(boost::asio::ssl::context* tls);
  /// At once. The acceptor is not told.
  void close();
  /// Once what is under way is answered.
  void close_when_idle();

  /// For Responder; `serial` says which request is answered.
  bool answers(std::uint64_t serial) const { return phase_ == Phase::answering && serial == serial_; }
  void send(int status, const HttpHeaders& headers, std::string_view body);
  void start_stream(int status, const HttpHeaders& headers);
  void write_chunk(std::string_view bytes);
  void finish();
  void send_raw(std::string_view bytes);
  void end_raw(AfterRaw then);
  void reset();
  std::size_t unsent() const { return out_.size() + writing_.size(); }

  std::size_t place = 0;  ///< for the acceptor's own book

 private:
  enum class Phase { handshake, idle, receiving, answering, flushing, draining, closed };

  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void serve();
  void receive();
  void dispatch();
  void refuse(int status);
  void append_head(int status, const HttpHeaders& headers);
  void answered();
  void flush();
  void on_written(const boost::system::error_code& error);
  void hang_up();
  void drop();
  void arm(std::chrono::milliseconds span);
  void expired(TimingWheel::TimePoint now) override;

  Acceptor& acceptor_;
  std::unique_ptr<Transport> transport_;
  Phase phase_ = Phase::idle;
  bool reading_ = false;
  bool serving_ = false;
  bool close_after_ = false;  ///< this answer is the last
  bool refused_ = false;      ///< this answer leaves bytes of the client unread
  bool chunked_ = false;
  bool head_only_ = false;
  std::uint64_t serial_ = 0;
  std::optional<RequestParser> parser_;
  int version_ = 11;
  boost::beast::flat_buffer in_;
  std::size_t read_size_;
  std::string out_;
  std::string writing_;
};

}  // namespace throng::net

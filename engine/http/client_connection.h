#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "engine/http/deadline_timer.h"
#include "engine/http/http_client.h"
#include "engine/http/http_parser.h"
#include "engine/http/transport.h"

namespace throng::net {

class ClientConnection;
class Dialer;

/// A call from `send` to its completion. It waits, or has a dialer, or has a connection.
struct Call {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool waiting = false;
  HttpRequest request;
  HttpClient::Done done;                           ///< set while the call is open
  std::shared_ptr<const HttpClient::Chunk> chunk;  ///< shared, as it may end its own call
  HttpClient::Silence silence;
  HttpTimings timings;
  TimingWheel::TimePoint queued_at;
  TimingWheel::TimePoint started_at;  ///< left the queue
  TimingWheel::TimePoint total_by;
  boost::intrusive_ptr<Dialer> dialer;
  ClientConnection* connection = nullptr;

  CallId id() const { return CallId{(std::uint64_t{generation} << 32) | slot}; }
};

/// What every connection of a client needs to know.
struct ExchangeRules {
  HttpDeadlines deadlines;
  std::chrono::milliseconds keep_alive;
  std::uint32_t header_limit;
  std::uint64_t body_limit;
  std::string server;         ///< for messages
  std::string fixed_headers;  ///< serialised once: Host and what every request carries
};

/// Whoever keeps the connections. Each is told once per exchange how it ended, and once that it is gone.
class ConnectionKeeper {
 public:
  virtual ~ConnectionKeeper() = default;
  /// The exchange is over, well. `connection` is free, or else has been closed.
  virtual void replied(ClientConnection& connection, Call& call, HttpResponse response) = 0;
  /// The exchange is over, badly, and the connection is closed.
  virtual void failed(ClientConnection& connection, Call& call, HttpFailure failure) = 0;
  /// A free connection was closed.
  virtual void lost(ClientConnection& connection) = 0;
};

/// An open connection of a client: one exchange at a time. A read is under way whenever something may come, so that
/// an early reply, a session ticket and the end of an idle connection are noticed at once.
class ClientConnection final
    : public boost::intrusive_ref_counter<ClientConnection, boost::thread_unsafe_counter>,
      private TimingWheel::Deadline {
 public:
  using TimePoint = TimingWheel::TimePoint;

  /// `keeper`, `rules` and `timer` outlive the connection until it is closed.
  ClientConnection(ConnectionKeeper& keeper, const ExchangeRules& rules, DeadlineTimer& timer,
                   std::unique_ptr<Transport> transport);

  /// Whether this free connection can still be trusted with a request: young enough, and nothing has come on it, such
  /// as its end.
  bool is_fit(TimePoint now);
  /// Sends the call's request. Only on a free connection; `call` stays until the keeper is told.
  void exchange(Call& call, TimePoint now);
  /// The keeper is told nothing more.
  void close();

  bool is_open() const { return state_ != State::closed; }

  /// For the keeper's own book: its place among the connections, and among the free ones.
  std::size_t place = 0;
  std::size_t idle_place = 0;

 private:
  enum class State { idle, sent, replying, closed };

  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void on_written(const boost::system::error_code& error);
  void on_end(const boost::system::error_code& error);
  void parse(TimePoint now);
  void complete(TimePoint now);
  void fail(HttpFailureKind kind, const std::string& what);
  void start_parser();
  void listen(TimePoint now);
  void arm(TimePoint look);
  TimePoint silence_ends() const;
  TimePoint stalled_at() const;
  void trim();
  void expired(TimePoint now) override;
  HttpTimings timings(TimePoint now) const;

  ConnectionKeeper& keeper_;
  const ExchangeRules& rules_;
  DeadlineTimer& timer_;
  std::unique_ptr<Transport> transport_;
  State state_ = State::idle;
  bool reused_ = false;
  bool reading_ = false;
  bool writing_ = false;
  Call* call_ = nullptr;
  TimePoint fit_until_ = TimePoint::max();
  TimePoint sent_at_;
  TimePoint silent_since_;
  HttpTimings::Span first_byte_{};
  std::optional<ResponseParser> parser_;
  std::string out_;
  boost::beast::flat_buffer in_;
  std::size_t read_size_ = 0;
};

}  // namespace throng::net

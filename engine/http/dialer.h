#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "engine/http/deadline_timer.h"
#include "engine/http/http_client.h"
#include "engine/http/transport.h"

namespace throng::net {

/// The addresses of one host, looked up once a minute at most, however many connections ask. A failed look-up
/// is not remembered.
class AddressBook {
 public:
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  /// Empty if the host has no address.
  using Ready = std::function<void(const Endpoints&)>;

  AddressBook(boost::asio::io_context& io, std::string host, std::uint16_t port);
  /// Forgets who asked.
  ~AddressBook();
  AddressBook(const AddressBook&) = delete;
  AddressBook& operator=(const AddressBook&) = delete;

  /// Calls `ready` later or at once.
  void look_up(Ready ready);
  /// The next look-ups try this address first.
  void prefer(const boost::asio::ip::tcp::endpoint& endpoint);
  /// The addresses did not work: the next look-up asks again.
  void forget();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// What all connections of a client are opened with. Outlives its dialers.
struct DialPlan {
  DialPlan(boost::asio::io_context& io_context, const Url& origin_url, const HttpClientOptions& options);

  boost::asio::io_context& io;
  Url origin;
  std::optional<Url> proxy;
  HttpDeadlines deadlines;
  AddressBook addresses;         ///< of the proxy, if there is one
  std::optional<ClientTls> tls;  ///< if the origin is https
  DeadlineTimer timer;
};

struct Dialed {
  std::unique_ptr<Transport> transport;  ///< null if it failed
  HttpFailure failure;
  HttpTimings::Span connect{};
  HttpTimings::Span tls{};
  bool resumed = false;
};

/// Opens one connection, over resolving, TCP (each address in turn), proxy and TLS.
class Dialer final : public boost::intrusive_ref_counter<Dialer, boost::thread_unsafe_counter>,
                     private TimingWheel::Deadline {
 public:
  using TimePoint = TimingWheel::TimePoint;
  using Done = std::function<void(Dialed)>;

  explicit Dialer(DialPlan& plan);

  /// `done` is called once, later or (never with a connection) at once, unless `cancel` comes first. `total` is
  /// a further deadline.
  void start(TimePoint now, TimePoint total, Done done);
  /// Destroys `done`.
  void cancel();

 private:
  enum class Phase { resolve, connect, proxy, tls, over };

  void try_next_address();
  void on_connected(const boost::system::error_code& error);
  void ask_proxy();
  void read_proxy_reply();
  void on_proxy_reply(const boost::system::error_code& error, int status);
  void on_tunnel();
  void on_secured(const boost::system::error_code& error);
  void succeed();
  void fail(HttpFailureKind kind, const std::string& what);
  void finish(Dialed result);
  void arm(TimePoint at);
  void expired(TimePoint now) override;

  template <class Method>
  auto bound(Method method);

  DialPlan& plan_;
  Done done_;
  Phase phase_ = Phase::resolve;
  TimePoint started_;
  TimePoint connected_;
  TimePoint connect_by_;
  TimePoint total_by_;
  std::unique_ptr<Transport> transport_;
  AddressBook::Endpoints endpoints_;
  std::size_t next_endpoint_ = 0;
  boost::system::error_code last_error_;
  std::string proxy_text_;
  boost::beast::flat_buffer proxy_reply_;
};

}  // namespace throng::net

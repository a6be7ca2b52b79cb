#pragma once

#include <deque>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "engine/net/client_call.h"
#include "engine/net/client_connection.h"
#include "engine/net/dialer.h"

namespace throng::net {

/// The inside of HttpClient: open calls, their queue, and the connections. Lives on, closed, for as long as a handler of it is
/// running.
class ClientPool final : public boost::intrusive_ref_counter<ClientPool, boost::thread_unsafe_counter>,
                         private ConnectionKeeper {
 public:
  ClientPool(boost::asio::io_context& io, const Url& origin, HttpClientOptions options);

  CallId send(HttpRequest request, HttpClient::Done done, HttpClient::Chunk chunk,
              HttpClient::Silence silence);
  bool cancel(CallId id);
  HttpClientStats stats() const;
  /// Closes everything and forgets the open calls.
  void shut();

 private:
  using TimePoint = TimingWheel::TimePoint;

  void replied(ClientConnection& connection, Call& call, HttpResponse response) override;
  void failed(ClientConnection& connection, Call& call, HttpFailure failure) override;
  void lost(ClientConnection& connection) override;

  std::uint32_t free_slot();
  Call* find(CallId id);
  /// Gives waiting calls what connections there are, or may be.
  void serve_queue();
  bool may_dial() const;
  bool may_keep() const;
  /// A free connection that can be trusted with a request; those that cannot be are closed on the way. Null: none.
  ClientConnection* take_idle(TimePoint now);
  void begin(Call& call, TimePoint now);
  void dial(Call& call, TimePoint now);
  void on_dialed(Call& call, Dialed result);
  void remove(ClientConnection& connection);
  void make_idle(ClientConnection& connection);
  void take_from_idle(ClientConnection& connection);
  /// Frees the call and tells its caller; what follows must not touch the pool's state.
  void finish(Call& call, HttpResult result);
  void finish_later(Call& call, HttpFailureKind kind, const std::string& what);
  HttpClient::Done release(Call& call);

  boost::asio::io_context& io_;
  HttpClientOptions options_;
  ExchangeRules rules_;
  DialPlan plan_;
  HttpClientStats stats_;
  bool shut_ = false;
  std::size_t dialing_ = 0;
  std::deque<Call> calls_;  ///< slots; their addresses stay
  std::vector<std::uint32_t> free_slots_;
  std::deque<CallId> queue_;  ///< may hold calls that were cancelled
  std::size_t waiting_ = 0;
  std::vector<boost::intrusive_ptr<ClientConnection>> connections_;
  std::vector<ClientConnection*> idle_;  ///< the one used last is used next
};

}  // namespace throng::net

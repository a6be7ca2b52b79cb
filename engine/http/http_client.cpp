#include "engine/http/http_client.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "engine/base/text.h"
#include "engine/http/client_connection.h"
#include "engine/http/dialer.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;

std::string serialise_fixed(const Url& origin, const HttpHeaders& headers) {
  for (const HttpField field : headers) {
    if (!HttpHeaders{field}.well_formed())
      throw Failure(ErrorKind::usage, origin.origin() + ": the header \"" + printable(field.name) +
                                          "\" holds a line break or another character that cannot be sent");
  }
  std::string text = "Host: " + origin.authority() + "\r\n";
  headers.append_to(text);
  return text;
}

bool is_visible(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

bool can_be_sent(const HttpRequest& request) {
  return is_visible(request.method) && is_visible(request.target) && request.headers.well_formed();
}

}  // namespace

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

ClientPool::ClientPool(boost::asio::io_context& io, const Url& origin, HttpClientOptions options)
    : io_(io),
      options_(std::move(options)),
      rules_{.deadlines = options_.deadlines,
             .keep_alive = options_.keep_alive,
             .header_limit = options_.header_limit,
             .body_limit = options_.body_limit,
             .server = origin.origin(),
             .fixed_headers = serialise_fixed(origin, options_.headers)},
      plan_(io, origin, options_) {
  if (options_.max_connections == 0 || options_.max_connecting == 0)
    throw Failure(ErrorKind::usage, rules_.server + ": at least one connection must be allowed");
}

CallId ClientPool::send(HttpRequest request, HttpClient::Done done, HttpClient::Chunk chunk,
                        HttpClient::Silence silence) {
  ++stats_.calls;
  const std::uint32_t slot = free_slot();
  Call& call = calls_[slot];
  ++call.generation;
  call.slot = slot;
  call.request = std::move(request);
  call.done = std::move(done);
  if (chunk) call.chunk = std::make_shared<const HttpClient::Chunk>(std::move(chunk));
  call.silence = std::move(silence);
  call.timings = {};
  call.queued_at = Clock::now();
  const CallId id = call.id();
  if (!can_be_sent(call.request)) {
    finish_later(call, HttpFailureKind::invalid_request,
                 "the request's method, target or headers cannot be sent as they are");
  } else if (waiting_ == 0 && (!idle_.empty() || may_dial())) {
    begin(call, call.queued_at);
  } else {
    call.waiting = true;
    ++waiting_;
    queue_.push_back(id);
  }
  return id;
}

bool ClientPool::cancel(CallId id) {
  Call* const call = find(id);
  if (call == nullptr) return false;
  if (call->waiting) {
    call->waiting = false;
    --waiting_;
  } else if (call->dialer) {
    call->dialer->cancel();
    --dialing_;
  } else if (call->connection != nullptr) {
    ClientConnection& connection = *call->connection;
    connection.close();
    remove(connection);
  } else {
    return false;  // its failure is on its way
  }
  finish_later(*call, HttpFailureKind::canceled, "the call was cancelled");
  serve_queue();
  return true;
}

HttpClientStats ClientPool::stats() const {
  HttpClientStats stats = stats_;
  stats.connections = connections_.size() + dialing_;
  stats.idle_connections = idle_.size();
  stats.waiting = waiting_;
  return stats;
}

void ClientPool::shut() {
  shut_ = true;
  for (const auto& connection : connections_) connection->close();
  connections_.clear();
  idle_.clear();
  queue_.clear();
  for (Call& call : calls_) {
    if (call.dialer) call.dialer->cancel();
    const HttpClient::Done forgotten = release(call);
  }
}

void ClientPool::replied(ClientConnection& connection, Call& call, HttpResponse response) {
  ++stats_.completed;
  if (connection.is_open() && may_keep()) {
    make_idle(connection);
  } else {
    connection.close();
    remove(connection);
  }
  serve_queue();
  finish(call, std::move(response));
}

void ClientPool::failed(ClientConnection& connection, Call& call, HttpFailure failure) {
  remove(connection);
  // Not sent again here, though no byte of a reply came: the server may have done the work and billed it, and whoever tries again
  // must reserve, count and limit that like any other attempt.
  if (failure.kind == HttpFailureKind::dropped) ++stats_.dropped;
  serve_queue();
  ++stats_.failed;
  finish(call, std::move(failure));
}

void ClientPool::lost(ClientConnection& connection) {
  take_from_idle(connection);
  remove(connection);
}

std::uint32_t ClientPool::free_slot() {
  if (free_slots_.empty()) {
    calls_.emplace_back();
    return static_cast<std::uint32_t>(calls_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

Call* ClientPool::find(CallId id) {
  const auto number = static_cast<std::uint64_t>(id);
  const auto slot = static_cast<std::size_t>(number & 0xffffffffU);
  if (slot >= calls_.size() || calls_[slot].id() != id || !calls_[slot].done) return nullptr;
  return &calls_[slot];
}

bool ClientPool::may_dial() const {
  return connections_.size() + dialing_ < options_.max_connections && dialing_ < options_.max_connecting;
}

/// Some servers end connections that they promised to keep. What they dropped may have been worked on and billed, so that
/// this may cost one call in 50; whoever goes on doing so gets fresh connections.
bool ClientPool::may_keep() const { return 50 * stats_.dropped <= stats_.completed + 50; }

void ClientPool::serve_queue() {
  while (waiting_ > 0 && (!idle_.empty() || may_dial())) {
    Call* const call = find(queue_.front());
    queue_.pop_front();
    if (call == nullptr || !call->waiting) continue;
    call->waiting = false;
    --waiting_;
    begin(*call, Clock::now());
  }
  if (waiting_ == 0) queue_.clear();
}

void ClientPool::begin(Call& call, TimePoint now) {
  call.started_at = now;
  call.timings.queued = std::chrono::duration_cast<HttpTimings::Span>(now - call.queued_at);
  call.total_by = after(now, options_.deadlines.total);
  if (ClientConnection* const connection = take_idle(now)) {
    connection->exchange(call, now);
  } else {
    dial(call, now);
  }
}

ClientConnection* ClientPool::take_idle(TimePoint now) {
  while (!idle_.empty()) {
    ClientConnection* const connection = idle_.back();
    idle_.pop_back();
    if (may_keep() && connection->is_fit(now)) return connection;
    connection->close();
    remove(*connection);
  }
  return nullptr;
}

void ClientPool::dial(Call& call, TimePoint now) {
  ++dialing_;
  call.dialer = new Dialer(plan_);
  const boost::intrusive_ptr<Dialer> dialer = call.dialer;
  dialer->start(now, call.total_by, [self = boost::intrusive_ptr<ClientPool>(this), &call](Dialed result) {
    self->on_dialed(call, std::move(result));
  });
}

void ClientPool::on_dialed(Call& call, Dialed result) {
  --dialing_;
  call.dialer.reset();
  call.timings.connect = result.connect;
  call.timings.tls = result.tls;
  if (!result.transport) {
    serve_queue();
    ++stats_.failed;
    result.failure.timings = call.timings;
    finish(call, std::move(result.failure));
    return;
  }
  ++stats_.connections_opened;
  if (plan_.tls) ++stats_.tls_handshakes;
  if (result.resumed) ++stats_.tls_resumed;
  boost::intrusive_ptr<ClientConnection> connection(
      new ClientConnection(*this, rules_, plan_.timer, std::move(result.transport)));
  connection->place = connections_.size();
  connections_.push_back(connection);
  connection->exchange(call, Clock::now());
  serve_queue();  // one fewer is being opened
}

void ClientPool::remove(ClientConnection& connection) {
  const std::size_t place = connection.place;
  connections_.back()->place = place;
  std::swap(connections_[place], connections_.back());
  connections_.pop_back();
}

void ClientPool::make_idle(ClientConnection& connection) {
  connection.idle_place = idle_.size();
  idle_.push_back(&connection);
}

void ClientPool::take_from_idle(ClientConnection& connection) {
  idle_.back()->idle_place = connection.idle_place;
  idle_[connection.idle_place] = idle_.back();
  idle_.pop_back();
}

HttpClient::Done ClientPool::release(Call& call) {
  HttpClient::Done done = std::exchange(call.done, nullptr);
  call.chunk.reset();
  call.silence = nullptr;
  call.connection = nullptr;
  call.dialer.reset();
  call.request = {};
  return done;
}

void ClientPool::finish(Call& call, HttpResult result) {
  const HttpClient::Done done = release(call);
  free_slots_.push_back(call.slot);
  done(std::move(result));
}

void ClientPool::finish_later(Call& call, HttpFailureKind kind, const std::string& what) {
  ++stats_.failed;
  HttpFailure failure;
  failure.kind = kind;
  failure.message = rules_.server + ": " + what;
  HttpClient::Done done = release(call);
  free_slots_.push_back(call.slot);
  boost::asio::post(io_, [self = boost::intrusive_ptr<ClientPool>(this), done = std::move(done),
                          failure = std::move(failure)]() mutable {
    if (!self->shut_) done(std::move(failure));
  });
}

HttpClient::HttpClient(boost::asio::io_context& io, const Url& origin, HttpClientOptions options)
    : pool_(new ClientPool(io, origin, std::move(options))) {}

HttpClient::~HttpClient() { pool_->shut(); }

CallId HttpClient::send(HttpRequest request, Done done, Chunk chunk, Silence silence) {
  return pool_->send(std::move(request), std::move(done), std::move(chunk), std::move(silence));
}

bool HttpClient::cancel(CallId call) { return pool_->cancel(call); }

HttpClientStats HttpClient::stats() const { return pool_->stats(); }

}  // namespace throng::net

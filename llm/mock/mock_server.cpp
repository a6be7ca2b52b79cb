#include "llm/mock/mock_server.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/base/log.h"
#include "engine/base/process.h"
#include "engine/http/http_server.h"
#include "llm/mock/delivery.h"

namespace throng::llm::mock {
namespace {

using Clock = std::chrono::steady_clock;
using Act = Step::Act;

constexpr int kAnsweredAtOnce = 16;

net::HttpServerOptions server_options(const MockOptions& options) {
  net::HttpServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.tls = options.tls;
  return server;
}

/// What is due when, the earliest first; equal times in the order they were added. Pure.
template <class T>
class DelayQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void push(TimePoint at, T what) {
    entries_.push_back({at, added_++, std::move(what)});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }
  bool empty() const { return entries_.empty(); }
  /// Only if there is one, as `pop`.
  TimePoint next() const { return entries_.front().at; }
  T pop() {
    std::pop_heap(entries_.begin(), entries_.end(), later);
    T what = std::move(entries_.back().what);
    entries_.pop_back();
    return what;
  }

 private:
  struct Entry {
    TimePoint at;
    std::uint64_t added;
    T what;
  };
  static bool later(const Entry& a, const Entry& b) { return a.at != b.at ? a.at > b.at : a.added > b.added; }

  std::vector<Entry> entries_;
  std::uint64_t added_ = 0;
};

struct Call {
  Call(Plan plan, net::Responder to, bool is_counted)
      : delivery(std::move(plan)), responder(std::move(to)), counted(is_counted) {}

  Delivery delivery;
  net::Responder responder;
  Step step;             ///< the next one
  bool counted = false;  ///< among the requests
  bool has_slot = false;
};

/// For the last replies to be taken.
constexpr std::chrono::seconds kFarewell{1};

void log_stats(std::string_view what, const MockStats& stats) {
  log_event(LogLevel::info, "mock", what,
            {{"requests", stats.requests},
             {"completed", stats.completed},
             {"rejected_rpm", stats.rejected_rpm},
             {"rejected_tpm", stats.rejected_tpm},
             {"aborted", stats.aborted},
             {"in_flight", stats.in_flight},
             {"connections", stats.connections},
             {"rss_mb", rss_bytes() >> 20U}});
}

/// Logs each minute how the server stands.
class MinuteLog {
 public:
  MinuteLog(boost::asio::io_context& io, const MockServer& server) : timer_(io), server_(server) { wait(); }
  void cancel() { timer_.cancel(); }

 private:
  void wait() {
    timer_.expires_after(std::chrono::minutes(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      log_stats("so far", server_.stats());
      wait();
    });
  }

  boost::asio::steady_timer timer_;
  const MockServer& server_;
};

}  // namespace

/// A call is in the queue for a slot, or in the delay queue, or being carried on.
class MockServer::Inside : public std::enable_shared_from_this<Inside> {
 public:
  Inside(boost::asio::io_context& io, MockOptions options)
      : core_(std::move(options), Clock::now()),
        timer_(io),
        server_(io, server_options(core_.options()),
                [this](net::HttpRequest&& request, net::Responder responder) {
                  take(request, std::move(responder));
                }) {}

  const net::HttpServer& server() const { return server_; }
  MockCore& core() { return core_; }
  void stop() { server_.stop(); }
  std::string url() const {
    const Dialect& dialect = core_.options().dialect;
    return server_.origin() + (dialect.base.empty() ? "/v1" : dialect.base) +
           (dialect.query.empty() ? "" : "?" + dialect.query + "2024-10-21");
  }

  MockStats stats() const {
    MockStats stats = core_.stats();
    const net::HttpServerStats connections = server_.stats();
    stats.connections = static_cast<std::int64_t>(connections.connections_accepted);
    stats.max_connections = static_cast<std::int64_t>(connections.peak_connections);
    stats.tls_resumed = static_cast<std::int64_t>(connections.tls_resumed);
    return stats;
  }

  void after_requests(std::int64_t count, std::function<void()> then) {
    answers_left_ = count;
    then_ = std::move(then);
  }

 private:
  using CallPtr = std::unique_ptr<Call>;

  void take(const net::HttpRequest& request, net::Responder responder) {
    const std::int64_t before = core_.requests();
    Plan plan = core_.take(request, Clock::now());
    log(request, plan);
    auto call = std::make_unique<Call>(std::move(plan), std::move(responder), core_.requests() > before);
    ++in_flight_;
    const int slots = core_.options().slots;
    if (call->delivery.plan().work == Work::model && slots > 0) {
      if (busy_ >= slots) {
        queue_.push_back(std::move(call));
        count();
        return;
      }
      ++busy_;
      call->has_slot = true;
    }
    count();
    begin(std::move(call));
  }

  /// Nothing of a request's headers or body.
  void log(const net::HttpRequest& request, const Plan& plan) const {
    const bool is_well = plan.status == 200 && !plan.fault;
    const LogLevel level = is_well ? LogLevel::debug : LogLevel::info;
    if (!is_logged(level)) return;
    log_event(level, "mock", is_well ? "request taken" : "request turned away or spoiled",
              {{"path", std::string_view(request.target).substr(0, request.target.find('?'))},
               {"status", plan.status},
               {"fault", plan.fault ? to_string(*plan.fault) : std::string_view("none")},
               {"in_flight", in_flight_}});
  }

  void begin(CallPtr call) {
    call->step = call->delivery.next();
    carry_on(std::move(call));
  }

  /// Takes the steps that are due. `call->step` is the next one, and its wait has not begun.
  void carry_on(CallPtr call) {
    while (call->responder.open()) {
      if (call->step.wait.count() > 0) {
        const auto at = Clock::now() + call->step.wait;
        call->step.wait = {};
        waiting_.push(at, std::move(call));
        arm();
        return;
      }
      const bool last = call->step.last;
      // Billed before it is sent, so that whoever has the reply finds it counted.
      if (last) core_.delivered(call->delivery.plan(), Clock::now());
      act(*call);
      if (last) {
        end(std::move(call));
        return;
      }
      call->step = call->delivery.next();
      if (!call->delivery.holds_slot()) free_slot(*call);
    }
    core_.aborted(call->delivery.plan(), call->delivery.streamed_tokens());
    end(std::move(call));
  }

  static void act(Call& call) {
    const Plan& plan = call.delivery.plan();
    switch (call.step.act) {
      case Act::send:
        call.responder.send(plan.status, plan.headers, call.step.bytes);
        break;
      case Act::start_stream:
        call.responder.start_stream(plan.status, plan.headers);
        break;
      case Act::chunk:
        call.responder.write_chunk(call.step.bytes);
        break;
      case Act::finish:
        call.responder.finish();
        break;
      case Act::raw:
        call.responder.send_raw(call.step.bytes);
        break;
      case Act::close:
        call.responder.end_raw(net::AfterRaw::close);
        break;
      case Act::nothing:
        break;
      case Act::reset:
        call.responder.reset();
        break;
    }
  }

  void end(CallPtr call) {
    --in_flight_;
    const bool counted = call->counted;
    free_slot(*call);
    call.reset();
    count();
    if (counted && answers_left_ > 0 && --answers_left_ == 0) then_();
  }

  void free_slot(Call& call) {
    if (!call.has_slot) return;
    call.has_slot = false;
    --busy_;
    serve_queue();
  }

  void serve_queue() {
    if (serving_) return;  // calls that end at once come back here
    serving_ = true;
    while (!queue_.empty() && busy_ < core_.options().slots) {
      CallPtr call = std::move(queue_.front());
      queue_.pop_front();
      ++busy_;
      call->has_slot = true;
      begin(std::move(call));
    }
    serving_ = false;
  }

  void count() { core_.count_in_flight(in_flight_, static_cast<std::int64_t>(queue_.size())); }

  void arm() {
    if (waiting_.empty() || (armed_ && armed_for_ <= waiting_.next())) return;
    armed_ = true;
    armed_for_ = waiting_.next();
    timer_.expires_at(armed_for_);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (self && !error) self->on_time();
    });
  }

  /// A few at a time: between them the io_context reads what has arrived, so that a mock that is short of CPU counts a
  /// request as in flight from its arrival, and not from when it has caught up with its answers.
  void on_time() {
    armed_ = false;
    const auto now = Clock::now();
    for (int i = 0; i < kAnsweredAtOnce && !waiting_.empty() && waiting_.next() <= now; ++i)
      carry_on(waiting_.pop());
    arm();
  }

  MockCore core_;
  boost::asio::steady_timer timer_;
  bool armed_ = false;
  Clock::time_point armed_for_;
  DelayQueue<CallPtr> waiting_;
  std::deque<CallPtr> queue_;
  bool serving_ = false;
  int busy_ = 0;
  std::int64_t in_flight_ = 0;
  std::int64_t answers_left_ = 0;
  std::function<void()> then_;
  net::HttpServer server_;
};

MockServer::MockServer(boost::asio::io_context& io, MockOptions options)
    : inside_(std::make_shared<Inside>(io, std::move(options))) {}
MockServer::~MockServer() = default;

std::string MockServer::url() const { return inside_->url(); }
std::uint16_t MockServer::port() const { return inside_->server().port(); }
MockStats MockServer::stats() const { return inside_->stats(); }
void MockServer::after_requests(std::int64_t count, std::function<void()> then) {
  inside_->after_requests(count, std::move(then));
}
void MockServer::stop() { inside_->stop(); }

MockStats serve(const ServeOptions& options, const std::function<void(const std::string& url)>& listening) {
  raise_open_files_limit();
  boost::asio::io_context io(1);
  MockServer server(io, options.mock);
  const auto stop = [&io](const boost::system::error_code& error, auto...) {
    if (!error) io.stop();
  };
  boost::asio::signal_set signals(io);
  for (const int signal : ending_signals()) signals.add(signal);
  signals.async_wait(stop);
  boost::asio::steady_timer end(io);
  if (options.duration.count() > 0) {
    end.expires_after(options.duration);
    end.async_wait(stop);
  }
  bool enough = false;
  if (options.max_requests > 0) {
    server.after_requests(options.max_requests, [&] {
      enough = true;
      io.stop();
    });
  }
  log_event(LogLevel::info, "mock", "listening", {{"url", server.url()}});
  MinuteLog minutes(io, server);
  listening(server.url());
  io.run();
  minutes.cancel();
  if (enough) {
    signals.cancel();
    end.cancel();
    server.stop();
    io.restart();
    io.run_for(kFarewell);
  }
  const MockStats stats = server.stats();
  log_stats("ended", stats);
  return stats;
}

}  // namespace throng::llm::mock

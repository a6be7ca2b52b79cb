#include "engine/polite/polite_client.h"

#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "engine/polite/endpoint_watch.h"
#include "engine/polite/instant.h"

namespace throng::net {
namespace {

constexpr const char* kWoundDown = "not asked any more";
constexpr std::size_t kQuoted = 200;  ///< bytes of a server's own words in a message

PlannedServer planned(const Url& origin, const PoliteClientOptions& options) {
  const int most = static_cast<int>(options.http.max_connections);
  return {.name = origin.origin(),
          .rate = options.rate,
          .concurrency = {.mode = ConcurrencyMode::fixed, .max = most, .initial = most},
          .peers = {.floor = Delay(0)}};  // a request may take as long as its deadline says
}

RequestEnd end_of(const HttpResult& result) {
  if (!result) {
    return {.kind = RequestEnd::Kind::failed,
            .failed = {.fault = transport_fault(result.error().kind)},
            .message = result.error().message};
  }
  RequestEnd end{.hints = read_server_hints(result->headers, wall_now())};
  if (result->status / 100 == 2) return end;
  end.kind = RequestEnd::Kind::failed;
  end.failed = {.status = result->status, .hints = end.hints};
  end.message = fmt::format("status {} {}", result->status, reason_phrase(result->status));
  if (!result->body.empty()) end.message += ": " + printable(result->body.substr(0, kQuoted));
  return end;
}

}  // namespace

class PoliteClient::Impl : public std::enable_shared_from_this<PoliteClient::Impl> {
 public:
  Impl(boost::asio::io_context& io, const Url& origin, PoliteClientOptions options)
      : io_(io),
        timer_(io),
        origin_(origin.origin()),
        log_(std::move(options.log)),
        planner_({planned(origin, options)}, options.plan),
        watch_(planner_),
        http_(io, origin, std::move(options.http)) {}

  void send(HttpRequest request, Done done) {
    const std::uint64_t id = ++last_id_;
    calls_.emplace(id, Call{.request = std::move(request), .done = std::move(done)});
    if (winding_down_) {
      end_later(id, kWoundDown);
    } else {
      planner_.add(id, {}, 0);
      pump();
    }
  }

  void wind_down() {
    winding_down_ = true;
    timer_.cancel();
    for (const auto& [id, call] : calls_) {
      if (planner_.cancel(id)) end_later(id, kWoundDown);
    }
  }

 private:
  struct Call {
    HttpRequest request;
    Done done;
    int attempts = 0;
    Instant sent{};
  };

  void pump() {
    if (winding_down_) return;
    const Instant now = clock_now();
    while (const auto attempt = planner_.next(now)) start(*attempt, now);
    for (const std::string& notice : planner_.take_notices()) {
      if (log_) log_(notice);
    }
    for (EndedCall& ended : planner_.take_ended()) end_later(ended.call, std::move(ended.message));
    if (planner_.wake_at() == kNever) return;
    timer_.expires_at(planner_.wake_at());
    timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
      const std::shared_ptr<Impl> impl = self.lock();
      if (impl && !error) impl->pump();
    });
  }

  void start(const PlannedAttempt& attempt, Instant now) {
    Call& call = calls_.at(attempt.call);
    call.attempts = attempt.number;
    call.sent = now;
    http_.send(call.request,
               [this, id = attempt.call](HttpResult result) { finished(id, std::move(result)); });
  }

  void finished(std::uint64_t id, HttpResult result) {
    const Call& call = calls_.at(id);
    const Instant now = clock_now();
    RequestEnd end = end_of(result);
    end.latency = now - call.sent;
    const RequestVerdict verdict = planner_.finish(id, now, end);
    watch_.look(0, now, end.message);
    if (end.kind == RequestEnd::Kind::failed) log_failure(call, end, verdict);
    if (verdict.kind == RequestVerdict::Kind::over) {
      this->end(id, PoliteReply{.response = *std::move(result), .attempts = call.attempts});
    } else if (verdict.kind == RequestVerdict::Kind::failed) {
      this->end(id, failure(call, verdict.message));
    } else {
      if (winding_down_ && planner_.cancel(id)) end_later(id, end.message);
      pump();
    }
  }

  void log_failure(const Call& call, const RequestEnd& end, const RequestVerdict& verdict) const {
    const bool again = verdict.kind == RequestVerdict::Kind::again;
    log_event(again ? LogLevel::debug : LogLevel::warning, "request",
              again ? "request failed, goes again" : "request failed",
              {{"server", origin_},
               {"target", call.request.target},
               {"attempt", call.attempts},
               {"why", again ? end.message : verdict.message}});
  }

  Error failure(const Call& call, const std::string& message) const {
    return {ErrorKind::stopped,
            fmt::format("{} {}{}: {}", call.request.method, origin_, call.request.target, message)};
  }

  void end_later(std::uint64_t id, std::string why) {
    boost::asio::post(io_, [self = weak_from_this(), id, why = std::move(why)] {
      const std::shared_ptr<Impl> impl = self.lock();
      if (!impl) return;
      const auto call = impl->calls_.find(id);
      if (call != impl->calls_.end()) impl->end(id, impl->failure(call->second, why));
    });
  }

  /// The caller may destroy this client.
  void end(std::uint64_t id, Result<PoliteReply> result) {
    const Done done = std::move(calls_.at(id).done);
    calls_.erase(id);
    pump();
    done(std::move(result));
  }

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  std::string origin_;
  std::function<void(const std::string&)> log_;
  RequestPlanner planner_;
  EndpointWatch watch_;
  std::unordered_map<std::uint64_t, Call> calls_;
  std::uint64_t last_id_ = 0;
  bool winding_down_ = false;
  HttpClient http_;
};

PoliteClient::PoliteClient(boost::asio::io_context& io, const Url& origin, PoliteClientOptions options)
    : impl_(std::make_shared<Impl>(io, origin, std::move(options))) {}

PoliteClient::~PoliteClient() = default;

void PoliteClient::send(HttpRequest request, Done done) { impl_->send(std::move(request), std::move(done)); }

void PoliteClient::wind_down() { impl_->wind_down(); }

}  // namespace throng::net

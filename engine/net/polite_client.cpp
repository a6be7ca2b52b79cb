#include "engine/net/polite_client.h"

#include <deque>
#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "engine/base/log.h"
#include "engine/base/printable.h"
#include "engine/net/clocks.h"
#include "engine/net/endpoint_trouble.h"
#include "engine/net/http_attempt.h"
#include "engine/net/rate_bucket.h"

namespace throng::net {
namespace {

constexpr const char* kWoundDown = "not asked any more";
constexpr std::size_t kQuoted = 200;  ///< bytes of a server's own words in a message

/// How an exchange failed; nothing if it did not.
struct Setback {
  FailedAttempt failed;
  std::string message;
};

std::optional<Setback> setback_of(const HttpResult& result) {
  if (!result) {
    return Setback{.failed = {.fault = transport_fault(result.error().kind)},
                   .message = result.error().message};
  }
  if (result->status / 100 == 2) return std::nullopt;
  std::string message = fmt::format("status {} {}", result->status, reason_phrase(result->status));
  if (!result->body.empty()) message += ": " + printable(result->body.substr(0, kQuoted));
  return Setback{.failed = {.status = result->status, .hints = hints_of(result->headers, wall_now())},
                 .message = std::move(message)};
}

}  // namespace

class PoliteClient::Impl : public std::enable_shared_from_this<PoliteClient::Impl> {
 public:
  Impl(boost::asio::io_context& io, const Url& origin, PoliteClientOptions options)
      : io_(io),
        timer_(io),
        origin_(origin.origin()),
        in_flight_limit_(options.http.max_connections),
        patience_(options.patience),
        policy_(options.retry),
        quota_(options.quota),
        rate_({.limit = options.requests_per_minute}),
        http_(io, origin, std::move(options.http)) {}

  void send(HttpRequest request, Done done) {
    const std::uint64_t id = ++last_id_;
    quota_.on_call();
    calls_.emplace(id, Call{.request = std::move(request), .done = std::move(done)});
    if (winding_down_) {
      end_unsent(id, kWoundDown);
    } else {
      ready_.push_back(id);
      pump();
    }
  }

  void wind_down() {
    winding_down_ = true;
    timer_.cancel();
    ready_.clear();
    for (auto& [id, call] : calls_) {
      call.retry.reset();
      if (!call.under_way) end_unsent(id, kWoundDown);
    }
  }

 private:
  struct Call {
    HttpRequest request;
    Done done;
    int attempts = 0;
    bool under_way = false;
    std::unique_ptr<boost::asio::steady_timer> retry{};  ///< while waiting to be sent again
  };

  void pump() {
    while (!ready_.empty() && in_flight_ < in_flight_limit_) {
      const Instant now = clock_now();
      if (paused_until_ > now + patience_) return end_ready(too_long(paused_until_ - now));
      const Instant earliest = std::max(rate_.earliest(now, 1), paused_until_);
      if (earliest > now) return wait_until(earliest);
      rate_.take(now, 1);
      const std::uint64_t id = ready_.front();
      ready_.pop_front();
      start(id);
    }
  }

  void wait_until(Instant moment) {
    timer_.expires_at(moment);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) pump();
    });
  }

  void start(std::uint64_t id) {
    Call& call = calls_.at(id);
    ++call.attempts;
    call.under_way = true;
    ++in_flight_;
    http_.send(call.request, [this, id](HttpResult result) { finished(id, std::move(result)); });
  }

  void finished(std::uint64_t id, HttpResult result) {
    --in_flight_;
    Call& call = calls_.at(id);
    call.under_way = false;
    std::optional<Setback> setback = setback_of(result);
    has_answered_ = has_answered_ || !setback || is_answer(setback->failed.fault);
    if (setback) {
      setback->failed.never_answered = !has_answered_;
      const RetryDecision decision = policy_.decide(setback->failed, id, call.attempts);
      const bool again = decision.action == RetryAction::retry || decision.action == RetryAction::park;
      if (setback->failed.status == 429 || decision.action == RetryAction::park)
        paused_until_ = std::max(paused_until_, clock_now() + decision.delay);
      if (again && decision.delay > patience_) {
        end(id, failure(call, fmt::format("{}; {}", setback->message, too_long(decision.delay))));
      } else if (again && !winding_down_ && quota_.try_retry()) {
        const bool pauses = setback->failed.status == 429 || decision.action == RetryAction::park;
        log_event(pauses ? LogLevel::info : LogLevel::debug, "request",
                  pauses ? "paused" : "request failed, goes again",
                  {{"server", origin_},
                   {"target", call.request.target},
                   {"attempt", call.attempts},
                   {"for", decision.delay},
                   {"why", setback->message}});
        send_again(id, decision.delay);
      } else {
        end(id, failure(call, setback->message));
      }
    } else {
      quota_.on_success();
      end(id, PoliteReply{.response = *std::move(result), .attempts = call.attempts});
    }
  }

  void send_again(std::uint64_t id, Delay delay) {
    Call& call = calls_.at(id);
    call.retry = std::make_unique<boost::asio::steady_timer>(io_, delay);
    call.retry->async_wait([this, id](const boost::system::error_code& error) {
      if (error) return;
      calls_.at(id).retry.reset();
      ready_.push_front(id);
      pump();
    });
    pump();
  }

  Error failure(const Call& call, const std::string& message) const {
    log_event(LogLevel::warning, "request", "request failed",
              {{"server", origin_},
               {"target", call.request.target},
               {"attempts", call.attempts},
               {"why", message}});
    return {ErrorKind::stopped,
            fmt::format("{} {}{}: {} ({} {})", call.request.method, origin_, call.request.target, message,
                        call.attempts, call.attempts == 1 ? "attempt" : "attempts")};
  }

  std::string too_long(Delay wait) const {
    return fmt::format("it asks to be left alone for {}, and the patience is {}", in_words(wait),
                       in_words(patience_));
  }

  void end_ready(const std::string& why) {
    for (const std::uint64_t id : std::exchange(ready_, {})) end_unsent(id, why);
  }

  void end_unsent(std::uint64_t id, std::string why) {
    boost::asio::post(io_, [self = weak_from_this(), id, why = std::move(why)] {
      const std::shared_ptr<Impl> impl = self.lock();
      if (impl && impl->calls_.contains(id))
        impl->end(id, Error{ErrorKind::stopped, fmt::format("{}: {}", impl->origin_, why)});
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
  std::size_t in_flight_limit_;
  Delay patience_;
  RetryPolicy policy_;
  RetryQuota quota_;
  RateBucket rate_;
  Instant paused_until_ = Instant::min();  ///< the server wants to be left alone
  std::unordered_map<std::uint64_t, Call> calls_;
  std::deque<std::uint64_t> ready_;
  std::uint64_t last_id_ = 0;
  std::size_t in_flight_ = 0;
  bool winding_down_ = false;
  bool has_answered_ = false;
  HttpClient http_;
};

PoliteClient::PoliteClient(boost::asio::io_context& io, const Url& origin, PoliteClientOptions options)
    : impl_(std::make_shared<Impl>(io, origin, std::move(options))) {}

PoliteClient::~PoliteClient() = default;

void PoliteClient::send(HttpRequest request, Done done) { impl_->send(std::move(request), std::move(done)); }

void PoliteClient::wind_down() { impl_->wind_down(); }

}  // namespace throng::net

#include "llm/client.h"

#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/log.h"
#include "engine/polite/endpoint_watch.h"
#include "engine/polite/instant.h"
#include "llm/endpoint.h"
#include "llm/job.h"

namespace throng::llm {
namespace {

std::vector<PlannedEndpoint> planned(const std::vector<std::unique_ptr<Endpoint>>& endpoints,
                                     ConcurrencyMode mode) {
  std::vector<PlannedEndpoint> planned;
  for (const auto& endpoint : endpoints) planned.push_back(endpoint->planned(mode));
  return planned;
}

PlanOptions with_history(PlanOptions options, const std::optional<BudgetLog>& log) {
  if (log) options.books = log->books();
  return options;
}

}  // namespace

/// The shell: sends what the planner wants sent, and tells it what came of it.
class Client::Impl {
 public:
  Impl(boost::asio::io_context& io, std::vector<EndpointOptions> endpoints, const Environment& environment,
       ClientOptions options)
      : io_(io), timer_(io), options_(std::move(options)) {
    for (EndpointOptions& endpoint : endpoints) {
      endpoints_.push_back(std::make_unique<Endpoint>(io, std::move(endpoint), environment));
      secrets_ = secrets_ + endpoints_.back()->secrets();
    }
    if (options_.budget_log)
      budget_log_.emplace(*options_.budget_log, options_.durability, options_.known_spending);
    planner_.emplace(planned(endpoints_, options_.concurrency), with_history(options_.plan, budget_log_));
    if (budget_log_ && budget_log_->found() != Spending()) {
      tell("spending found",
           fmt::format("{} did not know of {} tokens and {} USD that the journal knows to be spent: added",
                       options_.budget_log->string(), budget_log_->found().tokens,
                       budget_log_->found().money.text()));
    }
    watch_.emplace(planner_->requests());
  }

  CallId add(Job job, std::uint32_t chain) {
    const CallId id = ++last_call_;
    job.submitted = clock_now();
    const std::string model = job.model();
    const CallSize size = job.size();
    jobs_.emplace(id, std::move(job));
    if (winding_down_) {
      end_canceled(id);
    } else if (planner_->serves(model)) {
      planner_->add(id, model, size, chain);
      pump();
    } else {
      end_later(
          {.call = id, .fault = CallFault::rejected, .message = fmt::format("no endpoint serves {}", model)});
    }
    return id;
  }

  void cancel(CallId id) {
    const auto job = jobs_.find(id);
    if (job == jobs_.end()) return;
    if (planner_->cancel(id)) {
      end_canceled(id);
    } else if (job->second.http) {
      job->second.client->cancel(*job->second.http);
    }
  }

  void wind_down() {
    winding_down_ = true;
    for (const auto& [id, job] : jobs_) {
      if (planner_->cancel(id)) end_canceled(id);
    }
  }

  void halt(std::size_t endpoint, std::string why) {
    tell("endpoint halted", fmt::format("{}: {}", endpoints_[endpoint]->name(), why));
    planner_->halt(endpoint, std::move(why));
    pump();
  }

  const CallPlanner& planner() const { return *planner_; }
  const Capabilities& capabilities(std::size_t endpoint) const {
    return endpoints_[endpoint]->capabilities();
  }

 private:
  void pump() {
    if (winding_down_) return;
    const Instant now = clock_now();
    while (const auto attempt = planner_->next(now)) send(*attempt);
    for (const std::string& notice : planner_->take_notices()) say(notice);
    for (EndedCall& ended : planner_->take_ended()) end_later(std::move(ended));
    wake_at(planner_->wake_at());
  }

  void wake_at(Instant moment) {
    if (moment == timer_at_) return;
    timer_at_ = moment;
    if (moment == kNever) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(moment);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      timer_at_ = kNever;
      pump();
    });
  }

  void send(const Attempt& attempt) {
    Job& job = jobs_.at(attempt.call);
    Endpoint& endpoint = *endpoints_[attempt.endpoint];
    if (!written_down(attempt)) return;
    job.start(attempt, clock_now(), endpoint.capabilities(), secrets_);
    if (const std::string dropped = endpoint.newly_left_out(job); !dropped.empty())
      tell("field left out", dropped);
    watch_->look(attempt.endpoint, job.sent, "");
    const CallId id = attempt.call;
    net::HttpClient::Chunk chunk;
    if (job.assembly) {
      chunk = [this, id](std::string_view bytes) { jobs_.at(id).take(bytes, clock_now()); };
    }
    endpoint.send(
        job, [this, id](const net::HttpResult& result) { finished(id, result); }, std::move(chunk),
        [this, id] { return planner_->silence(id); });
  }

  /// What cannot be written down is not sent: the call ends.
  bool written_down(const Attempt& attempt) {
    if (!budget_log_) return true;
    const Result<void> written = budget_log_->reserve(attempt.id, attempt.reserved);
    if (written) return true;
    planner_->finish(attempt.call, clock_now(), {{.kind = AttemptEnd::Kind::canceled}});
    end_later({.call = attempt.call, .fault = CallFault::budget, .message = written.error().message});
    return false;
  }

  void write_down(const std::vector<Booking>& bookings) {
    for (const Booking& booking : bookings) {
      const bool counted = booking.kind == Booking::Kind::settle;
      log_event(LogLevel::debug, "budget",
                counted ? "booked as counted" : "booked at the most that it can be",
                {{"attempt", booking.attempt},
                 {"tokens", booking.amount.tokens},
                 {"usd", booking.amount.money.dollars()}});
      if (!budget_log_) continue;
      if (counted) {
        budget_log_->settle(booking.attempt, booking.amount);
      } else {
        budget_log_->settle_at_most(booking.attempt, booking.amount);
      }
    }
  }

  void finished(CallId id, const net::HttpResult& result) {
    Job& job = jobs_.at(id);
    Endpoint& endpoint = *endpoints_[job.report.endpoint];
    job.http.reset();
    const Instant now = clock_now();
    job.keep_timings(result, now);
    Decision decision = endpoint.read(job, result, secrets_, wall_now());
    if (!decision.learned.empty()) tell("learned", decision.learned);
    decision.end.latency = now - job.sent;
    decision.end.first_byte = job.report.timings.first_byte;
    const Verdict verdict = planner_->finish(id, now, decision.end);
    watch_->look(job.report.endpoint, now, decision.end.message);
    log_failure(job, decision.end, verdict);
    write_down(verdict.bookings);
    if (verdict.implausible && disbelieved_.insert(job.report.endpoint).second) {
      tell(
          "implausible usage",
          fmt::format("{} claims a usage that cannot be ({} prompt and {} completion tokens): such calls are "
                      "booked at the most that was asked for",
                      endpoint.name(), verdict.implausible->prompt, verdict.implausible->completion));
    }
    if (verdict.kind == Verdict::Kind::again) {
      if (winding_down_ && planner_->cancel(id)) end_canceled(id);
      pump();
      return;
    }
    const Job over = std::move(job);
    jobs_.erase(id);
    pump();  // first the next calls on their way, then what the caller does with this one
    if (verdict.kind == Verdict::Kind::over) {
      over.deliver(std::move(decision), verdict);
    } else {
      over.fail({.fault = verdict.fault, .message = verdict.message, .kind = decision.end.failed_as});
    }
  }

  void end_canceled(CallId id) {
    end_later({.call = id, .fault = CallFault::canceled, .message = "cancelled"});
  }

  void end_later(EndedCall ended) {
    if (ended.fault != CallFault::canceled) count_unsent(ended);
    boost::asio::post(io_, [this, ended = std::move(ended)] {
      const auto found = jobs_.find(ended.call);
      if (found == jobs_.end()) return;
      const Job over = std::move(found->second);
      jobs_.erase(found);
      over.fail({.fault = ended.fault, .message = ended.message, .kind = over.last_failure});
    });
  }

  /// When a run stops, hundreds end for the same reason.
  void count_unsent(const EndedCall& ended) {
    if (unsent_.empty()) boost::asio::post(io_, [this] { log_unsent(); });
    Unsent& unsent = unsent_[{jobs_.at(ended.call).model(), ended.fault}];
    if (unsent.calls++ == 0) unsent.why = ended.message;
  }

  void log_unsent() {
    for (const auto& [of, unsent] : std::exchange(unsent_, {})) {
      log_event(LogLevel::warning, "call", "calls ended unsent",
                {{"model", of.first}, {"calls", unsent.calls}, {"why", unsent.why}});
    }
  }

  void say(const std::string& text) const { tell("notice", text); }

  /// What happens once is told to a person, too.
  void tell(std::string_view what, const std::string& text) const {
    log_event(LogLevel::info, "endpoint", what, {{"text", text}});
    if (options_.log) options_.log(text);
  }

  void log_failure(const Job& job, const AttemptEnd& end, const Verdict& verdict) const {
    if (end.kind != AttemptEnd::Kind::failed) return;
    const bool over = verdict.kind == Verdict::Kind::failed;
    const bool given_up = end.failed.fault == TransportFault::timeout;
    const LogLevel level = over ? LogLevel::warning : given_up ? LogLevel::info : LogLevel::debug;
    log_event(level, "call",
              over       ? "call failed"
              : given_up ? "attempt given up, goes again"
                         : "attempt failed, goes again",
              {{"endpoint", endpoints_[job.report.endpoint]->name()},
               {"model", job.model()},
               {"attempt", job.report.attempts},
               {"as", end.failed_as},
               {"after", end.latency},
               {"why", over ? verdict.message : end.message}});
  }

  struct Unsent {
    std::size_t calls = 0;
    std::string why;  ///< the first one's
  };

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  Instant timer_at_ = kNever;
  ClientOptions options_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  Secrets secrets_;  ///< of all endpoints: some stand behind one gateway
  std::optional<BudgetLog> budget_log_;
  std::optional<CallPlanner> planner_;
  std::optional<EndpointWatch> watch_;
  std::unordered_map<CallId, Job> jobs_;
  std::map<std::pair<std::string, CallFault>, Unsent> unsent_;  ///< not logged yet; by model
  std::set<std::size_t> disbelieved_;  ///< endpoints whose usage was once implausible
  CallId last_call_ = 0;
  bool winding_down_ = false;
};

void throw_exception_from_error(const CallFailure& failure, const boost::source_location& /*where*/) {
  const bool is_our_mistake = failure.fault == CallFault::rejected || failure.fault == CallFault::too_large;
  throw Failure(is_our_mistake ? ErrorKind::usage : ErrorKind::stopped, failure.message);
}

Client::Client(boost::asio::io_context& io, std::vector<EndpointOptions> endpoints,
               const Environment& environment, ClientOptions options)
    : impl_(std::make_unique<Impl>(io, std::move(endpoints), environment, std::move(options))) {}

Client::~Client() = default;

Client::CallId Client::complete(ChatRequest request, std::uint32_t chain, Done<Reply> done) {
  return impl_->add(Job(std::move(request), std::move(done)), chain);
}

Client::CallId Client::embed(EmbeddingRequest request, std::vector<std::string> inputs,
                             Done<Embeddings> done) {
  return impl_->add(Job(std::move(request), std::move(inputs), std::move(done)), 0);
}

void Client::cancel(CallId call) { impl_->cancel(call); }

void Client::wind_down() { impl_->wind_down(); }

void Client::halt(std::size_t endpoint, std::string why) { impl_->halt(endpoint, std::move(why)); }

const CallPlanner& Client::planner() const { return impl_->planner(); }

const Capabilities& Client::capabilities(std::size_t endpoint) const { return impl_->capabilities(endpoint); }

}  // namespace throng::llm

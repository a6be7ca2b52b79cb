#include "benchmarks/support/paced_run.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <queue>
#include <random>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "llm/call_planner.h"

namespace throng::llm {
namespace {

using mock::LimitKind;
using mock::RateLimits;

constexpr Delay kMinute = std::chrono::minutes(1);
constexpr std::int64_t kPrompt = 60;  // tokens; completions are as long
constexpr std::int64_t kCallTokens = 2 * kPrompt;

double seconds(Delay span) { return std::chrono::duration<double>(span).count(); }

RateLimits server_of(const PacedRun& run, Instant first_arrival) {
  const auto limit = static_cast<int>(run.per_minute);
  return RateLimits({.rpm = run.by_tokens ? 0 : limit,
                     .tpm = run.by_tokens ? limit * static_cast<int>(kCallTokens) : 0,
                     .kind = run.kind,
                     .bucket = run.bucket,
                     .announced = run.announced},
                    first_arrival + run.first_minute - kMinute);
}

/// When the n-th call may reach the server at the earliest, if all before it came as early as they could.
Delay release(const PacedRun& run, std::int64_t n) {
  const std::int64_t minute = n / run.per_minute;
  switch (run.kind) {
    case LimitKind::sliding:
      return minute * kMinute;
    case LimitKind::fixed:
      return minute == 0 ? Delay(0) : run.first_minute + (minute - 1) * kMinute;
    case LimitKind::bucket:
      break;
  }
  const double rate = static_cast<double>(run.per_minute) / 60e6;
  const double holds = std::round(rate * static_cast<double>(Delay(run.bucket).count()));
  const double missing = static_cast<double>(n) + 1 - holds;
  return Delay(std::max<Delay::rep>(0, std::llround(std::ceil(missing / rate))));
}

/// The client's own run.
class Simulated {
 public:
  explicit Simulated(const PacedRun& run)
      : run_(run),
        random_(run.seed),
        server_(server_of(run, now_ + run.network)),
        planner_({planned(run)}, {}) {
    for (std::uint64_t call = 0; call < run.latencies.size(); ++call)
      planner_.add(call, "m", {.prompt = kPrompt, .prompt_most = kPrompt, .max_tokens = kPrompt}, 0);
  }

  PacedOutcome run() {
    const Instant start = now_;
    while (over_ < run_.latencies.size()) {
      while (const auto attempt = planner_.next(now_)) send(*attempt);
      for (const EndedCall& ended : planner_.take_ended()) throw std::logic_error(ended.message);
      const Instant next = std::min(planner_.wake_at(), events_.empty() ? kNever : events_.top().when);
      if (next == kNever) throw std::logic_error("the client waits for nothing");
      now_ = std::max(now_, next);
      while (!events_.empty() && events_.top().when <= now_) {
        const Event event = events_.top();
        events_.pop();
        if (event.arrives) {
          arrive(event.call);
        } else {
          finish(event.call);
        }
      }
    }
    outcome_.seconds = seconds(now_ - start);
    outcome_.most_in_a_minute = server_.peak_requests();
    return outcome_;
  }

 private:
  struct Event {
    Instant when;
    std::uint64_t number;
    std::uint64_t call;
    bool arrives;  ///< at the server; else the reply is here
    friend bool operator<(const Event& a, const Event& b) {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };
  struct Flight {
    Instant sent;
    AttemptEnd end;
  };

  static PlannedEndpoint planned(const PacedRun& run) {
    const std::int64_t told = run.asked > 0 ? run.asked : run.per_minute;
    const std::int64_t limit = run.announced_only ? 0 : told;
    return {{.name = "simulated",
             .model = "m",
             .rate = {.requests_per_minute = run.by_tokens ? 0 : limit,
                      .tokens_per_minute = run.by_tokens ? limit * kCallTokens : 0,
                      .pacing = run.pacing},
             .concurrency = {.mode = run.concurrency, .max = run.max_in_flight}}};
  }

  void at(Instant when, std::uint64_t call, bool arrives) {
    events_.push({when, events_pushed_++, call, arrives});
  }
  double uniform() { return std::generate_canonical<double, 53>(random_); }
  Delay network() {
    return run_.network +
           Delay(static_cast<Delay::rep>(uniform() * static_cast<double>(run_.network_jitter.count())));
  }

  void send(const Attempt& attempt) {
    flights_[attempt.call] = {now_, {}};
    at(now_ + network(), attempt.call, true);
  }

  void arrive(std::uint64_t call) {
    AttemptEnd& end = flights_.at(call).end;
    const mock::Verdict verdict = server_.admit(kCallTokens, now_);
    net::HttpHeaders headers;
    server_.append_headers(headers, now_);
    Delay lasts{0};
    if (verdict != mock::Verdict::admitted) {
      count_refusal();
      refuse(end, headers, server_.retry_after(verdict, kCallTokens, now_));
    } else if (run_.random_429s > 0 && uniform() < run_.random_429s) {
      refuse(end, headers, std::chrono::milliseconds(20));
    } else {
      lasts = run_.latencies[call];
      end.usage = TokenCounts{.prompt = kPrompt, .completion = kPrompt};
    }
    end.hints = end.failed.hints = read_server_hints(headers, WallTime());
    at(now_ + lasts + network(), call, false);
  }

  void refuse(AttemptEnd& end, net::HttpHeaders& headers, std::chrono::nanoseconds wait) {
    headers.add("retry-after-ms", std::to_string(std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
    end.kind = AttemptEnd::Kind::failed;
    end.failed_as = end.message = "http 429";
    end.failed.status = 429;
  }

  void count_refusal() {
    ++outcome_.refused;
    refusals_.push_back(now_);
    while (refusals_.front() < now_ - std::chrono::milliseconds(100)) refusals_.pop_front();
    outcome_.most_at_once = std::max(outcome_.most_at_once, static_cast<std::int64_t>(refusals_.size()));
  }

  void finish(std::uint64_t call) {
    Flight flight = std::move(flights_.extract(call).mapped());
    flight.end.latency = now_ - flight.sent;
    const Verdict verdict = planner_.finish(call, now_, flight.end);
    if (verdict.kind == Verdict::Kind::failed) throw std::logic_error(verdict.message);
    over_ += verdict.kind == Verdict::Kind::over ? 1 : 0;
  }

  const PacedRun& run_;
  std::mt19937_64 random_;
  Instant now_{std::chrono::hours(1)};
  RateLimits server_;
  CallPlanner planner_;
  std::priority_queue<Event> events_;
  std::uint64_t events_pushed_ = 0;
  std::unordered_map<std::uint64_t, Flight> flights_;
  std::deque<Instant> refusals_;  ///< of the last tenth of a second
  std::size_t over_ = 0;
  PacedOutcome outcome_;
};

}  // namespace

PacedOutcome run_paced(const PacedRun& run) { return Simulated(run).run(); }

double least_seconds(const PacedRun& run) {
  std::vector<Delay> latencies = run.latencies;
  std::ranges::sort(latencies, std::greater());
  const Instant start{std::chrono::hours(1)};
  RateLimits server = server_of(run, start + run.network);
  Delay end{0};
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    const Delay at = release(run, static_cast<std::int64_t>(i)) + run.network;
    if (server.admit(kCallTokens, start + at) != mock::Verdict::admitted)
      throw std::logic_error(fmt::format("call {} of the best schedule is refused", i));
    end = std::max(end, at + latencies[i] + run.network);
  }
  return seconds(end);
}

}  // namespace throng::llm

#pragma once

#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "llm/call_planner.h"

namespace throng::llm::testing {

inline Instant at(double seconds) { return Instant(Delay(static_cast<std::int64_t>(seconds * 1e6))); }
inline Delay seconds(double s) { return Delay(static_cast<std::int64_t>(s * 1e6)); }

inline AttemptEnd completed(Delay latency, TokenCounts usage = {.prompt = 10, .completion = 5}) {
  AttemptEnd end{{.kind = AttemptEnd::Kind::completed, .latency = latency}};
  end.usage = usage;
  return end;
}

inline AttemptEnd failed(int status, std::string code = "") {
  return {{.kind = AttemptEnd::Kind::failed,
           .failed = {.status = status, .error_code = std::move(code)},
           .message = "http " + std::to_string(status),
           .latency = seconds(0.1)},
          "http " + std::to_string(status)};
}

struct Sent {
  Attempt attempt;
  Instant when;
};

struct Over {
  Verdict verdict;
  Instant when;
};

/// A planner with a server of its own clock: `answer` says how an attempt ends, after its latency.
class PlannedWorld {
 public:
  using Answer = std::function<AttemptEnd(const Attempt&, Instant)>;

  PlannedWorld(const std::vector<PlannedEndpoint>& endpoints, const PlanOptions& options, Answer answer)
      : planner(endpoints, options), answer_(std::move(answer)) {}

  /// Lets time pass until nothing happens any more, or `until`.
  void run(Instant until = at(1e6)) {
    while (true) {
      while (const auto attempt = planner.next(now)) {
        sent.push_back({*attempt, now});
        AttemptEnd end = answer_(*attempt, now);
        replies_.push({now + end.latency, replies_pushed_++, attempt->call, std::move(end)});
        most_in_flight = std::max(most_in_flight, planner.in_flight());
      }
      for (EndedCall& call : planner.take_ended()) ended[call.call] = std::move(call);
      const Instant next = std::min(planner.wake_at(), replies_.empty() ? kNever : replies_.top().when);
      if (next == kNever || next > until) return;
      now = std::max(now, next);
      while (!replies_.empty() && replies_.top().when <= now) {
        const Event event = replies_.top();
        replies_.pop();
        const Verdict verdict = planner.finish(event.call, now, event.end);
        if (verdict.kind != Verdict::Kind::again) over[event.call] = {verdict, now};
      }
    }
  }

  void add(std::uint64_t id, CallSize size = {.prompt = 10, .prompt_most = 40, .max_tokens = 100},
           std::uint32_t chain = 0) {
    planner.add(id, "m", size, chain);
  }

  CallPlanner planner;
  Instant now = at(1000);
  std::vector<Sent> sent;
  std::map<std::uint64_t, Over> over;
  std::map<std::uint64_t, EndedCall> ended;
  std::size_t most_in_flight = 0;

 private:
  struct Event {
    Instant when;
    std::uint64_t number;
    std::uint64_t call;
    AttemptEnd end;
    friend bool operator<(const Event& a, const Event& b) {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };

  Answer answer_;
  std::priority_queue<Event> replies_;
  std::uint64_t replies_pushed_ = 0;
};

inline PlannedEndpoint endpoint(std::string name = "a", int slots = 64) {
  return {{.name = std::move(name),
           .model = "m",
           .concurrency = {.mode = ConcurrencyMode::fixed, .max = slots, .initial = slots}}};
}

}  // namespace throng::llm::testing

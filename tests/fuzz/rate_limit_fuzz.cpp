#include <cstdint>
#include <deque>
#include <vector>

#include "engine/polite/rate_limit.h"
#include "tests/fuzz/fuzz_input.h"

namespace throng {
namespace {

/// All that went, in order of time: no minute and jitter may hold more than the limits, unless the client doubts what it
/// knows of them.
class Books {
 public:
  Books(const RateLimitOptions& options, Delay window) : options_(options), window_(window) {}

  void sent(Instant now, std::int64_t tokens) {
    while (!log_.empty() && log_.front().at <= now - window_) {
      tokens_ -= log_.front().tokens;
      log_.pop_front();
    }
    log_.push_back({now, tokens});
    tokens_ += tokens;
    if (options_.pacing == Pacing::automatic) return;
    require(options_.requests_per_minute == 0 ||
                static_cast<std::int64_t>(log_.size()) <= options_.requests_per_minute,
            "requests in a sliding minute");
    require(options_.tokens_per_minute == 0 || tokens_ <= options_.tokens_per_minute,
            "tokens in a sliding minute");
  }

 private:
  struct Entry {
    Instant at;
    std::int64_t tokens;
  };
  RateLimitOptions options_;
  Delay window_;
  std::deque<Entry> log_;
  std::int64_t tokens_ = 0;
};

void run(FuzzInput input) {
  RateLimitOptions options;
  options.requests_per_minute = input.below(200);
  options.tokens_per_minute = input.below(100'000);
  options.counting = input.byte() % 2 == 0 ? TokenCounting::admission : TokenCounting::usage;
  constexpr Pacing pacings[] = {Pacing::automatic, Pacing::even, Pacing::burst};
  options.pacing = pacings[input.byte() % 3];
  RateLimit limit(options);
  Books books(options, std::chrono::minutes(1) + options.arrival_jitter);
  std::vector<SentAttempt> in_flight;
  Instant now{};
  while (!input.empty()) {
    switch (input.byte() % 8) {
      case 0:
      case 1:
      case 2: {
        const std::int64_t tokens = input.below(20'000);
        const auto admission = limit.admit(now, tokens);
        if (!admission) {
          require(tokens > limit.tokens_per_minute(), "only what is too large is an error");
          break;
        }
        if (!admission->sent) {
          require(admission->ask_again > now, "the moment to ask again lies ahead");
          if (admission->ask_again != kNever && input.byte() % 2 == 0) now = admission->ask_again;
          break;
        }
        require(now >= limit.paused_until(), "nothing goes during a pause");
        books.sent(now, tokens);
        in_flight.push_back(*admission->sent);
        break;
      }
      case 3:
        now += Delay(input.below(5'000'000));
        break;
      case 4:
        now += Delay(input.below(200'000));
        break;
      case 5: {
        if (in_flight.empty()) break;
        const SentAttempt attempt = in_flight.back();
        in_flight.pop_back();
        // No less than reserved: what a server gives back would have to be taken out of the books too.
        const bool known = input.byte() % 2 == 0;
        const auto counted = known ? TokensCounted::known : TokensCounted::unknown;
        limit.finish(attempt, now, {.counted = counted, .used = attempt.tokens});
        break;
      }
      case 6:
        if (in_flight.empty()) break;
        limit.refused(in_flight.back(), now, now + Delay(input.below(10'000'000)), {});
        break;
      case 7: {
        if (in_flight.empty()) break;
        ServerHints hints;
        for (LimitHints* hint : {&hints.requests, &hints.tokens}) {
          hint->limit = 1 + input.below(200'000);
          hint->remaining = input.below(*hint->limit + 1);
          hint->reset = Delay(input.below(70'000'000));
        }
        limit.hear(in_flight.back(), now, hints);
        break;
      }
    }
  }
}

}  // namespace
}  // namespace throng

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  throng::run({data, size});
  return 0;
}

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "engine/polite/instant.h"

namespace throng {

inline constexpr Instant kStart{};

/// A world with a clock of its own: things happen in the order of their time, then of their planning.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed = 1) : random_(seed) {}

  Instant now() const { return now_; }
  double seconds() const { return std::chrono::duration<double>(now_ - Instant()).count(); }

  void at(Instant when, std::function<void()> what) {
    events_.emplace(std::pair(std::max(when, now_), next_++), std::move(what));
  }
  void after(Delay delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }

  /// Like `at`, but only the earliest one planned in this way happens.
  void wake(Instant when, std::function<void()> what) {
    if (when >= waking_ && waking_ > now_) return;
    waking_ = when;
    at(when, [this, when, what = std::move(what)] {
      if (when == waking_) what();
    });
  }

  void run_until(Instant end) {
    while (!events_.empty() && events_.begin()->first.first <= end) {
      auto event = events_.extract(events_.begin());
      now_ = event.key().first;
      event.mapped()();
    }
    now_ = end;
  }

  double uniform(double low, double high) {
    return low + (high - low) * std::generate_canonical<double, 53>(random_);
  }
  Delay uniform(Delay low, Delay high) {
    return Delay(static_cast<Delay::rep>(
        uniform(static_cast<double>(low.count()), static_cast<double>(high.count()))));
  }

 private:
  Instant now_;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t next_ = 0;
  Instant waking_;
  std::mt19937_64 random_;
};

}  // namespace throng

#pragma once

#include <cstdint>
#include <optional>

#include "llm/bench/load.h"

namespace throng::llm::bench {

/// Says when to start which call. Pure: it is told the time, which never goes back.
class Pacer {
 public:
  /// `started` is when the load begins.
  Pacer(const Load& load, const Extent& extent, Instant started);

  /// `intended` is when the load wants the call to start: latency counts from there, so that an endpoint (or a
  /// client) that is late is charged for it. Closed: when its predecessor ended.
  struct Start {
    std::int64_t index = 0;  ///< 0, 1, ...
    Instant intended;
  };
  /// The next call to start now, if there is one; ask until there is none.
  std::optional<Start> next(Instant now);
  /// After `next` had none: when to ask again; kNever: after the next `finish`.
  Instant wake_at() const;

  /// A call that was started is over.
  void finish() { --running_; }
  /// Starts no more.
  void stop() { stopped_ = true; }

  /// Nothing runs and nothing more will start.
  bool over(Instant now) const { return running_ == 0 && !more(now); }
  std::int64_t started() const { return count_; }
  std::int64_t running() const { return running_; }

 private:
  bool more(Instant now) const;
  Instant scheduled() const;

  Load load_;
  Extent extent_;
  Instant started_;
  std::int64_t count_ = 0;
  std::int64_t running_ = 0;
  bool stopped_ = false;
};

}  // namespace throng::llm::bench

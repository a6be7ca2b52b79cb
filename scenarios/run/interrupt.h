#pragma once

namespace throng {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP (a terminal that is closed; not under nohup) is remembered instead of
/// ending the process; a second one ends it. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool interrupted() const;
};

}  // namespace throng

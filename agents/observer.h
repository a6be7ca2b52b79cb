#pragma once

#include <span>

#include "agents/session_record.h"

namespace throng {

/// A stretch of virtual time within which the world does not change.
struct Window {
  std::uint16_t round = 0;  ///< from 0
  VirtualTime begin;
  VirtualTime end;
};

/// Hears what happens in a run. Calls come one at a time, though from different threads, and in the same
/// order on any number of threads.
class RunObserver {
 public:
  virtual ~RunObserver() = default;

  virtual void on_window_started(const Window& /*window*/) {}
  /// Finished sessions, by agent; successive calls go on with greater agents.
  virtual void on_sessions(std::span<const SessionRecord> /*sessions*/) {}
  virtual void on_window_finished(const Window& /*window*/) {}
  /// Asked often, from any thread: true ends the run before its next part.
  virtual bool wants_stop() const { return false; }
};

}  // namespace throng

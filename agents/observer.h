#pragma once

#include "agents/partition_result.h"

namespace throng {

/// Hears what happens in a run. Calls come one at a time, though from different threads, and in the same
/// order on any number of threads.
class RunObserver {
 public:
  virtual ~RunObserver() = default;

  virtual void on_window_started(const Window& /*window*/) {}
  /// A partition has finished its window; successive calls go on with greater numbers.
  virtual void on_partition(const PartitionResult& /*result*/) {}
  virtual void on_window_finished(const Window& /*window*/) {}
  /// Asked often, from any thread: true ends the run before its next part.
  virtual bool wants_stop() const { return false; }
};

}  // namespace throng

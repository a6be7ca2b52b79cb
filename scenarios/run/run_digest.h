#pragma once

#include "agents/observer.h"
#include "engine/base/hash.h"

namespace throng {

/// Folds digests: that of a window is the chain of its partitions' numbers and digests, in their order; that of a run the chain
/// of its windows'. (A partition's is the chain of its sessions': agents/partition.cpp; what a session's takes: agents/session.cpp.)
/// It depends neither on who is still there nor on threads, and two runs whose digests are the same did the same.
class RunDigest : public RunObserver {
 public:
  void on_window_started(const Window& /*window*/) override { window_ = {}; }
  void on_partition(const PartitionResult& result) override { add(result.number, result.digest); }
  /// A partition's, by its number.
  void add(std::size_t number, const Hash128& digest) {
    window_.add(number);
    window_.add(digest);
  }
  void on_window_finished(const Window& /*window*/) override { run_.add(window_.value()); }

  /// Of the window at hand, or the last.
  const Hash128& of_window() const { return window_.value(); }
  /// Of the windows that have finished.
  const Hash128& of_run() const { return run_.value(); }

 private:
  DigestChain window_;
  DigestChain run_;
};

}  // namespace throng

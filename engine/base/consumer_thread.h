#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace throng {

/// A thread that calls `consume` with one result after the other, in the order in which they were handed over.
/// All functions belong to the threads that produce.
class ConsumerThread {
 public:
  ConsumerThread(std::size_t max_waiting, std::function<void(void*)> consume);
  /// Results that have not been consumed by then are dropped.
  ~ConsumerThread();
  ConsumerThread(const ConsumerThread&) = delete;
  ConsumerThread& operator=(const ConsumerThread&) = delete;

  /// Waits while `max_waiting` results are waiting. After `consume` has thrown, results are dropped.
  void hand_over(std::shared_ptr<void> result);
  bool failed() const;
  /// Waits until everything has been consumed; rethrows what `consume` threw.
  void finish();

 private:
  void run();

  std::size_t max_waiting_;
  std::function<void(void*)> consume_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<void>> waiting_;  ///< the first one is being consumed
  std::exception_ptr failure_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace throng

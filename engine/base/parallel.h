#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace throng {

/// Calls `body(i)` once for every i in [0, count), on the calling thread and on others. Which thread runs
/// which index, and in which order, is unspecified: `body` may only write to what belongs to `i`. Returns
/// when all calls have returned; the first exception (of any index) is rethrown then. Calls may be nested.
///
/// Runs on oneTBB; on plain threads when built with THRONG_PLAIN_THREADS (ThreadSanitizer).
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

namespace detail {
void run_in_order(std::size_t count, const std::function<std::shared_ptr<void>(std::size_t)>& produce,
                  const std::function<void(void*)>& consume);
}  // namespace detail

/// Calls `produce(i)` for every i in [0, count) in parallel, like `parallel_for`, and `consume` with the
/// results in the order of i, on a thread of its own, while later ones are being produced. Only a few results
/// wait at any moment. The first exception is rethrown; nothing is consumed after it.
template <class T>
void parallel_in_order(std::size_t count, const std::function<T(std::size_t)>& produce,
                       const std::function<void(T)>& consume) {
  detail::run_in_order(
      count, [&](std::size_t i) { return std::make_shared<T>(produce(i)); },
      [&](void* result) { consume(std::move(*static_cast<T*>(result))); });
}

/// While it lives, the functions above use at most `threads` threads (0: one per core).
class ThreadLimit {
 public:
  explicit ThreadLimit(std::size_t threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace throng

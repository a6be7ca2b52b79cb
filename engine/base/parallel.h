#pragma once

#include <algorithm>
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

/// Calls `job(i)` once for every i in [0, count), for few long jobs that have parallel loops of their own: they are under way
/// beside each other, as many as there are threads at most, and the other threads help with their loops. Unlike in a nested
/// `parallel_for`, a thread that waits for a loop of its job begins no other job meanwhile, so that one job may wait for another
/// (MadeOnce). Returns when all jobs have returned; the first exception (of any index) is rethrown then.
void parallel_jobs(std::size_t count, const std::function<void(std::size_t)>& job);

/// Something that several jobs need, and the first of them makes.
class MadeOnce {
 public:
  MadeOnce();
  ~MadeOnce();
  MadeOnce(const MadeOnce&) = delete;
  MadeOnce& operator=(const MadeOnce&) = delete;

  /// Calls `make`, unless an earlier call of it has returned. Who comes while another makes it waits, and helps with the
  /// parallel loops of `make`. An exception of `make` leaves here; then the next makes it. Any thread.
  void call(const std::function<void()>& make);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// How many rows (of factors, of a sparse matrix) one task of a parallel loop takes, where nothing speaks for another number.
inline constexpr std::size_t kRowsPerChunk = 64;

/// How many chunks of `size` cover `count`.
constexpr std::size_t num_chunks(std::size_t count, std::size_t size) { return (count + size - 1) / size; }

/// Calls body(n) once for every n in [0, count), in parallel, `size` neighbours at a time in ascending order.
/// As with `parallel_for`, `body` may only write to what belongs to n.
template <class Body>
void parallel_for_chunks(std::size_t count, std::size_t size, const Body& body) {
  parallel_for(num_chunks(count, size), [&](std::size_t chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * size);
    for (std::size_t n = chunk * size; n < end; ++n) body(n);
  });
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

#include "engine/base/parallel.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef THRONG_PLAIN_THREADS
#include <algorithm>
#include <atomic>
#include <map>
#else
#include <oneapi/tbb/collaborative_call_once.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#endif

#include "engine/base/log.h"

namespace throng {
namespace {

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

ConsumerThread::ConsumerThread(std::size_t max_waiting, std::function<void(void*)> consume)
    : max_waiting_(max_waiting), consume_(std::move(consume)), thread_([this, log = log_of_thread()] {
        set_log_of_thread(log);
        run();
      }) {}

ConsumerThread::~ConsumerThread() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ConsumerThread::hand_over(std::shared_ptr<void> result) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || waiting_.size() < max_waiting_; });
    if (failure_) return;
    waiting_.push_back(std::move(result));
  }
  changed_.notify_all();
}

bool ConsumerThread::failed() const {
  const std::scoped_lock lock(mutex_);
  return failure_ != nullptr;
}

void ConsumerThread::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || waiting_.empty(); });
  if (failure_) std::rethrow_exception(failure_);
}

void ConsumerThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    if (ended_) return;
    void* const first = waiting_.front().get();
    lock.unlock();
    std::exception_ptr failure;
    try {
      consume_(first);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    waiting_.pop_front();
    failure_ = failure;
    changed_.notify_all();
    if (failure_) return;
  }
}

}  // namespace

#ifdef THRONG_PLAIN_THREADS

namespace {

std::atomic<std::size_t> thread_limit{2};
thread_local bool inside_parallel_for = false;

/// One call of parallel_for.
struct Loop {
  std::size_t count;
  const std::function<void(std::size_t)>& body;
  std::size_t helpers_wanted;
  std::size_t helpers_inside = 0;
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;

  void work() {
    inside_parallel_for = true;
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::scoped_lock lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
    }
    inside_parallel_for = false;
  }
};

/// Threads that wait for loops and help with them, the oldest first. They live until the process ends.
class Helpers {
 public:
  ~Helpers() {
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Runs the loop, on the calling thread too.
  void run(Loop& loop) {
    {
      const std::scoped_lock lock(mutex_);
      while (threads_.size() < loop.helpers_wanted) threads_.emplace_back([this] { help(); });
      loops_.push_back(&loop);
    }
    changed_.notify_all();
    loop.work();
    std::unique_lock lock(mutex_);
    std::erase(loops_, &loop);
    changed_.wait(lock, [&] { return loop.helpers_inside == 0; });
  }

 private:
  void help() {
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto wanted = [](const Loop* loop) { return loop->helpers_wanted > 0; };
      auto found = loops_.end();
      changed_.wait(lock, [&] {
        found = std::find_if(loops_.begin(), loops_.end(), wanted);
        return ended_ || found != loops_.end();
      });
      if (ended_) return;
      Loop& loop = **found;
      --loop.helpers_wanted;
      ++loop.helpers_inside;
      lock.unlock();
      loop.work();
      lock.lock();
      if (--loop.helpers_inside == 0) changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Loop*> loops_;
  std::vector<std::thread> threads_;
  bool ended_ = false;
};

}  // namespace

struct ThreadLimit::Impl {
  std::size_t previous;
};

ThreadLimit::ThreadLimit(std::size_t threads)
    : impl_(std::make_unique<Impl>(Impl{thread_limit.exchange(
          threads == 0 ? std::max(1U, std::thread::hardware_concurrency()) : threads)})) {}

ThreadLimit::~ThreadLimit() { thread_limit = impl_->previous; }

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  const std::size_t threads = std::min<std::size_t>(thread_limit, count);
  if (inside_parallel_for || threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  static Helpers helpers;
  Loop loop{.count = count, .body = body, .helpers_wanted = threads - 1};
  helpers.run(loop);
  if (loop.failure) std::rethrow_exception(loop.failure);
}

void detail::run_in_order(std::size_t count, const std::function<std::shared_ptr<void>(std::size_t)>& produce,
                          const std::function<void(void*)>& consume) {
  const std::size_t max_waiting = 2 * thread_limit;
  ConsumerThread consumer(max_waiting, consume);
  std::mutex mutex;
  std::condition_variable consumed;
  std::map<std::size_t, std::shared_ptr<void>> waiting;
  std::size_t next = 0;
  std::atomic<bool> failed = false;
  parallel_for(count, [&](std::size_t i) {
    std::unique_lock lock(mutex);
    consumed.wait(lock, [&] { return failed || i < next + max_waiting; });
    if (failed) return;
    lock.unlock();
    try {
      auto result = produce(i);
      lock.lock();
      waiting.emplace(i, std::move(result));
      for (auto first = waiting.begin(); first != waiting.end() && first->first == next && !failed; ++next) {
        consumer.hand_over(std::move(first->second));
        first = waiting.erase(first);
      }
    } catch (...) {
      failed = true;
      consumed.notify_all();
      throw;
    }
    failed = failed || consumer.failed();
    consumed.notify_all();
  });
  consumer.finish();
}

// Loops within a loop run on its thread alone.
void parallel_jobs(std::size_t count, const std::function<void(std::size_t)>& job) {
  parallel_for(count, job);
}

struct MadeOnce::Impl {
  std::mutex mutex;
  bool made = false;
};

void MadeOnce::call(const std::function<void()>& make) {
  const std::scoped_lock lock(impl_->mutex);
  if (impl_->made) return;
  make();
  impl_->made = true;
}

#else

struct ThreadLimit::Impl {
  tbb::global_control control;
};

ThreadLimit::ThreadLimit(std::size_t threads)
    : impl_(new Impl{tbb::global_control(
          tbb::global_control::max_allowed_parallelism,
          threads == 0 ? static_cast<std::size_t>(tbb::info::default_concurrency()) : threads)}) {}

ThreadLimit::~ThreadLimit() = default;

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  tbb::parallel_for(
      std::size_t{0}, count, [&](std::size_t i) { body(i); }, tbb::simple_partitioner());
}

void parallel_jobs(std::size_t count, const std::function<void(std::size_t)>& job) {
  parallel_for(count, [&](std::size_t i) { tbb::this_task_arena::isolate([&] { job(i); }); });
}

struct MadeOnce::Impl {
  tbb::collaborative_once_flag flag;
};

void MadeOnce::call(const std::function<void()>& make) { tbb::collaborative_call_once(impl_->flag, make); }

void detail::run_in_order(std::size_t count, const std::function<std::shared_ptr<void>(std::size_t)>& produce,
                          const std::function<void(void*)>& consume) {
  const std::size_t max_waiting =
      2 * tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  ConsumerThread consumer(max_waiting, consume);
  std::size_t next = 0;
  const auto number = [&](tbb::flow_control& control) {
    if (next == count || consumer.failed()) {
      control.stop();
      return next;
    }
    return next++;
  };
  // That of i at i % max_waiting. The pipeline passes numbers, because what it holds when something throws, it leaks.
  std::vector<std::shared_ptr<void>> results(max_waiting);
  const auto make = [&](std::size_t i) {
    results[i % max_waiting] = produce(i);
    return i;
  };
  const auto deliver = [&](std::size_t i) { consumer.hand_over(std::move(results[i % max_waiting])); };
  tbb::parallel_pipeline(max_waiting,
                         tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, number) &
                             tbb::make_filter<std::size_t, std::size_t>(tbb::filter_mode::parallel, make) &
                             tbb::make_filter<std::size_t, void>(tbb::filter_mode::serial_in_order, deliver));
  consumer.finish();
}

#endif

MadeOnce::MadeOnce() : impl_(std::make_unique<Impl>()) {}
MadeOnce::~MadeOnce() = default;

}  // namespace throng

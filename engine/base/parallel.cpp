#include "engine/base/parallel.h"

#ifdef THRONG_PLAIN_THREADS
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <vector>
#else
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>
#endif

namespace throng {

#ifdef THRONG_PLAIN_THREADS

namespace {
std::atomic<std::size_t> thread_limit{2};
thread_local bool inside_parallel_for = false;
}  // namespace

struct ThreadLimit::Impl {
  std::size_t previous;
};

ThreadLimit::ThreadLimit(std::size_t threads)
    : impl_(std::make_unique<Impl>(Impl{thread_limit.exchange(
          threads == 0 ? std::max(1U, std::thread::hardware_concurrency()) : threads)})) {}

ThreadLimit::~ThreadLimit() { thread_limit = impl_->previous; }

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (inside_parallel_for) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
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
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < std::min<std::size_t>(thread_limit, count); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

void detail::run_in_order(std::size_t count, const std::function<std::shared_ptr<void>(std::size_t)>& produce,
                          const std::function<void(void*)>& consume) {
  const std::size_t max_waiting = 2 * thread_limit;
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
        consume(first->second.get());
        first = waiting.erase(first);
      }
    } catch (...) {
      failed = true;
      consumed.notify_all();
      throw;
    }
    consumed.notify_all();
  });
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

void detail::run_in_order(std::size_t count, const std::function<std::shared_ptr<void>(std::size_t)>& produce,
                          const std::function<void(void*)>& consume) {
  const std::size_t max_waiting =
      2 * tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  std::size_t next = 0;
  const auto number = [&](tbb::flow_control& control) {
    if (next == count) {
      control.stop();
      return next;
    }
    return next++;
  };
  const auto deliver = [&](const std::shared_ptr<void>& result) { consume(result.get()); };
  tbb::parallel_pipeline(
      max_waiting,
      tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, number) &
          tbb::make_filter<std::size_t, std::shared_ptr<void>>(tbb::filter_mode::parallel, produce) &
          tbb::make_filter<std::shared_ptr<void>, void>(tbb::filter_mode::serial_in_order, deliver));
}

#endif

}  // namespace throng

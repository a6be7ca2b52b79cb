#include "engine/base/consumer_thread.h"

#include <utility>

namespace throng {

ConsumerThread::ConsumerThread(std::size_t max_waiting, std::function<void(void*)> consume)
    : max_waiting_(max_waiting), consume_(std::move(consume)), thread_([this] { run(); }) {}

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

}  // namespace throng

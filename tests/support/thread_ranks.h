#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/error.h"
#include "engine/ranks/ranks.h"

namespace throng {

/// Ranks as threads of one process. Where one of them throws, the others learn of it in the next collective function.
class ThreadRanks {
 public:
  /// Calls `body` on `count` threads, each with its rank; rethrows what the first of them threw.
  static void run(std::size_t count, const std::function<void(Ranks&)>& body) {
    ThreadRanks all(count);
    std::vector<std::exception_ptr> thrown(count);
    std::vector<std::thread> threads;
    for (std::size_t self = 0; self < count; ++self) {
      threads.emplace_back([&, self] {
        Rank rank(all, self);
        try {
          body(rank);
        } catch (...) {
          thrown[self] = std::current_exception();
          all.leave(self);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::exception_ptr& each : thrown) {
      if (each) std::rethrow_exception(each);
    }
  }

 private:
  static constexpr std::size_t kChannels = 4;

  class Rank : public Ranks {
   public:
    Rank(ThreadRanks& all, std::size_t self) : all_(all), self_(self) {}
    std::size_t size() const override { return all_.given_.size(); }
    std::size_t self() const override { return self_; }
    std::vector<std::string> all_gather(std::string mine) override {
      return all_.exchange(self_, std::vector<std::string>(size(), mine));
    }
    std::vector<std::string> gather(std::string mine) override {
      std::vector<std::string> all = all_gather(std::move(mine));
      return is_first() ? std::move(all) : std::vector<std::string>();
    }
    std::vector<std::string> all_to_all(std::vector<std::string> for_each) override {
      return all_.exchange(self_, std::move(for_each));
    }
    std::string broadcast(std::string from_first) override {
      return std::move(all_gather(is_first() ? from_first : std::string()).front());
    }
    void send(Channel channel, std::size_t to, std::string message) override {
      const std::lock_guard lock(all_.mutex_);
      all_.boxes_[to][static_cast<std::size_t>(channel)].push_back({self_, std::move(message)});
    }
    std::optional<Message> receive(Channel channel) override {
      const std::lock_guard lock(all_.mutex_);
      std::deque<Message>& box = all_.boxes_[self_][static_cast<std::size_t>(channel)];
      if (box.empty()) return std::nullopt;
      Message message = std::move(box.front());
      box.pop_front();
      return message;
    }

   private:
    ThreadRanks& all_;
    std::size_t self_;
  };

  explicit ThreadRanks(std::size_t count) : given_(count), boxes_(count) {}

  std::vector<std::string> exchange(std::size_t self, std::vector<std::string> for_each) {
    std::unique_lock lock(mutex_);
    wait(lock, [&] { return !leaving_; });
    given_[self] = std::move(for_each);
    if (++arrived_ == given_.size()) {
      leaving_ = true;
      changed_.notify_all();
    }
    wait(lock, [&] { return leaving_; });
    std::vector<std::string> taken;
    for (const std::vector<std::string>& from : given_) taken.push_back(from[self]);
    if (--arrived_ == 0) {
      leaving_ = false;
      changed_.notify_all();
    }
    return taken;
  }

  template <class Condition>
  void wait(std::unique_lock<std::mutex>& lock, const Condition& condition) {
    changed_.wait(lock, [&] { return condition() || gone_; });
    if (!condition() && gone_)
      throw Failure(ErrorKind::stopped, "rank " + std::to_string(*gone_) + " is no longer there");
  }

  void leave(std::size_t self) {
    const std::lock_guard lock(mutex_);
    if (!gone_) gone_ = self;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::vector<std::string>> given_;  ///< by who gave it
  std::size_t arrived_ = 0;
  bool leaving_ = false;             ///< all have come, and go on
  std::optional<std::size_t> gone_;  ///< the first that threw
  std::vector<std::array<std::deque<Ranks::Message>, kChannels>> boxes_;
};

}  // namespace throng

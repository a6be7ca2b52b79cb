#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace throng::llm::mock {

/// What is due when, the earliest first; equal times in the order they were added. Pure.
template <class T>
class DelayQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void push(TimePoint at, T what) {
    entries_.push_back({at, added_++, std::move(what)});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }
  bool empty() const { return entries_.empty(); }
  /// Only if there is one, as `pop`.
  TimePoint next() const { return entries_.front().at; }
  T pop() {
    std::pop_heap(entries_.begin(), entries_.end(), later);
    T what = std::move(entries_.back().what);
    entries_.pop_back();
    return what;
  }

 private:
  struct Entry {
    TimePoint at;
    std::uint64_t added;
    T what;
  };
  static bool later(const Entry& a, const Entry& b) { return a.at != b.at ? a.at > b.at : a.added > b.added; }

  std::vector<Entry> entries_;
  std::uint64_t added_ = 0;
};

}  // namespace throng::llm::mock

#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace throng {

/// The yardstick: a 4-ary heap of keys as a textbook has it, without payloads, handles or cancelling.
template <class Key>
class BareHeap {
 public:
  bool empty() const { return keys_.empty(); }
  const Key& top() const { return keys_.front(); }

  void push(const Key& key) {
    std::size_t at = keys_.size();
    keys_.push_back(key);
    while (at > 0 && key < keys_[(at - 1) / 4]) {
      keys_[at] = keys_[(at - 1) / 4];
      at = (at - 1) / 4;
    }
    keys_[at] = key;
  }

  void pop() {
    const Key key = keys_.back();
    keys_.pop_back();
    if (keys_.empty()) return;
    std::size_t at = 0;
    for (std::size_t first = 1; first < keys_.size(); first = 4 * at + 1) {
      std::size_t best = first;
      const std::size_t last = std::min(first + 4, keys_.size());
      for (std::size_t child = first + 1; child < last; ++child) {
        if (keys_[child] < keys_[best]) best = child;
      }
      if (!(keys_[best] < key)) break;
      keys_[at] = keys_[best];
      at = best;
    }
    keys_[at] = key;
  }

 private:
  std::vector<Key> keys_;
};

}  // namespace throng

#include "agents/platform.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <set>

#include "agents/partition.h"
#include "engine/base/parallel.h"

namespace throng {
namespace {

std::size_t partitions_of(std::span<const AgentId> agents) {
  return (agents.size() + Platform::kPartitionSize - 1) / Platform::kPartitionSize;
}

/// The partitions that wait for the outside, the first of them being number `first` of the window.
class Waiting {
 public:
  Waiting(std::span<const AgentId> agents, Exchange& outside) : agents_(agents), outside_(outside) {}

  std::size_t started() const { return first_ + partitions_.size(); }
  bool empty() const { return partitions_.empty(); }

  /// Adds partitions that have run as far as they could.
  void add(std::vector<std::unique_ptr<Partition>> partitions) {
    for (auto& partition : partitions) {
      forward(*partition);
      partitions_.push_back(std::move(partition));
    }
  }

  /// Waits for replies and goes on with them.
  void go_on() {
    std::set<std::size_t> answered;
    outside_.wait([&](const CallKey& key, std::string reply) {
      const auto place = std::ranges::lower_bound(agents_, key.actor) - agents_.begin();
      const std::size_t number = static_cast<std::size_t>(place) / Platform::kPartitionSize - first_;
      partitions_.at(number)->complete(key, std::move(reply));
      answered.insert(number);
    });
    const std::vector<std::size_t> numbers(answered.begin(), answered.end());
    parallel_for(numbers.size(), [&](std::size_t i) { partitions_[numbers[i]]->run(); });
    for (const std::size_t number : numbers) forward(*partitions_[number]);
  }

  /// The first partition if it has finished; else null.
  std::unique_ptr<Partition> take_finished() {
    if (partitions_.empty() || !partitions_.front()->finished()) return nullptr;
    std::unique_ptr<Partition> finished = std::move(partitions_.front());
    partitions_.pop_front();
    ++first_;
    return finished;
  }

 private:
  void forward(Partition& partition) {
    for (auto& [key, request] : partition.take_calls()) outside_.submit(key, std::move(request));
  }

  std::span<const AgentId> agents_;
  Exchange& outside_;
  std::size_t first_ = 0;
  std::deque<std::unique_ptr<Partition>> partitions_;
};

}  // namespace

std::unique_ptr<Partition> Platform::partition(const Window& window, Agents agents, std::size_t number,
                                               Carried* carried) const {
  const std::size_t first = number * kPartitionSize;
  auto made = std::make_unique<Partition>(
      world_, mind_, options_, draws_, window,
      agents.subspan(first, std::min(kPartitionSize, agents.size() - first)), carried);
  made->run();
  return made;
}

bool Platform::run_window(const Window& window, Agents agents, RunObserver& observer,
                          Carried* carried) const {
  observer.on_window_started(window);
  const bool finished = outside_ == nullptr ? run_alone(window, agents, observer, carried)
                                            : run_with_outside(window, agents, observer, carried);
  if (finished) observer.on_window_finished(window);
  return finished;
}

bool Platform::run_alone(const Window& window, Agents agents, RunObserver& observer, Carried* carried) const {
  std::atomic<bool> stopped = false;
  parallel_in_order<std::vector<SessionRecord>>(
      partitions_of(agents),
      [&](std::size_t number) -> std::vector<SessionRecord> {
        if (stopped || observer.wants_stop()) {
          stopped = true;
          return {};
        }
        return partition(window, agents, number, carried)->close();
      },
      [&](std::vector<SessionRecord> sessions) {
        if (!sessions.empty()) observer.on_sessions(sessions);
      });
  return !stopped;
}

bool Platform::run_with_outside(const Window& window, Agents agents, RunObserver& observer,
                                Carried* carried) const {
  Waiting waiting(agents, *outside_);
  std::size_t finished = 0;
  while (finished < partitions_of(agents)) {
    if (observer.wants_stop()) return false;
    const std::size_t first = waiting.started();
    std::vector<std::unique_ptr<Partition>> next(
        std::min(partitions_of(agents), finished + kPartitionsAtOnce) - first);
    parallel_for(next.size(),
                 [&](std::size_t i) { next[i] = partition(window, agents, first + i, carried); });
    waiting.add(std::move(next));
    while (const auto partition = waiting.take_finished()) {
      observer.on_sessions(partition->close());
      ++finished;
    }
    if (!waiting.empty()) waiting.go_on();
  }
  return true;
}

}  // namespace throng

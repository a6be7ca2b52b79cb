#include "agents/platform.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <iterator>
#include <set>

#include "engine/base/parallel.h"

namespace throng {
namespace {

/// The partitions that wait for replies, in the order of their numbers.
class Waiting {
 public:
  explicit Waiting(Gateway& gateway) : gateway_(gateway) {}

  bool empty() const { return partitions_.empty(); }
  std::size_t size() const { return partitions_.size(); }

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
    gateway_.wait([&](const CallKey& key, std::string reply) {
      const auto asked = std::ranges::lower_bound(partitions_, partition_of(key.actor), {}, number);
      (*asked)->complete(key, std::move(reply));
      answered.insert(static_cast<std::size_t>(asked - partitions_.begin()));
    });
    const std::vector<std::size_t> places(answered.begin(), answered.end());
    parallel_for(places.size(), [&](std::size_t i) { partitions_[places[i]]->run(); });
    for (const std::size_t place : places) forward(*partitions_[place]);
  }

  /// The first partition if it has finished; else null.
  std::unique_ptr<Partition> take_finished() {
    if (partitions_.empty() || !partitions_.front()->finished()) return nullptr;
    std::unique_ptr<Partition> finished = std::move(partitions_.front());
    partitions_.pop_front();
    return finished;
  }

 private:
  static std::size_t number(const std::unique_ptr<Partition>& partition) { return partition->number(); }

  void forward(Partition& partition) {
    for (auto& [key, request] : partition.take_calls()) gateway_.submit(key, std::move(request));
  }

  Gateway& gateway_;
  std::deque<std::unique_ptr<Partition>> partitions_;
};

}  // namespace

/// Hears of partitions in the order of their numbers.
struct Platform::WindowFold {
  Platform& platform;
  RunObserver& observer;
  std::vector<Effect<Picks>> effects;

  void add(PartitionResult result) {
    observer.on_partition(result);
    platform.world_.ranker.hear(result);
    std::ranges::move(result.effects, std::back_inserter(effects));
    platform.keep_states(result);
  }
};

std::vector<Platform::Group> Platform::groups() const {
  std::vector<Group> groups;
  for (auto first = agents_.begin(); first != agents_.end();) {
    const std::size_t number = partition_of(*first);
    const auto last =
        std::find_if(first, agents_.end(), [&](AgentId agent) { return partition_of(agent) != number; });
    groups.push_back({number, {first, last}});
    first = last;
  }
  return groups;
}

std::vector<AgentState> Platform::take_states(const Group& group) {
  std::vector<AgentState> taken;
  if (states_.empty()) return taken;
  for (const AgentId agent : group.agents) taken.push_back(std::move(states_[index(agent)]));
  return taken;
}

void Platform::keep_states(PartitionResult& result) {
  for (std::size_t i = 0; i < result.states.size(); ++i)
    states_[index(result.sessions[i].agent)] = std::move(result.states[i]);
}

std::unique_ptr<Partition> Platform::start(const Window& window, const Group& group) {
  auto started = std::make_unique<Partition>(group.number, world_, mind_, options_, draws_, window,
                                             group.agents, take_states(group));
  started->run();
  return started;
}

void Platform::admit(std::span<const AgentId> agents) {
  agents_.insert(agents_.end(), agents.begin(), agents.end());
  std::ranges::sort(agents_);
}

bool Platform::run_window(const Window& window, RunObserver& observer) {
  observer.on_window_started(window);
  world_.ranker.begin_window(window, gateway_);
  if (states_.empty() && !window.is_last) states_.resize(world_.population.size());
  WindowFold fold{*this, observer, {}};
  const bool finished = gateway_ == nullptr ? run_alone(window, fold) : run_with_gateway(window, fold);
  if (!finished) return false;
  if (!window.is_last) {
    world_.apply(std::move(fold.effects));
    std::erase_if(agents_, [&](AgentId agent) { return states_[index(agent)].abandoned; });
  }
  observer.on_window_finished(window);
  return true;
}

bool Platform::run_alone(const Window& window, WindowFold& fold) {
  const std::vector<Group> all = groups();
  std::atomic<bool> stopped = false;
  parallel_in_order<std::optional<PartitionResult>>(
      all.size(),
      [&](std::size_t i) -> std::optional<PartitionResult> {
        if (stopped || fold.observer.wants_stop()) {
          stopped = true;
          return std::nullopt;
        }
        return start(window, all[i])->close();
      },
      [&](std::optional<PartitionResult> result) {
        if (result) fold.add(*std::move(result));
      });
  return !stopped;
}

bool Platform::run_with_gateway(const Window& window, WindowFold& fold) {
  const std::vector<Group> all = groups();
  Waiting waiting(*gateway_);
  std::size_t started = 0;
  while (started < all.size() || !waiting.empty()) {
    if (fold.observer.wants_stop()) return false;
    std::vector<std::unique_ptr<Partition>> next(
        std::min(all.size() - started, kPartitionsAtOnce - waiting.size()));
    parallel_for(next.size(), [&](std::size_t i) { next[i] = start(window, all[started + i]); });
    started += next.size();
    waiting.add(std::move(next));
    while (const auto partition = waiting.take_finished()) fold.add(partition->close());
    if (!waiting.empty()) waiting.go_on();
  }
  return true;
}

}  // namespace throng

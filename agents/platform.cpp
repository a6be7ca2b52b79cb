#include "agents/platform.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <iterator>
#include <numeric>
#include <set>
#include <thread>

#include "engine/ranks/packing.h"

namespace throng {

namespace {

/// Effects on their way to another rank: column by column, so that they are copied in bulk.
struct EffectColumns {
  std::vector<std::int64_t> times;
  std::vector<std::uint32_t> agents;  ///< who left it, and picked
  std::vector<std::uint32_t> sequences;
  std::vector<std::uint32_t> counts;  ///< of items and of `viewed`, in turn
  std::vector<std::uint32_t> items;   ///< of all, likewise

  template <class Archive>
  void serialize(Archive& archive) {
    archive(times, agents, sequences, counts, items);
  }
};

std::string packed(std::span<const Effect<Picks>> effects) {
  EffectColumns columns;
  for (const auto& [key, picks] : effects) {
    columns.times.push_back(key.time.time_since_epoch().count());
    columns.agents.push_back(static_cast<std::uint32_t>(key.source));
    columns.sequences.push_back(key.sequence);
    for (const std::vector<ItemId>* items : {&picks.items, &picks.viewed}) {
      columns.counts.push_back(static_cast<std::uint32_t>(items->size()));
      std::ranges::transform(*items, std::back_inserter(columns.items),
                             [](ItemId item) { return static_cast<std::uint32_t>(item); });
    }
  }
  return pack(columns);
}

/// Adds what `packed` made.
void unpack_to(std::vector<Effect<Picks>>& effects, std::string_view bytes) {
  const auto columns = unpack<EffectColumns>(bytes);
  auto item = columns.items.begin();
  for (std::size_t i = 0; i < columns.agents.size(); ++i) {
    const AgentId agent{columns.agents[i]};
    Effect<Picks>& effect =
        effects.emplace_back(Effect<Picks>{.key = {.time = VirtualTime(Duration(columns.times[i])),
                                                   .source = agent,
                                                   .sequence = columns.sequences[i]},
                                           .change = {.agent = agent}});
    for (const auto& [items, count] : {std::pair(&effect.change.items, columns.counts[2 * i]),
                                       std::pair(&effect.change.viewed, columns.counts[2 * i + 1])}) {
      items->reserve(count);
      std::transform(item, item + count, std::back_inserter(*items),
                     [](std::uint32_t id) { return ItemId{id}; });
      item += count;
    }
  }
}

/// For each call that can be under way there are two sessions: while the replies of some are committed, read and thought about,
/// the calls of others must be there to go.
constexpr std::size_t kSessionsPerCall = 2;
/// At most so many partitions are open: where few of a partition's agents ask, its others only take memory.
constexpr std::size_t kOpenPartitions = 512;

std::size_t threads() { return std::max(1U, std::thread::hardware_concurrency()); }

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

/// The partitions of a window whose sessions are under way, in the order of their numbers. Sessions are started in the order of
/// agents, but for several partitions being started at once, for as many threads.
class Platform::Waves {
 public:
  Waves(Platform& platform, const Window& window)
      : platform_(platform),
        gateway_(*platform.gateway_),
        window_(window),
        groups_(platform.groups()),
        most_(kSessionsPerCall * std::min(platform.calls_at_once_, groups_.size() * kPartitionSize)) {}

  bool finished() const { return opened_ == groups_.size() && open_.empty(); }

  /// Sessions that wait for replies.
  std::size_t under_way() const {
    return std::accumulate(
        open_.begin(), open_.end(), std::size_t{0},
        [](std::size_t sum, const auto& partition) { return sum + partition->under_way(); });
  }

  /// Starts sessions until as many are under way as may be, or all have been started.
  void start() {
    while (true) {
      const std::size_t room = most_ - std::min(most_, under_way());
      if (room == 0) return;
      open_more();
      std::vector<Partition*> starting;
      for (const auto& partition : open_) {
        if (starting.size() < std::min(threads(), room) && !partition->all_started())
          starting.push_back(partition.get());
      }
      if (starting.empty()) return;
      parallel_for(starting.size(), [&](std::size_t i) { starting[i]->start(room / starting.size()); });
      for (Partition* const partition : starting) forward(*partition);
    }
  }

  /// Waits for replies and goes on with them.
  void go_on() {
    std::set<std::size_t> answered;
    gateway_.wait([&](const CallKey& key, std::string reply) {
      const auto asked = std::ranges::lower_bound(open_, partition_of(key.actor), {}, number);
      (*asked)->complete(key, std::move(reply));
      answered.insert(static_cast<std::size_t>(asked - open_.begin()));
    });
    const std::vector<std::size_t> places(answered.begin(), answered.end());
    parallel_for(places.size(), [&](std::size_t i) { open_[places[i]]->run(); });
    for (const std::size_t place : places) forward(*open_[place]);
  }

  /// The first partition if it has finished; else null.
  std::unique_ptr<Partition> take_finished() {
    if (open_.empty() || !open_.front()->finished()) return nullptr;
    std::unique_ptr<Partition> finished = std::move(open_.front());
    open_.pop_front();
    return finished;
  }

  /// Nobody goes on.
  void stop(RunObserver& observer) {
    for (const auto& partition : open_) observer.on_stopped(partition->take_over());
    open_.clear();
  }

 private:
  static std::size_t number(const std::unique_ptr<Partition>& partition) { return partition->number(); }

  /// Sees to it that each thread has a partition to start sessions of.
  void open_more() {
    const auto starting = static_cast<std::size_t>(
        std::ranges::count_if(open_, [](const auto& partition) { return !partition->all_started(); }));
    if (starting >= threads() || open_.size() >= kOpenPartitions) return;
    std::vector<std::unique_ptr<Partition>> more(
        std::min({threads() - starting, kOpenPartitions - open_.size(), groups_.size() - opened_}));
    parallel_for(more.size(),
                 [&](std::size_t i) { more[i] = platform_.open(window_, groups_[opened_ + i]); });
    opened_ += more.size();
    std::ranges::move(more, std::back_inserter(open_));
  }

  void forward(Partition& partition) {
    for (auto& [key, request] : partition.take_calls()) gateway_.submit(key, std::move(request));
  }

  Platform& platform_;
  Gateway& gateway_;
  const Window& window_;
  std::vector<Group> groups_;
  std::size_t most_;        ///< sessions under way at once
  std::size_t opened_ = 0;  ///< of the groups, from the first
  std::deque<std::unique_ptr<Partition>> open_;
};

std::pair<AgentId, AgentId> own_agents(const Ranks& ranks, const Population& population) {
  const auto [first, last] = ranks.own_block(num_chunks(population.size(), kPartitionSize));
  const auto agent = [&](std::size_t partition) {
    return AgentId(
        static_cast<std::uint32_t>(std::min<std::size_t>(partition * kPartitionSize, population.size())));
  };
  return {agent(first), agent(last)};
}

Platform::Platform(World& world, Mind& mind, const SessionOptions& options, const Draws& draws,
                   std::span<const AgentId> agents, Gateway* gateway, std::size_t calls_at_once, Ranks& ranks)
    : world_(world),
      mind_(mind),
      options_(options),
      draws_(draws),
      ranks_(ranks),
      own_(own_agents(ranks, world.population)),
      gateway_(gateway),
      calls_at_once_(calls_at_once) {
  if (!world_.learns) world_.keeps = own_;
  admit(agents);
}

std::vector<Platform::Group> Platform::groups() const {
  return by_partition(Group(agents_), [](AgentId agent) { return agent; });
}

std::vector<AgentState> Platform::take_states(Group group) {
  std::vector<AgentState> taken;
  if (states_.empty()) return taken;
  for (const AgentId agent : group) taken.push_back(std::move(state_of(agent)));
  return taken;
}

void Platform::keep_states(PartitionResult& result) {
  for (std::size_t i = 0; i < result.states.size(); ++i)
    state_of(result.sessions[i].agent) = std::move(result.states[i]);
}

std::unique_ptr<Partition> Platform::open(const Window& window, Group group) {
  return std::make_unique<Partition>(partition_of(group.front()), world_, mind_, options_, draws_, window,
                                     group, take_states(group));
}

void Platform::admit(std::span<const AgentId> agents) {
  std::ranges::copy_if(agents, std::back_inserter(agents_), [&](AgentId agent) { return is_own(agent); });
  std::ranges::sort(agents_);
}

bool Platform::run_window(const Window& window, RunObserver& observer) {
  observer.on_window_started(window);
  world_.ranker.begin_window(window, gateway_);
  if (states_.empty() && !window.is_last) states_.resize(index(own_.second) - index(own_.first));
  WindowFold fold{*this, observer, {}};
  if (!play_on_all_ranks(window, fold)) return false;
  if (!window.is_last) {
    world_.apply(exchanged(std::move(fold.effects)));
    std::erase_if(agents_, [&](AgentId agent) { return state_of(agent).abandoned; });
  }
  observer.on_window_finished(window);
  return true;
}

bool Platform::play_on_all_ranks(const Window& window, WindowFold& fold) {
  const std::string stopped = "stopped";
  const std::vector<std::string> ends = on_all(ranks_, [&] { return play(window, fold) ? "" : stopped; });
  return std::ranges::find(ends, stopped) == ends.end();
}

bool Platform::play(const Window& window, WindowFold& fold) {
  // Whatever comes of it here: the others must not go on for long, nor wait for this rank's calls.
  const auto close = [&] {
    if (gateway_ != nullptr) gateway_->close_window();
  };
  try {
    const bool finished = gateway_ == nullptr ? run_alone(window, fold) : run_with_gateway(window, fold);
    if (!finished) tell_to_stop(ranks_);
    close();
    return finished;
  } catch (...) {
    tell_to_stop(ranks_);
    close();
    throw;
  }
}

/// The picks of its own agents are what a rank needs for its rankings; of all agents where they are learned from.
std::vector<Effect<Picks>> Platform::exchanged(std::vector<Effect<Picks>> effects) {
  if (ranks_.is_alone() || !world_.learns) return effects;
  std::vector<Effect<Picks>> all;
  const std::vector<std::string> from_each = ranks_.all_gather(packed(effects));
  for (std::size_t rank = 0; rank < from_each.size(); ++rank) {
    if (rank == ranks_.self()) {
      std::ranges::move(effects, std::back_inserter(all));
    } else {
      unpack_to(all, from_each[rank]);
    }
  }
  return all;
}

bool Platform::wants_stop(const RunObserver& observer) const {
  return observer.wants_stop() || is_told_to_stop(ranks_);
}

bool Platform::run_alone(const Window& window, WindowFold& fold) {
  const std::vector<Group> all = groups();
  std::atomic<bool> stopped = false;
  parallel_in_order<std::optional<PartitionResult>>(
      all.size(),
      [&](std::size_t i) -> std::optional<PartitionResult> {
        if (stopped || wants_stop(fold.observer)) {
          stopped = true;
          return std::nullopt;
        }
        const std::unique_ptr<Partition> partition = open(window, all[i]);
        partition->start(kPartitionSize);
        return partition->close();
      },
      [&](std::optional<PartitionResult> result) {
        if (result) fold.add(*std::move(result));
      });
  return !stopped;
}

bool Platform::run_with_gateway(const Window& window, WindowFold& fold) {
  Waves waves(*this, window);
  try {
    while (!waves.finished()) {
      if (wants_stop(fold.observer)) {
        waves.stop(fold.observer);
        return false;
      }
      waves.start();
      while (const auto partition = waves.take_finished()) fold.add(partition->close());
      if (waves.under_way() > 0) waves.go_on();
    }
    return true;
  } catch (const Failure&) {
    waves.stop(fold.observer);
    throw;
  }
}

}  // namespace throng

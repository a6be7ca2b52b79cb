#include "engine/polite/concurrency_limit.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <vector>

#include <gmock/gmock.h>

#include "tests/engine/polite/simulation.h"

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

enum class WhenFull { queue, reject };

/// A client that always wants more, in front of a server with slots.
struct SlotWorld {
  Simulation simulation;
  ConcurrencyLimit limit;
  int slots;
  WhenFull when_full;
  double fault_rate = 0;  ///< of 503s that have nothing to do with load
  double spread = 0.5;    ///< latencies are log-normal with this sigma
  double mean_ms = 300;
  int demand = std::numeric_limits<int>::max();
  int busy = 0;
  int served = 0;
  int most_seen = 0;
  std::deque<Instant> queue;

  SlotWorld(const ConcurrencyLimitOptions& options, int server_slots, WhenFull behaviour,
            std::uint64_t seed = 1)
      : simulation(seed), limit(options), slots(server_slots), when_full(behaviour) {}

  void run(Instant end) {
    simulation.at(std::max(kStart, simulation.now()), [this] { fill(); });
    simulation.run_until(end);
  }

  void fill() {
    while (limit.in_flight() < demand) {
      const Instant at = limit.earliest(simulation.now());
      if (at > simulation.now()) {
        if (at != kNever) simulation.wake(at, [this] { fill(); });
        return;
      }
      limit.start();
      arrive();
    }
  }

  void finish(CallSignal signal, Instant sent) {
    limit.finish(simulation.now(), signal, simulation.now() - sent);
    most_seen = std::max(most_seen, limit.in_flight());
    fill();
  }

  void arrive() {
    const Instant sent = simulation.now();
    if (simulation.uniform(0, 1) < fault_rate) {
      simulation.after(milliseconds(20), [this, sent] { finish(CallSignal::overloaded, sent); });
    } else if (busy < slots) {
      ++busy;
      serve(sent);
    } else if (when_full == WhenFull::queue) {
      queue.push_back(sent);
    } else {
      simulation.after(milliseconds(20), [this, sent] { finish(CallSignal::overloaded, sent); });
    }
  }

  void serve(Instant sent) {
    const double normal =
        std::sqrt(-2 * std::log(simulation.uniform(1e-12, 1))) * std::cos(simulation.uniform(0, 6.283185307));
    const double ms = mean_ms * std::exp(spread * normal - spread * spread / 2);
    simulation.after(Delay(static_cast<Delay::rep>(ms * 1000)), [this, sent] {
      ++served;
      if (queue.empty()) {
        --busy;
      } else {
        serve(queue.front());
        queue.pop_front();
      }
      finish(CallSignal::success, sent);
    });
  }

  /// The mean limit over a minute, every second of which counts.
  double settled_limit() {
    double sum = 0;
    for (int second = 0; second < 60; ++second) {
      simulation.run_until(simulation.now() + seconds(1));
      sum += limit.limit();
    }
    return sum / 60;
  }
};

class Slots : public ::testing::TestWithParam<std::tuple<int, WhenFull, std::uint64_t>> {};

TEST_P(Slots, AreFoundWithinTwentyPercent) {
  const auto [slots, when_full, seed] = GetParam();
  SlotWorld world({.max = 10'000}, slots, when_full, seed);
  world.run(kStart + minutes(3));
  const int before = world.served;
  const double limit = world.settled_limit();
  EXPECT_GE(limit, std::floor(0.8 * slots));
  EXPECT_LE(limit, std::ceil(1.2 * slots));
  const double best = slots * 60 / 0.3;
  EXPECT_GE(world.served - before, (slots < 16 ? 0.7 : 0.8) * best);
}

INSTANTIATE_TEST_SUITE_P(Servers, Slots,
                         ::testing::Combine(::testing::Values(1, 4, 16, 50, 200, 1000),
                                            ::testing::Values(WhenFull::queue, WhenFull::reject),
                                            ::testing::Values(1, 2, 3, 4)));

TEST(ConcurrencyLimit, TenThousandMeansTenThousand) {
  SlotWorld world({.max = 10'000}, 1'000'000, WhenFull::queue);
  world.run(kStart + seconds(15));
  EXPECT_EQ(world.most_seen, 10'000 - 1);  // looked at when one has just left
  EXPECT_EQ(world.limit.limit(), 10'000);
  world.run(kStart + minutes(2));
  EXPECT_EQ(world.limit.limit(), 10'000) << "and it stays";
}

TEST(ConcurrencyLimit, DoesNotGrowWhileUnderUsed) {
  SlotWorld world({.max = 10'000, .initial = 32}, 1'000'000, WhenFull::queue);
  world.demand = 10;
  world.run(kStart + minutes(5));
  EXPECT_EQ(world.limit.limit(), 32);
}

TEST(ConcurrencyLimit, RandomFaultsAreNotLoad) {
  SlotWorld world({.max = 500}, 1'000'000, WhenFull::queue);
  world.fault_rate = 0.3;
  world.run(kStart + minutes(2));
  EXPECT_GE(world.settled_limit(), 450);
}

TEST(ConcurrencyLimit, FollowsAServerThatGainsAndLosesSlots) {
  SlotWorld world({.max = 1000}, 40, WhenFull::queue);
  world.run(kStart + minutes(3));
  world.slots = 120;
  for (int i = 0; i < 80 && !world.queue.empty(); ++i) {
    ++world.busy;
    world.serve(world.queue.front());
    world.queue.pop_front();
  }
  world.run(kStart + minutes(8));
  EXPECT_NEAR(world.settled_limit(), 120, 120 * 0.2);
}

TEST(ConcurrencyLimit, AServerThatIsJustSlowerIsNotStarved) {
  SlotWorld world({.max = 200}, 1'000'000, WhenFull::queue);
  world.run(kStart + minutes(2));
  world.mean_ms = 900;
  world.run(kStart + minutes(10));
  EXPECT_GE(world.settled_limit(), 160);
}

/// Full at once, and looked at every 10 ms; replies are read in between, `counts` of them per tenth of a second.
int limit_after(const std::vector<int>& counts) {
  ConcurrencyLimit limit({.max = 1000, .initial = 64});
  Instant now = kStart;
  for (const int count : counts) {
    for (int i = 0; i < count; ++i) limit.finish(now, CallSignal::success, milliseconds(100));
    for (int tick = 0; tick < 10; ++tick, now += milliseconds(10)) {
      while (limit.earliest(now) == now) limit.start();
    }
  }
  return limit.limit();
}

TEST(ConcurrencyLimit, GrowsByTimeWhileNothingHasComeBack) {
  EXPECT_EQ(limit_after({0}), 64);
  EXPECT_EQ(limit_after({0, 0, 0}), 256);
  EXPECT_EQ(limit_after({0, 0, 0, 0, 0, 0}), 1000);
}

TEST(ConcurrencyLimit, RepliesThatAreReadLateAreNoTrouble) {
  EXPECT_EQ(limit_after({0, 1, 0, 60, 60}), 256) << "the client was busy for 0.2 s";
  EXPECT_LT(limit_after({0, 1, 1, 1, 1, 1, 1}), 64) << "a server with hardly a slot";
}

TEST(ConcurrencyLimit, FixedIsFixed) {
  SlotWorld world({.mode = ConcurrencyMode::fixed, .max = 300}, 10, WhenFull::queue);
  world.run(kStart + minutes(1));
  EXPECT_EQ(world.limit.limit(), 300);
}

}  // namespace
}  // namespace throng

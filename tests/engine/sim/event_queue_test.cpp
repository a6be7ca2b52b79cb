#include "engine/sim/event_queue.h"

#include <algorithm>
#include <map>
#include <random>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;

constexpr VirtualTime kForever = VirtualTime::max();

EventKey key(std::int64_t time, std::int32_t priority = 0, unsigned source = 0, std::uint64_t sequence = 0) {
  return {.time = VirtualTime(Duration(time)),
          .priority = priority,
          .source = ActorId(source),
          .sequence = sequence};
}

std::vector<int> pop_all(EventQueue<int>& queue, VirtualTime end = kForever) {
  std::vector<int> payloads;
  while (const auto event = queue.pop_before(end)) payloads.push_back(event->payload);
  return payloads;
}

TEST(EventQueue, OrdersByTimePrioritySourceAndSequence) {
  EventQueue<int> queue;
  queue.push(key(2), 6);
  queue.push(key(1, 0, 1, 1), 4);
  queue.push(key(1, 1, 0, 0), 5);
  queue.push(key(1, 0, 1, 0), 3);
  queue.push(key(1, 0, 0, 9), 2);
  queue.push(key(1, -1, 5, 0), 1);
  EXPECT_THAT(pop_all(queue), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(EventQueue, PopsOnlyBeforeTheEnd) {
  EventQueue<int> queue;
  queue.push(key(5), 5);
  queue.push(key(4), 4);
  EXPECT_THAT(pop_all(queue, VirtualTime(Duration(5))), ElementsAre(4));
  EXPECT_EQ(queue.size(), 1U);
}

TEST(EventQueue, CancelRemovesAPendingEventOnceAndKnowsStaleHandles) {
  EventQueue<int> queue;
  const EventHandle first = queue.push(key(1), 1);
  queue.push(key(2), 2);
  EXPECT_TRUE(queue.cancel(first));
  EXPECT_FALSE(queue.cancel(first));
  const EventHandle reused = queue.push(key(3), 3);  // takes the slot of the cancelled event
  EXPECT_FALSE(queue.cancel(first));
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_THAT(pop_all(queue), ElementsAre(2, 3));
  EXPECT_FALSE(queue.cancel(reused));
}

// Against std::map as the model, under a random mix of pushes, cancels and pops with many ties.
TEST(EventQueue, AgreesWithAnOrderedMapUnderRandomUse) {
  std::mt19937 random(1);  // NOLINT: reproducible on purpose
  EventQueue<int> queue;
  std::map<EventKey, std::pair<int, EventHandle>> model;
  for (int step = 0; step < 20000; ++step) {
    const unsigned action = random() % 8;
    if (action < 4) {
      const EventKey next =
          key(random() % 50, static_cast<int>(random() % 3), random() % 4, static_cast<std::uint64_t>(step));
      model.emplace(next, std::pair(step, queue.push(next, step)));
    } else if (action < 6 && !model.empty()) {
      const auto victim = std::next(model.begin(), random() % model.size());
      EXPECT_TRUE(queue.cancel(victim->second.second));
      model.erase(victim);
    } else if (!model.empty()) {
      const auto event = queue.pop_before(kForever);
      ASSERT_TRUE(event.has_value());
      EXPECT_EQ(event->key, model.begin()->first);
      EXPECT_EQ(event->payload, model.begin()->second.first);
      model.erase(model.begin());
    }
    ASSERT_EQ(queue.size(), model.size());
  }
}

}  // namespace
}  // namespace throng

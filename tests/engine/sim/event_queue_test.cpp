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

TEST(EventQueue, ADefaultHandleNamesNothing) {
  EventQueue<int> queue;
  queue.push(key(1), 1);
  EXPECT_FALSE(queue.cancel(EventHandle{}));
  EXPECT_EQ(queue.size(), 1U);
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

// The queue may have begun to sort out what lies at `end` or later when it finds nothing before it.
TEST(EventQueue, AnEventMayComeBeforeThoseThatWereSearchedInVain) {
  for (std::int64_t scale = 1 << 6; scale < std::int64_t{1} << 50; scale *= 2) {
    EventQueue<int> queue;
    for (int i = 0; i < 100; ++i)
      queue.push(key(scale + scale / 2 + i % 7, 0, 0, static_cast<unsigned>(i)), 2);
    EXPECT_FALSE(queue.pop_before(VirtualTime(Duration(scale + scale / 4))).has_value());
    queue.push(key(scale - 1, 0, 1), 1);
    ASSERT_EQ(queue.pop_before(kForever)->payload, 1);
  }
}

// The same in windows over times from microseconds to years, before and after 0: events are pushed anywhere
// from the start of the window on, before others that are pending or have been popped, also when nothing is
// left in the window.
TEST(EventQueue, AgreesWithAnOrderedMapInWindowsOverAllScalesOfTime) {
  std::mt19937_64 random(2);  // NOLINT: reproducible on purpose
  EventQueue<int> queue;
  std::map<EventKey, std::pair<int, EventHandle>> model;
  std::int64_t begin = -1'000'000;
  int pushed = 0;
  const auto some_time = [&] { return static_cast<std::int64_t>(random() >> (random() % 44 + 20)); };
  const auto push_some = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i, ++pushed) {
      const EventKey next = key(begin + some_time(), static_cast<int>(random() % 5) - 2,
                                static_cast<unsigned>(random() % 100), static_cast<std::uint64_t>(pushed));
      model.emplace(next, std::pair(pushed, queue.push(next, pushed)));
    }
  };
  for (int window = 0; window < 1000; ++window) {
    push_some(random() % 200);
    const std::int64_t end = begin + some_time();
    for (;;) {
      if (random() % 4 == 0) push_some(random() % 3);
      if (random() % 8 == 0 && !model.empty()) {
        const auto victim = std::next(model.begin(), static_cast<std::int64_t>(random() % model.size()));
        EXPECT_TRUE(queue.cancel(victim->second.second));
        model.erase(victim);
      }
      const auto event = queue.pop_before(VirtualTime(Duration(end)));
      const bool expected = !model.empty() && model.begin()->first.time < VirtualTime(Duration(end));
      ASSERT_EQ(event.has_value(), expected);
      if (!event) break;
      ASSERT_EQ(event->key, model.begin()->first);
      ASSERT_EQ(event->payload, model.begin()->second.first);
      model.erase(model.begin());
      ASSERT_EQ(queue.size(), model.size());
    }
    if (random() % 2 == 0) begin = end;
  }
}

}  // namespace
}  // namespace throng

#include "engine/polite/dispatch.h"

#include <algorithm>
#include <queue>
#include <vector>

#include <gmock/gmock.h>

#include "engine/polite/rate_limit.h"

namespace throng {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Optional;

std::vector<ServiceOrder::CallId> pop_all(ServiceOrder& order) {
  std::vector<ServiceOrder::CallId> calls;
  while (const auto place = order.pop()) calls.push_back(place->call);
  return calls;
}

TEST(ServiceOrder, LongestChainFirstThenFirstCome) {
  ServiceOrder order;
  order.push(10, 1);
  order.push(11, 5);
  order.push(12, 1);
  order.push(13, 5);
  order.push(14, 9);
  EXPECT_EQ(order.front()->call, 14U);
  EXPECT_THAT(pop_all(order), ElementsAre(14, 11, 13, 10, 12));
}

TEST(ServiceOrder, CancelsOnceAndOnlyWhatWaits) {
  ServiceOrder order;
  const auto first = order.push(1, 1);
  const auto second = order.push(2, 1);
  EXPECT_TRUE(order.cancel(first));
  EXPECT_FALSE(order.cancel(first));
  EXPECT_EQ(order.pop()->call, 2U);
  EXPECT_FALSE(order.cancel(second));
  EXPECT_TRUE(order.empty());
}

TEST(ServiceOrder, ARetryKeepsItsPlaceAmongItsEquals) {
  ServiceOrder order;
  order.push(1, 3);
  order.push(2, 3);
  const auto first = order.pop();
  order.push_again(*first);
  EXPECT_THAT(pop_all(order), ElementsAre(1, 2));
}

/// Agents with chains of calls of different length, one after the other, on a server with constant latency.
/// Returns the seconds until the last reply.
double play(const std::vector<std::uint32_t>& chains, std::int64_t rpm, double latency, Pacing pacing) {
  struct Reply {
    Instant at;
    std::size_t agent;
    bool operator<(const Reply& other) const { return at > other.at; }
  };
  RateLimit limit({.requests_per_minute = rpm, .pacing = pacing});
  ServiceOrder order;
  std::vector<std::uint32_t> left = chains;
  std::priority_queue<Reply> replies;
  for (std::size_t agent = 0; agent < chains.size(); ++agent) order.push(agent, left[agent]);
  Instant now{};
  while (!order.empty() || !replies.empty()) {
    Instant next = kNever;
    while (!order.empty()) {
      const Admission admission = limit.admit(now, 0).value();
      next = admission.ask_again;
      if (!admission.sent) break;
      replies.push({now + Delay(static_cast<Delay::rep>(latency * 1e6)), order.pop()->call});
    }
    if (!replies.empty() && (order.empty() || replies.top().at <= next)) {
      now = replies.top().at;
      const std::size_t agent = replies.top().agent;
      replies.pop();
      if (--left[agent] > 0) order.push(agent, left[agent]);
    } else {
      now = next;
    }
  }
  return std::chrono::duration<double>(now - Instant()).count();
}

TEST(ServiceOrder, ABatchTakesAtMostFivePercentLongerThanItMust) {
  // A few long chains among many short ones; the first bound is the rate, the second the longest chain.
  for (const double latency : {1.0, 5.0, 20.0}) {
    std::vector<std::uint32_t> chains(2000, 5);
    for (std::size_t i = 0; i < 20; ++i) chains[100 * i + 99] = 60;
    const std::int64_t rpm = 1200;
    double calls = 0;
    for (const std::uint32_t chain : chains) calls += chain;
    const double least = std::max(calls / static_cast<double>(rpm) * 60, 60 * latency);
    EXPECT_LE(play(chains, rpm, latency, Pacing::even), 1.05 * least) << latency;
    // In bursts, a long chain whose reply comes after the burst waits for the next one.
    EXPECT_LE(play(chains, rpm, latency, Pacing::automatic), 1.35 * least) << latency;
  }
}

constexpr Instant kAt{seconds(100)};

TEST(EndpointChoice, TakesTheLeastLoadedForItsSize) {
  const std::vector<EndpointState> endpoints{{.outstanding = 8, .capacity = 10},
                                             {.outstanding = 70, .capacity = 100},
                                             {.outstanding = 3, .capacity = 4}};
  EXPECT_THAT(choose_endpoint(endpoints, kAt).chosen, Optional(1U));
}

TEST(EndpointChoice, SkipsTheHaltedTheParkedAndTheFull) {
  const std::vector<EndpointState> endpoints{{.health = EndpointHealth::halted, .capacity = 10},
                                             {.ready_at = kAt + seconds(5), .capacity = 10},
                                             {.outstanding = 10, .capacity = 10},
                                             {.outstanding = 9, .capacity = 10}};
  EXPECT_THAT(choose_endpoint(endpoints, kAt).chosen, Optional(3U));
}

TEST(EndpointChoice, SaysWhenToAskAgain) {
  std::vector<EndpointState> endpoints{{.ready_at = kAt + seconds(9), .capacity = 10},
                                       {.ready_at = kAt + seconds(5), .capacity = 10},
                                       {.ready_at = kAt + seconds(1), .outstanding = 10, .capacity = 10}};
  EndpointChoice choice = choose_endpoint(endpoints, kAt);
  EXPECT_FALSE(choice.chosen);
  EXPECT_EQ(choice.ask_again, kAt + seconds(5));
  for (EndpointState& endpoint : endpoints) endpoint.health = EndpointHealth::halted;
  EXPECT_EQ(choose_endpoint(endpoints, kAt).ask_again, kNever);
  EXPECT_TRUE(all_halted(endpoints));
}

TEST(EndpointChoice, SpreadsWorkInProportion) {
  std::vector<EndpointState> endpoints{{.capacity = 100}, {.capacity = 50}, {.capacity = 10}};
  for (int i = 0; i < 80; ++i) endpoints[choose_endpoint(endpoints, kAt).chosen.value()].outstanding += 1;
  EXPECT_THAT((std::vector{endpoints[0].outstanding, endpoints[1].outstanding, endpoints[2].outstanding}),
              ElementsAre(50, 25, 5));
}

}  // namespace

}  // namespace throng

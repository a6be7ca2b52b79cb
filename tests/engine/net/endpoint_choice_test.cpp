#include "engine/net/endpoint_choice.h"

#include <vector>

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Optional;

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

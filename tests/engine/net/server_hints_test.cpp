#include "engine/net/server_hints.h"

#include <map>
#include <string>

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Optional;

ServerHints hints_of(const std::map<std::string, std::string, std::less<>>& headers) {
  const auto lookup = [&](std::string_view name) -> std::optional<std::string_view> {
    const auto found = headers.find(name);
    if (found == headers.end()) return std::nullopt;
    return found->second;
  };
  return read_server_hints(lookup, WallTime(seconds(784111777)));
}

TEST(ServerHints, ReadsTheHeadersOfARateLimit) {
  const ServerHints hints = hints_of({{"x-ratelimit-limit-requests", "60"},
                                      {"x-ratelimit-remaining-requests", "59"},
                                      {"x-ratelimit-reset-requests", "1s"},
                                      {"x-ratelimit-limit-tokens", "150000"},
                                      {"x-ratelimit-remaining-tokens", "149984"},
                                      {"x-ratelimit-reset-tokens", "6m0s"},
                                      {"x-should-retry", "true"}});
  EXPECT_THAT(hints.requests.limit, Optional(60));
  EXPECT_THAT(hints.requests.remaining, Optional(59));
  EXPECT_THAT(hints.tokens.limit, Optional(150000));
  EXPECT_THAT(hints.tokens.reset, Optional(Delay(minutes(6))));
  EXPECT_THAT(hints.should_retry, Optional(true));
  EXPECT_EQ(hints.wait(), std::nullopt) << "nothing is used up";
}

TEST(ServerHints, TheLongerRetryAfterHolds) {
  EXPECT_THAT(hints_of({{"retry-after-ms", "1500"}, {"retry-after", "1"}}).wait(),
              Optional(Delay(milliseconds(1500))));
  EXPECT_THAT(hints_of({{"retry-after-ms", "1500"}, {"retry-after", "4"}}).wait(),
              Optional(Delay(seconds(4))));
  EXPECT_THAT(hints_of({{"retry-after-ms", "1500"}, {"retry-after", "2"}}).wait(),
              Optional(Delay(milliseconds(1500))))
      << "the same, rounded up to seconds";
  EXPECT_THAT(hints_of({{"retry-after-ms", "oops"}, {"retry-after", "2"}}).wait(),
              Optional(Delay(seconds(2))));
}

TEST(ServerHints, WithoutRetryAfterTheLimitThatIsUsedUpTells) {
  EXPECT_THAT(hints_of({{"x-ratelimit-remaining-requests", "0"},
                        {"x-ratelimit-reset-requests", "7s"},
                        {"x-ratelimit-remaining-tokens", "500"},
                        {"x-ratelimit-reset-tokens", "50s"}})
                  .wait(),
              Optional(Delay(seconds(7))));
  EXPECT_THAT(hints_of({{"x-ratelimit-reset-requests", "7s"}}).wait(), Optional(Delay(seconds(7))));
}

TEST(ServerHints, DatesCountFromTheServersOwnClock) {
  EXPECT_THAT(
      hints_of({{"date", "Mon, 07 Nov 1994 08:00:00 GMT"}, {"retry-after", "Mon, 07 Nov 1994 08:00:30 GMT"}})
          .wait(),
      Optional(Delay(seconds(30))));
  EXPECT_THAT(hints_of({{"date", "?"}, {"retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"}}).wait(),
              Optional(Delay(seconds(3))));
}

TEST(ServerHints, GarbageIsNothingSaid) {
  const ServerHints hints = hints_of({{"x-ratelimit-limit-requests", "lots"},
                                      {"x-ratelimit-limit-tokens", "0"},
                                      {"x-ratelimit-remaining-tokens", "-1"},
                                      {"x-ratelimit-reset-tokens", "-1"},
                                      {"x-should-retry", "perhaps"},
                                      {"retry-after", "99999999999999999999 years"}});
  EXPECT_FALSE(hints.requests.limit || hints.tokens.limit || hints.tokens.remaining || hints.tokens.reset);
  EXPECT_FALSE(hints.should_retry || hints.retry_after || hints.wait());
}

}  // namespace
}  // namespace throng

#include "engine/polite/server_hints.h"

#include <map>
#include <string>

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Optional;

constexpr auto kNothing = std::nullopt;

/// 6 November 1994, 08:49:37 GMT: the date in RFC 9110's examples.
constexpr WallTime kNow{seconds(784111777)};

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_THAT(parse_retry_after("120", kNow), Optional(Delay(seconds(120))));
  EXPECT_THAT(parse_retry_after(" 0 ", kNow), Optional(Delay(0)));
  EXPECT_THAT(parse_retry_after("1.5", kNow), Optional(Delay(milliseconds(1500))));
  EXPECT_THAT(parse_retry_after("0.0000001", kNow), Optional(Delay(1))) << "never less than the server said";
}

TEST(RetryAfter, ReadsAllThreeFormsOfHttpDates) {
  for (const char* date :
       {"Sun, 06 Nov 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT", "Sun Nov  6 08:50:37 1994"}) {
    EXPECT_THAT(parse_retry_after(date, kNow), Optional(Delay(seconds(60)))) << date;
  }
  EXPECT_THAT(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", kNow), Optional(Delay(0))) << "past";
}

TEST(RetryAfter, SaysNothingForWhatItDoesNotUnderstand) {
  for (const char* value :
       {"", "  ", "-1", "-0.5", "soon", "1 2", "1s x", "inf", "nan", "0x10", "1e3", "+5", ".5", "--",
        "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 99 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_retry_after(value, kNow), kNothing) << value;
    EXPECT_EQ(parse_retry_after_ms(value), kNothing) << value;
  }
}

TEST(RetryAfter, HugeDelaysAreCapped) {
  const std::string digits(400, '9');
  EXPECT_THAT(parse_retry_after(digits, kNow), Optional(kLongestDelay));
  EXPECT_THAT(parse_retry_after_ms(digits), Optional(kLongestDelay));
  EXPECT_THAT(parse_rate_limit_reset(digits + "h", kNow), Optional(kLongestDelay));
  EXPECT_THAT(parse_retry_after("Sun, 06 Nov 2994 08:50:37 GMT", kNow), Optional(kLongestDelay));
}

TEST(RetryAfter, ReadsMilliseconds) {
  EXPECT_THAT(parse_retry_after_ms("120"), Optional(Delay(milliseconds(120))));
  EXPECT_THAT(parse_retry_after_ms("0.25"), Optional(Delay(250)));
}

TEST(RateLimitReset, ReadsDurations) {
  EXPECT_THAT(parse_rate_limit_reset("1s", kNow), Optional(Delay(seconds(1))));
  EXPECT_THAT(parse_rate_limit_reset("6m0s", kNow), Optional(Delay(minutes(6))));
  EXPECT_THAT(parse_rate_limit_reset("120ms", kNow), Optional(Delay(milliseconds(120))));
  EXPECT_THAT(parse_rate_limit_reset("1h2m3.5s", kNow),
              Optional(Delay(hours(1) + minutes(2) + milliseconds(3500))));
  EXPECT_THAT(parse_rate_limit_reset("1d", kNow), Optional(Delay(hours(24))));
  EXPECT_THAT(parse_rate_limit_reset("17µs", kNow), Optional(Delay(17)));
}

TEST(RateLimitReset, ReadsNumbersAndTimes) {
  EXPECT_THAT(parse_rate_limit_reset("59.2", kNow), Optional(Delay(milliseconds(59200))));
  EXPECT_THAT(parse_rate_limit_reset("1000000030", WallTime(seconds(1000000000))),
              Optional(Delay(seconds(30))));
  EXPECT_THAT(parse_rate_limit_reset("1000000030000", WallTime(seconds(1000000000))),
              Optional(Delay(seconds(30))));
  EXPECT_THAT(parse_rate_limit_reset("1994-11-06T08:49:47Z", kNow), Optional(Delay(seconds(10))));
  EXPECT_THAT(parse_rate_limit_reset("1994-11-06T08:49:47.25Z", kNow), Optional(Delay(milliseconds(10250))));
  EXPECT_THAT(parse_rate_limit_reset("1994-11-06T10:49:47+02:00", kNow), Optional(Delay(seconds(10))));
  EXPECT_THAT(parse_rate_limit_reset("1994-11-06T03:19:47.000000001-05:30", kNow),
              Optional(Delay(seconds(10))));
}

TEST(RateLimitReset, SaysNothingForGarbage) {
  for (const char* value :
       {"", "-1", "-1s", "s", "1x", "1s2", "6m-1s", "never", "1994-11-06", "1994-11-06T08:49:47",
        "1994-11-06T08:49:47.Z", "1994-11-06T08:49:47+0200", "\x80\xff"}) {
    EXPECT_EQ(parse_rate_limit_reset(value, kNow), kNothing) << value;
  }
}

ServerHints hints_of(const net::HttpHeaders& headers) {
  return read_server_hints(headers, WallTime(seconds(784111777)));
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

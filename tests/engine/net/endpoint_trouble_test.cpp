#include "engine/net/endpoint_trouble.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using Failure = EndpointTrouble::Failure;

constexpr Delay kPatience = minutes(10);

Instant at(double s) { return Instant(Delay(static_cast<std::int64_t>(s * 1e6))); }

/// Fails once a second from `from` until `until`; the moments of the notices.
std::vector<Instant> fail_each_second(EndpointTrouble& trouble, Failure failure, double from, double until) {
  std::vector<Instant> notices;
  for (double s = from; s <= until; ++s) {
    trouble.failed(at(s), failure, "not JSON");
    if (trouble.notice(at(s))) notices.push_back(at(s));
  }
  return notices;
}

TEST(EndpointTrouble, IsToldWithinSecondsAndThenEverMoreSeldom) {
  EndpointTrouble trouble;
  const auto notices = fail_each_second(trouble, Failure::unavailable, 100, 700);
  EXPECT_THAT(notices, ::testing::ElementsAre(at(105), at(120), at(180), at(420)));
  EXPECT_THAT(trouble.in_words(at(700)),
              HasSubstr("no usable reply for 10 min (601 attempts), the last: not JSON"));
}

TEST(EndpointTrouble, ASuccessEndsIt) {
  EndpointTrouble trouble;
  fail_each_second(trouble, Failure::unavailable, 0, 590);
  trouble.usable();
  EXPECT_TRUE(fail_each_second(trouble, Failure::unavailable, 600, 604).empty());
  EXPECT_FALSE(trouble.is_hopeless(at(650), kPatience));
}

TEST(EndpointTrouble, AnOutageIsWaitedForAsLongAsThePatienceLasts) {
  EndpointTrouble trouble;
  fail_each_second(trouble, Failure::unavailable, 0, 599);
  EXPECT_FALSE(trouble.is_hopeless(at(599), kPatience));
  EXPECT_TRUE(trouble.is_hopeless(at(600), kPatience));
}

TEST(EndpointTrouble, WhoNeverGaveAUsableReplyIsGivenUpSoon) {
  EndpointTrouble never;
  fail_each_second(never, Failure::unusable, 0, 19);
  EXPECT_FALSE(never.is_hopeless(at(19), kPatience));
  EXPECT_TRUE(never.is_hopeless(at(20), kPatience));

  EndpointTrouble foreign;  // a page to sign in
  fail_each_second(foreign, Failure::foreign, 0, 1);
  EXPECT_FALSE(foreign.is_hopeless(at(1), kPatience));
  fail_each_second(foreign, Failure::foreign, 2, 2);
  EXPECT_TRUE(foreign.is_hopeless(at(2), kPatience));
  foreign.failed(at(3), Failure::unavailable, "http 503");
  EXPECT_FALSE(foreign.is_hopeless(at(3), kPatience)) << "something is going on there";

  EndpointTrouble once;  // now its proxy shows a page of maintenance
  once.usable();
  fail_each_second(once, Failure::unusable, 0, 300);
  EXPECT_FALSE(once.is_hopeless(at(300), kPatience));
}

TEST(EndpointTrouble, AFewFailuresAreNone) {
  EndpointTrouble trouble;
  for (int n = 0; n < 2; ++n) trouble.failed(at(n), Failure::unusable, "cut");
  EXPECT_FALSE(trouble.notice(at(1000)));
  EXPECT_FALSE(trouble.is_hopeless(at(1000), kPatience));
}

TEST(InWords, ASpanIsReadAtAGlance) {
  EXPECT_EQ(in_words(milliseconds(2500)), "2.5 s");
  EXPECT_EQ(in_words(seconds(45)), "45 s");
  EXPECT_EQ(in_words(minutes(10)), "10 min");
  EXPECT_EQ(in_words(minutes(210)), "3.5 h");
  EXPECT_EQ(in_words(std::chrono::hours(72)), "3 days");
}

}  // namespace
}  // namespace throng

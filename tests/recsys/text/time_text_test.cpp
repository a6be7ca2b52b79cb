#include "recsys/text/time_text.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::Optional;

/// 2014-07-31 23:59:01 UTC, by `date -u -d "2014-07-31 23:59:01" +%s`.
constexpr std::int64_t kTime = 1406851141;
constexpr std::int64_t kNoon = 1406807941;      // 2014-07-31 11:59:01
constexpr std::int64_t kMidnight = 1406764800;  // 2014-07-31

class ReadTime : public ::testing::TestWithParam<std::pair<std::string_view, std::int64_t>> {};

TEST_P(ReadTime, Means) { EXPECT_THAT(parse_time(GetParam().first), Optional(GetParam().second)); }

using P = std::pair<std::string_view, std::int64_t>;
INSTANTIATE_TEST_SUITE_P(Numbers, ReadTime,
                         ::testing::Values(P{"1406851141", kTime}, P{"1406851141000", kTime},
                                           P{"1406851141999999", kTime}, P{"1406851141000000000", kTime},
                                           P{"1406851141.0", kTime}, P{"1406851141.999", kTime},
                                           P{"1.406851141e9", kTime}, P{"1.406851141e+18", kTime},
                                           P{"1406851141000.0", kTime}, P{"0", 0}, P{"-1", -1}, P{"-1.5", -2},
                                           P{"20140731235901", kTime}, P{"201407312359", kTime - 1},
                                           P{"20140731", 20140731}));
INSTANTIATE_TEST_SUITE_P(Dates, ReadTime,
                         ::testing::Values(P{"2014-07-31", kMidnight}, P{"2014/7/31", kMidnight},
                                           P{"2014.07.31", kMidnight}, P{"31-Jul-2014", kMidnight},
                                           P{"31 July 2014", kMidnight}, P{"July 31, 2014", kMidnight},
                                           P{"Jul 31 2014", kMidnight}, P{"07 31, 2014", kMidnight},
                                           P{"7 31, 2014", kMidnight}));
INSTANTIATE_TEST_SUITE_P(
    Clocks, ReadTime,
    ::testing::Values(P{"2014-07-31 23:59:01", kTime}, P{"2014-07-31 23:59", kTime - 1},
                      P{"2014-07-31T23:59:01Z", kTime}, P{"2014-07-31t23:59:01z", kTime},
                      P{"2014-07-31 23:59:01.250", kTime}, P{"2014-07-31 23:59:01,250", kTime},
                      P{"2014-07-31 23:59:01 UTC", kTime}, P{"2014-07-31 23:59:01 GMT", kTime},
                      P{"2014-08-01T07:59:01+08:00", kTime}, P{"2014-08-01 07:59:01 +0800", kTime},
                      P{"2014-07-31T18:29:01.5-0530", kTime}, P{"2014-08-01T01:59:01+02", kTime},
                      P{"2014-08-01 01:59:01 UTC+2", kTime}, P{"2014-07-31 23:59:01+00:00", kTime},
                      P{"20140731T235901Z", kTime}, P{"20140731 23:59:01", kTime}));
INSTANTIATE_TEST_SUITE_P(
    HalfDays, ReadTime,
    ::testing::Values(P{"2014-07-31 11:59:01 AM", kNoon}, P{"2014-07-31 11:59:01 PM", kTime},
                      P{"2014-07-31 11:59:01PM", kTime}, P{"2014-07-31 11:59:01 p.m.", kTime},
                      P{"2014-07-31 12:00 AM", kMidnight}, P{"2014-07-31 12:00 PM", kMidnight + 43'200},
                      P{"2014-08-01 07:59:01 AM +08:00", kTime}, P{"July 31, 2014 11:59 PM", kTime - 1}));
INSTANTIATE_TEST_SUITE_P(Letters, ReadTime,
                         ::testing::Values(P{"Thu, 31 Jul 2014 23:59:01 GMT", kTime},
                                           P{"Thu Jul 31 23:59:01 +0000 2014", kTime},
                                           P{"Thu Jul 31 23:59:01 2014", kTime},
                                           P{"Thu Jul 31 23:59:01 UTC 2014", kTime},
                                           P{"Fri Aug 01 07:59:01 +0800 2014", kTime},
                                           P{"Thursday, July 31, 2014 23:59:01", kTime}));

class RefusedTime : public ::testing::TestWithParam<std::string_view> {};

TEST_P(RefusedTime, IsNone) { EXPECT_EQ(parse_time(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedTime,
    ::testing::Values("", "now", "nan", "inf", "-", "2014-07-31 23:59garbage", "2014-07-31 23:59:01 CEST",
                      "2014-07-31 23:59:01 PST", "2014-07-31 23:59:01+99:00", "2014-07-31 23:59:01+08:00x",
                      "2014-07-31 24:00", "2014-07-31 23:60", "2014-07-31 23:59:61", "2014-07-31 13:00 PM",
                      "2014-07-31 0:30 PM", "2014-07-31 23:", "2014-07-31 23", "2014-07-31T", "2014-02-30",
                      "2014-13-01", "2014-07", "07/08/2014", "31/07/2014", "07-08-2014", "31.07.2014",
                      "7/31/14", "14-07-31", "31 Juli 2014", "1387670400x", "1e400", "2014-07-31 23:59:01.",
                      "2014-07-31 23:59:01 2014", "Thu Jul 31 23:59:01 +0000", "1406851141 1406851141"));

TEST(TimeByFormat, IsReadAsAsked) {
  EXPECT_THAT(parse_time("31/07/2014 23:59:01", "%d/%m/%Y %H:%M:%S"), Optional(kTime));
  EXPECT_THAT(parse_time("07/31/2014", "%m/%d/%Y"), Optional(kMidnight));
  EXPECT_THAT(parse_time("20140731", "%Y%m%d"), Optional(kMidnight));
  EXPECT_THAT(parse_time("8/1/2014 7:59:01 AM +0800", "%m/%d/%Y %I:%M:%S %p %z"), Optional(kTime));
  EXPECT_EQ(parse_time("31/07/2014x", "%d/%m/%Y"), std::nullopt);
  EXPECT_EQ(parse_time("30/02/2014", "%d/%m/%Y"), std::nullopt) << "strptime takes it";
  EXPECT_EQ(parse_time("2014-07-31", "%d/%m/%Y"), std::nullopt);
}

TEST(TimeThatLooksLikeADate, IsToldFromOthers) {
  EXPECT_TRUE(looks_like_date(20140731));
  EXPECT_FALSE(looks_like_date(20141331));
  EXPECT_FALSE(looks_like_date(kTime));
}

TEST(UnixSeconds, KnowTheUnitByTheSize) {
  EXPECT_THAT(unix_seconds(1406851141.75), Optional(kTime));
  EXPECT_THAT(unix_seconds(1406851141e3), Optional(kTime));
  EXPECT_THAT(unix_seconds(1406851141e6), Optional(kTime));
  EXPECT_THAT(unix_seconds(1406851141e9), Optional(kTime));
  EXPECT_EQ(unix_seconds(1e19), std::nullopt);
  EXPECT_EQ(unix_seconds(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
}

}  // namespace
}  // namespace throng

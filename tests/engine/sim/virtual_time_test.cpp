#include "engine/sim/virtual_time.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

TEST(ParseDuration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("90s").value(), seconds(90));
  EXPECT_EQ(parse_duration("15m").value(), seconds(900));
  EXPECT_EQ(parse_duration("6h").value(), hours(6));
  EXPECT_EQ(parse_duration("7d").value(), days(7));
  EXPECT_EQ(parse_duration("2w").value(), days(14));
}

TEST(ParseDuration, RejectsEverythingElseAndSaysWhatItWanted) {
  for (const char* text :
       {"", "d", "7", "0d", "-1d", "1.5h", "7 d", "7days", "99999999999999999999d", "1000001w"}) {
    const auto result = parse_duration(text);
    ASSERT_TRUE(result.has_error()) << text;
    EXPECT_THAT(result.error().message, ::testing::HasSubstr("such as \"7d\""));
  }
}

TEST(DurationText, IsInTheLargestUnitThatDivides) {
  for (const char* text : {"90s", "61m", "25h", "3d", "2w"})
    EXPECT_EQ(duration_text(parse_duration(text).value()), text);
  EXPECT_EQ(duration_text(days(7)), "1w");
  EXPECT_EQ(duration_text(seconds(7200)), "2h");
}

TEST(FormatTime, ShowsDaysAndTimeOfDay) {
  EXPECT_EQ(format_time(VirtualTime(days(2) + hours(3) + seconds(61))), "2d 03:01:01");
  EXPECT_EQ(format_time(VirtualTime{}), "0d 00:00:00");
}

}  // namespace
}  // namespace throng

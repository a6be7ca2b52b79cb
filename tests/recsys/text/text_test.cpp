#include "recsys/text/text.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;

TEST(Text, BecomesValidUtf8) {
  EXPECT_EQ(western_to_utf8("caf\xE9 \xBF"), "caf\xC3\xA9 \xC2\xBF");
  EXPECT_EQ(western_to_utf8("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(western_to_utf8("\x80 \x92\x9F"), "\xE2\x82\xAC \xE2\x80\x99\xC5\xB8") << "Windows-1252";
}

TEST(Text, LinesAreCountedWhateverEndsThem) {
  LineReader reader(
      "\xEF\xBB\xBF"
      "a\r\n\n\nb\nc");
  std::vector<std::string> lines;
  std::vector<std::size_t> numbers;
  while (reader.next()) {
    lines.emplace_back(reader.line());
    numbers.push_back(reader.number());
  }
  EXPECT_THAT(lines, ElementsAre("a", "b", "c"));
  EXPECT_THAT(numbers, ElementsAre(1, 4, 5));
}

TEST(Text, FieldsMustBeExactlyAsManyAsAsked) {
  std::array<std::string_view, 3> fields;
  EXPECT_TRUE(split_fields("1::Alien: The Film::", "::", fields));
  EXPECT_THAT(fields, ElementsAre("1", "Alien: The Film", ""));
  EXPECT_FALSE(split_fields("1::2", "::", fields));
  EXPECT_FALSE(split_fields("1::2::3::4", "::", fields));
  EXPECT_THAT(all_fields("a||b|", '|'), ElementsAre("a", "", "b", ""));
}

TEST(Text, RatingsAreFromHalfAStarToFive) {
  EXPECT_EQ(parse_rating("0.5"), 0.5F);
  EXPECT_EQ(parse_rating("5"), 5.0F);
  for (const std::string_view text : {"0", "5.5", "nan", "inf", "", "four", "-1"}) {
    EXPECT_EQ(parse_rating(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace throng

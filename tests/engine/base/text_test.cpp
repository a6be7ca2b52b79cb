#include "engine/base/text.h"

#include <set>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::SizeIs;

TEST(Text, InvalidUtf8IsReplaced) {
  EXPECT_EQ(to_valid_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_TRUE(is_valid_utf8(to_valid_utf8("\xE2\x82")));
}

TEST(Text, NumbersAreWholeFields) {
  EXPECT_EQ(parse_number<int>("12"), 12);
  EXPECT_EQ(parse_number<int>("12 "), std::nullopt);
  EXPECT_EQ(parse_number<int>(""), std::nullopt);
  EXPECT_EQ(parse_number<std::uint32_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint32_t>("4294967296"), std::nullopt);
}

TEST(Text, AnExcerptIsFitForATerminal) {
  EXPECT_EQ(excerpt("a\x1B[31m\xFF"), "\"a [31m\xEF\xBF\xBD\"");
  EXPECT_THAT(excerpt(std::string(1000, 'x')), AllOf(SizeIs(65), EndsWith("x\"...")));
}

/// Every text that one edit makes of `text`, over the alphabet "ab".
std::set<std::string> one_edit_of(const std::string& text) {
  std::set<std::string> made;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (const char c : {'a', 'b'}) {
      made.insert(text.substr(0, i) + c + text.substr(i));
      if (i < text.size()) made.insert(text.substr(0, i) + c + text.substr(i + 1));
    }
    if (i < text.size()) made.insert(text.substr(0, i) + text.substr(i + 1));
    if (i + 1 < text.size()) {
      std::string swapped = text;
      std::swap(swapped[i], swapped[i + 1]);
      made.insert(swapped);
    }
  }
  return made;
}

TEST(Text, OneEditIsWhatOneEditMakes) {
  std::vector<std::string> all{""};
  for (std::size_t n = 0; all[n].size() < 5; ++n) {
    const std::string shorter = all[n];
    all.push_back(shorter + 'a');
    all.push_back(shorter + 'b');
  }
  for (const std::string& from : all) {
    const std::set<std::string> near = one_edit_of(from);
    for (const std::string& to : all) {
      EXPECT_EQ(within_edits(from, to, 0), from == to) << from << ' ' << to;
      EXPECT_EQ(within_edits(from, to, 1), from == to || near.contains(to)) << from << ' ' << to;
    }
  }
}

TEST(Text, SeveralEditsAddUp) {
  EXPECT_TRUE(within_edits("kitten", "sitting", 3));
  EXPECT_FALSE(within_edits("kitten", "sitting", 2));
  EXPECT_FALSE(within_edits("", "abc", 2));
  EXPECT_FALSE(within_edits("ca", "abc", 2)) << "what was swapped is not edited again";
}

}  // namespace
}  // namespace throng

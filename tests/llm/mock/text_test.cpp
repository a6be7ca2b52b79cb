#include "llm/mock/text.h"

#include <gmock/gmock.h>

namespace throng::llm::mock {
namespace {

TEST(MockText, FourBytesAreAToken) {
  EXPECT_EQ(token_count(0), 0);
  EXPECT_EQ(token_count(1), 1);
  EXPECT_EQ(token_count(4), 1);
  EXPECT_EQ(token_count(5), 2);
}

TEST(MockText, FillerHasExactlyTheTokensAskedFor) {
  for (const std::int64_t tokens : {0, 1, 2, 3, 100}) {
    DrawStream draws(Draws(7), Purpose("test"));
    std::string text = "x";
    append_filler(text, tokens, draws);
    EXPECT_EQ(token_count(text.size() - 1), tokens);
    EXPECT_FALSE(text.ends_with(' '));
  }
}

TEST(MockText, NoTokenEndsWithinACharacter) {
  const std::string text = "abc\u00e9\U0001F600z";  // 3 + 2 + 4 + 1 bytes
  EXPECT_EQ(token_end(text, 0), 5U);
  EXPECT_EQ(token_end(text, 5), 9U);
  EXPECT_EQ(token_end(text, 9), 10U);
  EXPECT_EQ(cut_to_tokens(text, 1), "abc");
  EXPECT_EQ(cut_to_tokens(text, 2), "abc\u00e9");
  EXPECT_EQ(cut_to_tokens(text, 3), text);
  EXPECT_EQ(cut_to_tokens(text, 0), "");
}

}  // namespace
}  // namespace throng::llm::mock

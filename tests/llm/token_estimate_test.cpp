#include "llm/token_estimate.h"

#include <string>

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

TEST(TokenEstimate, LiesNearPublishedCounts) {
  struct Known {
    std::string text;
    double tokens;  // of cl100k_base, as published with it
  };
  const Known known[] = {{"antidisestablishmentarianism", 6},
                         {"2 + 2 = 4", 7},
                         {"お誕生日おめでとう", 9},
                         {"tiktoken is great!", 6},
                         {"The quick brown fox jumps over the lazy dog.", 10},
                         {"Hello, world!", 4}};
  double all = 0;
  double estimated = 0;
  for (const Known& text : known) {
    const auto tokens = static_cast<double>(estimate_tokens(text.text));
    EXPECT_NEAR(tokens, text.tokens, 2) << text.text;
    all += text.tokens;
    estimated += tokens;
  }
  EXPECT_NEAR(estimated, all, 0.15 * all);
}

TEST(TokenEstimate, EnglishProseHasAboutFourBytesPerToken) {
  const std::string prose =
      "The recommender shows a page of items, and the user looks at each of them in turn. Some are "
      "interesting enough to open; most are not. After a while the user is tired, satisfied or bored, and "
      "leaves. "
      "What was opened enters the training data, so that tomorrow's page is a little more like today's "
      "choices.";
  EXPECT_NEAR(static_cast<double>(prose.size()) / static_cast<double>(estimate_tokens(prose)), 4.4, 0.6);
}

TEST(TokenEstimate, TakesAnyBytes) {
  EXPECT_EQ(estimate_tokens(""), 0);
  EXPECT_GT(estimate_tokens("\xff\xfe\x80"), 0);
  EXPECT_GT(estimate_tokens(std::string(5, '\0') + "a"), 0);
}

TEST(TokenEstimate, NeverExceedsTheBoundThatBudgetsReserve) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte) {
    for (int run = 1; run < 12; ++run) {
      text.append(static_cast<std::size_t>(run), static_cast<char>(byte));
      EXPECT_LE(estimate_tokens(text) + kTokensPerMessage + kTokensPerRequest,
                most_tokens(static_cast<std::int64_t>(text.size()), 1));
    }
  }
}

}  // namespace
}  // namespace throng::llm

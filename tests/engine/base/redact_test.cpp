#include "engine/base/redact.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kSecrets{"0123456789abcdef0123456789abcdef", "tiny"};

TEST(Redact, TheSecretsThemselves) {
  EXPECT_EQ(redact("key 0123456789abcdef0123456789abcdef is wrong, tiny too", kSecrets),
            "key [redacted] is wrong, [redacted] too");
  EXPECT_EQ(redact("0123456789abcdef01", kSecrets), "[redacted]");
  EXPECT_EQ(redact("0123456 is too little to tell", kSecrets), "0123456 is too little to tell");
}

TEST(Redact, WhateverLooksLikeAKey) {
  EXPECT_EQ(redact("Incorrect API key provided: sk-proj-****wxyz.", {}),
            "Incorrect API key provided: [redacted]");
  EXPECT_EQ(redact("{\"authorization\":\"Bearer abc.def-ghi_jkl\"}", {}),
            "{\"authorization\":\"Bearer [redacted]\"}");
  EXPECT_EQ(redact("a task-forced risk-averse sk-1 user", {}), "a task-forced risk-averse sk-1 user");
}

TEST(Redact, NothingElseIsTouched) {
  EXPECT_EQ(redact("", kSecrets), "");
  EXPECT_EQ(redact("model `gpt` not found", kSecrets), "model `gpt` not found");
  const std::vector<std::string> none{""};
  EXPECT_EQ(redact("abc", none), "abc");
}

TEST(ErrorText, IsShortPrintableAndRedactedBeforeItIsCut) {
  const std::string text = error_text(std::string(kMaxErrorText - 10, 'x') + kSecrets[0], kSecrets);
  EXPECT_LE(text.size(), kMaxErrorText);
  EXPECT_THAT(text, Not(HasSubstr("0123")));
  EXPECT_EQ(error_text("a\x1b[31m\n\xff", {}), "a [31m \xEF\xBF\xBD");
}

TEST(ErrorText, CutsBetweenCharacters) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string text(shift, 'a');
    while (text.size() < 2 * kMaxErrorText) text += "\xF0\x9F\x98\x80";
    const std::string cut = error_text(text, {});
    EXPECT_LE(cut.size(), kMaxErrorText);
    EXPECT_EQ((cut.size() - 3 - shift) % 4, 0U);
  }
}

}  // namespace
}  // namespace throng

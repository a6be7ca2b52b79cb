#include "llm/reasoning.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

TEST(Reasoning, IsSetApartFromTheText) {
  EXPECT_EQ(split_reasoning("<think>\nhm\n</think>\n\nyes\n"), (SplitText{"yes", "hm"}));
  EXPECT_EQ(split_reasoning(" \n<think></think>yes"), (SplitText{"yes", ""}));
}

TEST(Reasoning, MayBeUnclosedOrOpenedByTheTemplate) {
  EXPECT_EQ(split_reasoning("<think>and so on"), (SplitText{"", "and so on"}));
  EXPECT_EQ(split_reasoning("hm, yes</think>{\"a\":1}"), (SplitText{"{\"a\":1}", "hm, yes"}));
}

TEST(Reasoning, TextWithoutItStaysAsItIs) {
  for (const char* text :
       {"", "  ", " yes \n", "a <think> b", "{\"a\":\"</think>\"}", "[\"</think>\"]", "<thin"})
    EXPECT_EQ(split_reasoning(text), (SplitText{text, ""}));
}

TEST(Reasoning, OnlyTheFirstClosingTagEndsIt) {
  EXPECT_EQ(split_reasoning("<think>a</think>b</think>c"), (SplitText{"b</think>c", "a"}));
}

}  // namespace
}  // namespace throng::llm

#include "llm/wire/reasoning.h"

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

TEST(Reasoning, EveryModelHasItsOwnTags) {
  for (const auto& [open, close] : std::vector<std::pair<std::string, std::string>>{
           {"<think>", "</think>"},
           {"<thinking>", "</thinking>"},
           {"<Thought>", "</Thought>"},
           {"<reasoning>", "</reasoning>"},
           {"<seed:think>", "</seed:think>"},
           {"[THINK]", "[/THINK]"},
           {"<|START_THINKING|>", "<|END_THINKING|>"},
           {"<|begin_of_thought|>", "<|end_of_thought|>"},
           {"\u25c1think\u25b7", "\u25c1/think\u25b7"},
           {"<unused94>", "<unused95>"},
           {"Here is my thought process:", "Here is my response:"},
           {"<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"}}) {
    const SplitText split = split_reasoning("\n" + open + "\nhm\n" + close + "\n\n{\"a\":1}\n");
    EXPECT_EQ(split.text, "{\"a\":1}") << open;
    EXPECT_THAT(split.reasoning, ::testing::HasSubstr("hm")) << open;
    EXPECT_EQ(split_reasoning(open + "and so on").text, "") << open;
  }
  for (const char* close :
       {"</thinking>", "</seed:think>", "[/THINK]", "<|END_THINKING|>", "\u25c1/think\u25b7"})
    EXPECT_EQ(split_reasoning(std::string("hm, yes") + close + "\nyes"), (SplitText{"yes", "hm, yes"}));
}

TEST(Reasoning, OfHarmonyTheLastFinalMessageIsTheText) {
  for (const char* text : {"<|channel|>analysis<|message|>We "
                           "{\"a\":0}<|end|><|start|>assistant<|channel|>final<|message|>yes<|return|>",
                           "<|start|>assistant<|channel|>final <|constrain|>json<|message|>yes<|end|>",
                           "analysisWe need to say yes.assistantfinalyes"})
    EXPECT_EQ(split_reasoning(text).text, "yes") << text;
  EXPECT_EQ(split_reasoning("analysis of the page"), (SplitText{"analysis of the page", ""}));
}

TEST(Reasoning, ThoughtsMayComeInParts) {
  EXPECT_EQ(split_reasoning("<think>a</think>\n<thinking>b</thinking>c"), (SplitText{"c", "a\nb"}));
}

TEST(Reasoning, OnlyTheFirstClosingTagEndsIt) {
  EXPECT_EQ(split_reasoning("<think>a</think>b</think>c"), (SplitText{"b</think>c", "a"}));
}

}  // namespace
}  // namespace throng::llm

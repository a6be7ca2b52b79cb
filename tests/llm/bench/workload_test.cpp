#include "llm/bench/workload.h"

#include <gmock/gmock.h>

#include "llm/tokens.h"
#include "tests/support/temp_folder.h"

namespace throng::llm::bench {
namespace {

using ::testing::ElementsAre;

const std::string& prompt_of(const ChatRequest& request) { return request.messages.at(0).content; }

TEST(Workload, PromptsHaveTheTokensAskedForAndAreReproducible) {
  const WorkloadOptions options{.seed = 7, .model = "m", .prompt_tokens = {50, 60}, .max_tokens = {5, 9}};
  const Workload workload(options);
  std::set<std::string> prompts;
  std::set<std::int64_t> sizes;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const ChatRequest request = workload.request(1, i);
    const std::int64_t tokens = estimate_tokens(prompt_of(request));
    EXPECT_GE(tokens, 50);
    EXPECT_LE(tokens, 60);
    EXPECT_GE(*request.max_tokens, 5);
    EXPECT_LE(*request.max_tokens, 9);
    sizes.insert(tokens);
    prompts.insert(prompt_of(request));
    EXPECT_EQ(logical_parts(request), logical_parts(Workload(options).request(1, i)));
  }
  EXPECT_EQ(sizes.size(), 11U);
  EXPECT_EQ(prompts.size(), 200U);
  EXPECT_NE(prompt_of(workload.request(0, 3)), prompt_of(workload.request(1, 3)));
  EXPECT_NE(prompt_of(workload.request(0, 3)), prompt_of(workload.warm_up(0, 3)));
}

TEST(Workload, TheSharedPrefixIsTheSameForAll) {
  const Workload workload({.prompt_tokens = {10, 10}, .shared_prefix = 30});
  const std::string first = prompt_of(workload.request(0, 0));
  const std::string second = prompt_of(workload.request(0, 1));
  EXPECT_EQ(estimate_tokens(first), 40);
  EXPECT_NE(first, second);
  const auto [a, b] = std::ranges::mismatch(first, second);
  EXPECT_GE(estimate_tokens(std::string_view(first.begin(), a)), 30);
}

TEST(Workload, AForcedLengthAsksForExactlyAsMuch) {
  const Workload workload({.max_tokens = {20, 20}, .length = CompletionLength::forced, .stream = true});
  const ChatRequest request = workload.request(0, 0);
  EXPECT_EQ(request.extra, (Json{{"ignore_eos", true}, {"min_tokens", 20}}));
  EXPECT_TRUE(request.stream);
}

TEST(Workload, PromptsOfAFileAreTakenInTurn) {
  const TempFolder folder;
  folder.write("lines", "one\r\n\ntwo\n");
  folder.write("jsonl", "{\"prompt\": \"a\\nb\"}\n{\"prompt\": \"c\"}");
  folder.write("wrong", "{\"prompt\": 3}\n");
  EXPECT_THAT(read_prompts(folder / "jsonl"), ElementsAre("a\nb", "c"));
  EXPECT_THROW(read_prompts(folder / "wrong"), Failure);
  const Workload workload({.prompts = read_prompts(folder / "lines")});
  EXPECT_EQ(prompt_of(workload.request(0, 0)), "one");
  EXPECT_EQ(prompt_of(workload.request(0, 1)), "two");
  EXPECT_EQ(prompt_of(workload.request(0, 2)), "one");
}

TEST(Workload, RangesAreReadStrictly) {
  EXPECT_EQ(parse_range("100-400")->max, 400);
  EXPECT_EQ(parse_range("256")->min, 256);
  for (const char* wrong : {"", "0", "-5", "9-3", "12x", "5-", "1e3"})
    EXPECT_FALSE(parse_range(wrong)) << wrong;
}

}  // namespace
}  // namespace throng::llm::bench

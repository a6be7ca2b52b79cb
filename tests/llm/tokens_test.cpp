#include "llm/tokens.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/llm/planned_world.h"

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

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

double uniform(std::mt19937_64& random) { return std::generate_canonical<double, 53>(random); }

/// Long-tailed, mean about 180.
std::int64_t completion(std::mt19937_64& random) {
  return 20 + static_cast<std::int64_t>(-160 * std::log(1 - uniform(random)));
}

/// Calls that end one after the other.
class Taught : public TokenStatistics {
 public:
  void observe(std::int64_t estimated_prompt, std::int64_t prompt, std::int64_t completion) {
    begin(++calls_);
    end(calls_, Observed{.estimated_prompt = estimated_prompt, .prompt = prompt, .completion = completion});
  }

 private:
  std::uint64_t calls_ = 0;
};

TEST(TokenStatistics, ReservesTheMaximumWhileNothingIsKnown) {
  const TokenStatistics statistics;
  EXPECT_EQ(statistics.completion_tokens(4000, 0), 4000);
  EXPECT_EQ(statistics.completion_tokens(0, 0), 1024);
  EXPECT_EQ(statistics.prompt_tokens(1000), 1300);
}

TEST(TokenStatistics, CorrectsPromptEstimatesPerModel) {
  Taught statistics;
  for (int i = 0; i < 500; ++i) statistics.observe(1000, 1200 + i % 21 - 10, 100);
  EXPECT_THAT(statistics.prompt_tokens(500), AllOf(Ge(600), Le(612)));
}

TEST(TokenStatistics, FollowsAModelThatChanges) {
  Taught statistics;
  for (int i = 0; i < 2000; ++i) statistics.observe(1000, 1000, 100);
  for (int i = 0; i < 4000; ++i) statistics.observe(1000, 2000, 800);
  EXPECT_GE(statistics.prompt_tokens(1000), 1970);
  EXPECT_GE(statistics.completion_tokens(0, 1000), 780);
}

TEST(TokenStatistics, OneCallReservesAHighQuantile) {
  std::mt19937_64 random(1);
  Taught statistics;
  for (int i = 0; i < 3000; ++i) statistics.observe(100, 100, completion(random));
  const std::int64_t reserved = statistics.completion_tokens(4000, 0);
  int covered = 0;
  for (int i = 0; i < 10'000; ++i) covered += completion(random) <= reserved ? 1 : 0;
  EXPECT_THAT(covered, AllOf(Ge(9300), Le(9800)));
  EXPECT_EQ(statistics.completion_tokens(50, 0), 50) << "never more than the request allows";
}

TEST(TokenStatistics, ManyCallsReserveLittleMoreThanTheyUseTogether) {
  std::mt19937_64 random(2);
  Taught statistics;
  for (int i = 0; i < 3000; ++i) statistics.observe(100, 100, completion(random));
  for (const std::size_t in_flight : {10U, 100U, 1000U}) {
    std::deque<std::pair<std::int64_t, std::int64_t>> calls;  // reserved, used in the end
    std::int64_t reserved = 0;
    std::int64_t used = 0;
    int exceeded = 0;
    double share = 0;
    for (int i = 0; i < 20'000; ++i) {
      if (calls.size() == in_flight) {
        reserved -= calls.front().first;
        used -= calls.front().second;
        calls.pop_front();
      }
      calls.emplace_back(statistics.completion_tokens(4000, static_cast<std::int64_t>(calls.size())),
                         completion(random));
      reserved += calls.back().first;
      used += calls.back().second;
      exceeded += used > reserved ? 1 : 0;
      share += static_cast<double>(used) / static_cast<double>(reserved) / 20'000;
    }
    EXPECT_LE(exceeded, 1000) << in_flight;  // 5 % of the time
    EXPECT_GE(share, in_flight == 10 ? 0.6 : in_flight == 100 ? 0.8 : 0.88) << in_flight;
  }
}

/// Of calls that went together the short ones end first.
TEST(TokenStatistics, WhatEndsFirstIsNotTakenForAll) {
  TokenStatistics statistics;
  const auto end = [&](std::uint64_t call) {
    statistics.end(
        call, TokenStatistics::Observed{.estimated_prompt = 10,
                                        .prompt = 10,
                                        .completion = static_cast<std::int64_t>(call % 2 == 0 ? 50 : 950),
                                        .took = std::chrono::seconds(call % 2 == 0 ? 1 : 19)});
  };
  for (std::uint64_t call = 0; call < 100; ++call) statistics.begin(call);
  for (std::uint64_t call = 0; call < 100; call += 2) end(call);
  EXPECT_EQ(statistics.completion_tokens(1000, 100), 1000) << "nothing is known of the other half";
  for (std::uint64_t call = 1; call < 100; call += 2) end(call);
  EXPECT_THAT(statistics.completion_tokens(1000, 100), AllOf(Ge(900), Le(999)));
}

TEST(TokenStatistics, ACallThatHangsDoesNotKeepOthersFromTeaching) {
  TokenStatistics statistics;
  for (std::uint64_t call = 0; call < 200; ++call) {
    statistics.begin(call);
    if (call > 0)
      statistics.end(call, TokenStatistics::Observed{.estimated_prompt = 10, .prompt = 10, .completion = 50});
  }
  EXPECT_LE(statistics.completion_tokens(1000, 0), 100);
}

/// A server that counts what was used when it replies, and whose longer calls have longer completions: 4 to 10 s, all
/// there at once. Its own count, in any minute.
TEST(TokenStatistics, ALimitCountedByUsageIsKeptWhereLongCallsTakeMore) {
  constexpr std::int64_t kLimit = std::int64_t{600} * 300;  // a call takes 300 in the mean
  for (const Pacing pacing : {Pacing::automatic, Pacing::even, Pacing::burst}) {
    std::mt19937_64 random(1);
    std::vector<std::pair<Instant, std::int64_t>> counted;
    testing::PlannedWorld::Answer answer = [&](const Attempt& /*attempt*/, Instant now) {
      const double took = 4 + 6 * uniform(random);
      const TokenCounts usage{.prompt = 100, .completion = static_cast<std::int64_t>(200 * took / 7)};
      counted.emplace_back(now + testing::seconds(took), usage.total());
      return testing::completed(testing::seconds(took), usage);
    };
    PlannedEndpoint endpoint = testing::endpoint("a", 100'000);
    endpoint.rate = {.tokens_per_minute = kLimit, .counting = TokenCounting::usage, .pacing = pacing};
    testing::PlannedWorld world({endpoint}, {}, answer);
    for (std::uint64_t call = 1; call <= 3000; ++call)
      world.add(call, {.prompt = 100, .prompt_most = 400, .max_tokens = 1000});
    world.run();
    std::ranges::sort(counted);
    std::int64_t most = 0;
    std::int64_t sum = 0;
    for (auto last = counted.begin(), first = last; last != counted.end(); ++last) {
      sum += last->second;
      while (first->first <= last->first - std::chrono::minutes(1)) sum -= first++->second;
      most = std::max(most, sum);
    }
    EXPECT_LE(static_cast<double>(most), 1.005 * kLimit);
    EXPECT_GE(static_cast<double>(most), 0.9 * kLimit) << "and it is used";
  }
}

TEST(TokenStatistics, NonsenseTeachesNothing) {
  Taught statistics;
  for (int i = 0; i < 100; ++i) {
    statistics.observe(0, 10, 10);
    statistics.observe(10, 0, 10);
    statistics.observe(10, 10, -1);
  }
  EXPECT_EQ(statistics.completion_tokens(77, 0), 77);
}

}  // namespace

}  // namespace throng::llm

#include "llm/mock/rate_limits.h"

#include <gmock/gmock.h>

namespace throng::llm::mock {
namespace {

using namespace std::chrono_literals;

class MockRateLimits : public testing::Test {
 protected:
  RateLimits::TimePoint at(std::chrono::milliseconds since) const { return start_ + since; }
  RateLimits::TimePoint start_{1h};
};

TEST_F(MockRateLimits, WhatCameCountsForSixtySecondsExactly) {
  SlidingMinute log;
  log.add(at(0s), 5);
  log.add(at(10s), 7);
  EXPECT_EQ(log.sum(at(59'999ms)), 12);
  EXPECT_EQ(log.until_at_most(11, at(59s)), 1s);
  EXPECT_EQ(log.until_at_most(0, at(59s)), 11s);
  EXPECT_EQ(log.until_at_most(12, at(59s)), 0s);
  EXPECT_EQ(log.until_empty(at(59s)), 11s);
  EXPECT_EQ(log.sum(at(60s)), 7);
  EXPECT_EQ(log.sum(at(70s)), 0);
  EXPECT_EQ(log.peak(), 12);
}

TEST_F(MockRateLimits, RejectedRequestsCountToo) {
  RateLimits limits(2, 0, TokenCounting::admission);
  EXPECT_EQ(limits.admit(1, at(0s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(1, at(1s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(1, at(30s)), Verdict::too_many_requests);
  // Two more must have left the log: those of 0 s and 1 s.
  EXPECT_EQ(limits.retry_after(Verdict::too_many_requests, 1, at(30s)), 31s);
  EXPECT_EQ(limits.admit(1, at(60s)), Verdict::too_many_requests);
  EXPECT_EQ(limits.admit(1, at(90s)), Verdict::admitted);
  EXPECT_EQ(limits.peak_requests(), 3);
}

TEST_F(MockRateLimits, TokensAtAdmissionCountWhatMayBeUsed) {
  RateLimits limits(0, 100, TokenCounting::admission);
  EXPECT_EQ(limits.admit(101, at(0s)), Verdict::too_large);
  EXPECT_EQ(limits.admit(60, at(0s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(60, at(20s)), Verdict::too_many_tokens);
  EXPECT_EQ(limits.retry_after(Verdict::too_many_tokens, 60, at(20s)), 40s);
  limits.used(1000, at(20s));
  EXPECT_EQ(limits.admit(40, at(21s)), Verdict::admitted);
  EXPECT_EQ(limits.peak_tokens(), 100);
}

TEST_F(MockRateLimits, TokensByUsageCountWhatWasUsed) {
  RateLimits limits(0, 100, TokenCounting::usage);
  EXPECT_EQ(limits.admit(1000, at(0s)), Verdict::admitted);
  limits.used(100, at(5s));
  EXPECT_EQ(limits.admit(1, at(6s)), Verdict::too_many_tokens);
  EXPECT_EQ(limits.retry_after(Verdict::too_many_tokens, 1, at(6s)), 59s);
  EXPECT_EQ(limits.admit(1, at(65s)), Verdict::admitted);
}

TEST_F(MockRateLimits, HeadersTellTheLimitAndWhatIsLeft) {
  RateLimits limits(10, 500, TokenCounting::admission);
  limits.admit(120, at(0s));
  net::HttpHeaders headers;
  limits.append_headers(headers, at(1500ms));
  EXPECT_EQ(headers.find("x-ratelimit-limit-requests"), "10");
  EXPECT_EQ(headers.find("x-ratelimit-remaining-requests"), "9");
  EXPECT_EQ(headers.find("x-ratelimit-reset-requests"), "58.5s");
  EXPECT_EQ(headers.find("x-ratelimit-limit-tokens"), "500");
  EXPECT_EQ(headers.find("x-ratelimit-remaining-tokens"), "380");
  net::HttpHeaders none;
  RateLimits(0, 0, TokenCounting::usage).append_headers(none, at(0s));
  EXPECT_TRUE(none.empty());
}

TEST_F(MockRateLimits, ResetsAreWrittenAsServersDo) {
  EXPECT_EQ(reset_text(0s), "0ms");
  EXPECT_EQ(reset_text(120ms), "120ms");
  EXPECT_EQ(reset_text(119'001us), "120ms");
  EXPECT_EQ(reset_text(1s), "1s");
  EXPECT_EQ(reset_text(1500ms), "1.5s");
  EXPECT_EQ(reset_text(6min), "6m0s");
}

}  // namespace
}  // namespace throng::llm::mock

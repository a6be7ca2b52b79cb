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
  EXPECT_EQ(log.used(at(59'999ms)), 12);
  EXPECT_EQ(log.until_at_most(11, at(59s)), 1s);
  EXPECT_EQ(log.until_at_most(0, at(59s)), 11s);
  EXPECT_EQ(log.until_at_most(12, at(59s)), 0s);
  EXPECT_EQ(log.used(at(60s)), 7);
  EXPECT_EQ(log.used(at(70s)), 0);
  EXPECT_EQ(log.peak(), 12);
}

TEST_F(MockRateLimits, RejectedRequestsCountToo) {
  RateLimits limits({.rpm = 2}, start_);
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
  RateLimits limits({.tpm = 100}, start_);
  EXPECT_EQ(limits.admit(101, at(0s)), Verdict::too_large);
  EXPECT_EQ(limits.admit(60, at(0s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(60, at(20s)), Verdict::too_many_tokens);
  EXPECT_EQ(limits.retry_after(Verdict::too_many_tokens, 60, at(20s)), 40s);
  limits.used(1000, at(20s));
  EXPECT_EQ(limits.admit(40, at(21s)), Verdict::admitted);
  EXPECT_EQ(limits.peak_tokens(), 100);
}

TEST_F(MockRateLimits, TokensByUsageCountWhatWasUsed) {
  RateLimits limits({.tpm = 100, .counting = TokenCounting::usage}, start_);
  EXPECT_EQ(limits.admit(1000, at(0s)), Verdict::admitted);
  limits.used(100, at(5s));
  EXPECT_EQ(limits.admit(1, at(6s)), Verdict::too_many_tokens);
  EXPECT_EQ(limits.retry_after(Verdict::too_many_tokens, 1, at(6s)), 59s);
  EXPECT_EQ(limits.admit(1, at(65s)), Verdict::admitted);
}

TEST_F(MockRateLimits, HeadersTellTheLimitAndWhatIsLeft) {
  RateLimits limits({.rpm = 10, .tpm = 500}, start_);
  limits.admit(120, at(0s));
  net::HttpHeaders headers;
  limits.append_headers(headers, at(1500ms));
  EXPECT_EQ(headers.find("x-ratelimit-limit-requests"), "10");
  EXPECT_EQ(headers.find("x-ratelimit-remaining-requests"), "9");
  EXPECT_EQ(headers.find("x-ratelimit-reset-requests"), "58.5s");
  EXPECT_EQ(headers.find("x-ratelimit-limit-tokens"), "500");
  EXPECT_EQ(headers.find("x-ratelimit-remaining-tokens"), "380");
  net::HttpHeaders none;
  RateLimits({}, start_).append_headers(none, at(0s));
  EXPECT_TRUE(none.empty());
}

TEST_F(MockRateLimits, AFixedMinuteEndsForAllAtOnce) {
  RateLimits limits({.rpm = 3, .kind = LimitKind::fixed}, start_);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.admit(1, at(50s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(1, at(55s)), Verdict::too_many_requests);
  EXPECT_EQ(limits.retry_after(Verdict::too_many_requests, 1, at(55s)), 5s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limits.admit(1, at(60s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(1, at(119'999ms)), Verdict::too_many_requests);
  EXPECT_EQ(limits.admit(1, at(240s)), Verdict::admitted);
  EXPECT_EQ(limits.peak_requests(), 7) << "in a sliding minute, rejected ones included";
}

/// 600 a minute, kept as 10 a second.
class MockBucket : public MockRateLimits {
 protected:
  RateLimits limits_{{.rpm = 600, .kind = LimitKind::bucket, .bucket = 1s}, start_};

  int admitted(std::chrono::milliseconds when) {
    int count = 0;
    while (limits_.admit(1, at(when)) == Verdict::admitted) ++count;
    return count;
  }
};

TEST_F(MockBucket, HoldsASecondsWorthAndFillsEvenly) {
  EXPECT_EQ(admitted(0s), 10);
  EXPECT_EQ(limits_.retry_after(Verdict::too_many_requests, 1, at(0s)), 100ms);
  EXPECT_EQ(admitted(99ms), 0);
  EXPECT_EQ(admitted(100ms), 1) << "what was rejected took nothing";
  EXPECT_EQ(admitted(450ms), 3);
  EXPECT_EQ(admitted(60s), 10) << "and no more after a minute";
}

TEST_F(MockBucket, HeadersTellWhatIsInIt) {
  for (int i = 0; i < 4; ++i) limits_.admit(1, at(0s));
  net::HttpHeaders headers;
  limits_.append_headers(headers, at(0s));
  EXPECT_EQ(headers.find("x-ratelimit-limit-requests"), "600");
  EXPECT_EQ(headers.find("x-ratelimit-remaining-requests"), "6");
  EXPECT_EQ(headers.find("x-ratelimit-reset-requests"), "400ms");
}

TEST_F(MockBucket, MoreThanItHoldsGoesWhenItIsFull) {
  RateLimits limits({.tpm = 60'000, .kind = LimitKind::bucket, .bucket = 1s}, start_);
  EXPECT_EQ(limits.admit(3000, at(0s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(100, at(0s)), Verdict::too_many_tokens);
  EXPECT_EQ(limits.retry_after(Verdict::too_many_tokens, 100, at(0s)), 2100ms);
  EXPECT_EQ(limits.admit(3000, at(2900ms)), Verdict::too_many_tokens);
  EXPECT_EQ(limits.admit(3000, at(3s)), Verdict::admitted);
  EXPECT_EQ(limits.admit(60'001, at(9min)), Verdict::too_large);
}

TEST_F(MockRateLimits, HeadersMayBeWrongOrMissing) {
  const auto remaining = [&](AnnouncedLimits announced) {
    RateLimits limits({.rpm = 10, .announced = announced}, start_);
    for (int i = 0; i < 7; ++i) limits.admit(1, at(0s));
    net::HttpHeaders headers;
    limits.append_headers(headers, at(0s));
    return std::string(headers.find("x-ratelimit-remaining-requests").value_or("nothing"));
  };
  EXPECT_EQ(remaining(AnnouncedLimits::right), "3");
  EXPECT_EQ(remaining(AnnouncedLimits::full), "10");
  EXPECT_EQ(remaining(AnnouncedLimits::empty), "0");
  EXPECT_EQ(remaining(AnnouncedLimits::none), "nothing");
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

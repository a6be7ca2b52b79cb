#include "llm/mock/mock_options.h"

#include <gmock/gmock.h>

namespace throng::llm::mock {
namespace {

TEST(MockFaults, AnEvenMixHasEveryKindAlike) {
  const FaultShares shares = FaultShares::even(0.22).value();
  EXPECT_DOUBLE_EQ(shares[Fault::reset], 0.02);
  EXPECT_DOUBLE_EQ(shares[Fault::invalid_content], 0.02);
  EXPECT_NEAR(shares.transport(), 0.2, 1e-12);
  EXPECT_FALSE(FaultShares::even(1.1));
  EXPECT_FALSE(FaultShares::even(-0.1));
}

TEST(MockFaults, SharesAreReadByName) {
  const FaultShares shares = FaultShares::parse("429=0.25,invalid_content=0.75").value();
  EXPECT_EQ(shares[Fault::too_many_requests], 0.25);
  EXPECT_EQ(shares[Fault::invalid_content], 0.75);
  EXPECT_EQ(shares[Fault::server_error], 0);
  EXPECT_TRUE(FaultShares::parse(""));
}

TEST(MockFaults, WhatIsWrongIsNamed) {
  for (const char* text : {"reset", "reset=", "reset=x", "reset=1.5", "reset=-1", "reset=nan", "resett=0.1",
                           ",", "=1", "reset=0.6,stall=0.6", "reset=0.1x"})
    EXPECT_FALSE(FaultShares::parse(text)) << text;
  EXPECT_THAT(FaultShares::parse("500=0.1,explode=0.1").error().message, testing::HasSubstr("explode"));
}

TEST(MockFaults, EveryNameReadsBack) {
  for (std::size_t i = 0; i < kFaults; ++i) {
    const auto fault = static_cast<Fault>(i);
    EXPECT_EQ(FaultShares::parse(std::string(to_string(fault)) + "=1").value()[fault], 1);
  }
}

TEST(MockOptions, TokenRanges) {
  EXPECT_EQ(parse_token_range("20").value().max, 20);
  EXPECT_EQ(parse_token_range("10-30").value().min, 10);
  for (const char* text : {"", "0", "-1", "30-10", "10-", "-", "a", "1-2-3"})
    EXPECT_FALSE(parse_token_range(text)) << text;
}

}  // namespace
}  // namespace throng::llm::mock

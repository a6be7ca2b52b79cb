#include "llm/ledger.h"

#include <limits>

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

TEST(Money, PricesAreExact) {
  const Prices prices = Prices::per_million(0.15, 0.075, 0.6);
  // 1,000 prompt tokens, of which 400 cached, and 250 completion tokens:
  // 600 * 0.15e-6 + 400 * 0.075e-6 + 250 * 0.6e-6 = 0.00009 + 0.00003 + 0.00015
  EXPECT_EQ(cost(prices, {.prompt = 1000, .cached = 400, .completion = 250}).text(), "0.00027");
  // A sum of many small calls is what one large call costs.
  Money sum;
  for (int i = 0; i < 100'000; ++i) sum += cost(prices, {.prompt = 7, .completion = 3});
  EXPECT_EQ(sum, cost(prices, {.prompt = 700'000, .completion = 300'000}));
  EXPECT_EQ(Prices::per_million(0.0375, 0, 0).prompt.pico, 37'500);
}

TEST(Money, Texts) {
  EXPECT_EQ(Money().text(), "0.00");
  EXPECT_EQ(Money::from_dollars(20).text(), "20.00");
  EXPECT_EQ(Money::from_dollars(12.340001).text(), "12.340001");
  EXPECT_EQ((Money() - Money::from_dollars(0.5)).text(), "-0.50");
}

TEST(Money, DoesNotOverflow) {
  const Money most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(Money::from_dollars(1e30), most);
  EXPECT_EQ(Money::from_dollars(-1), Money());
  EXPECT_EQ(Money::from_dollars(std::numeric_limits<double>::quiet_NaN()), Money());
  EXPECT_EQ(most + most, most);
  EXPECT_EQ(cost(Prices::per_million(1e6, 0, 0), {.prompt = std::numeric_limits<std::int64_t>::max()}), most);
}

TEST(Ledger, CountsPerEndpointAndModelAndKeepsGuessesApart) {
  Ledger ledger;
  const LedgerAccount small = ledger.open("http://one/v1", "small", Prices::per_million(1, 0.5, 2));
  const LedgerAccount free = ledger.open("http://two/v1", "large");
  for (int i = 0; i < 3; ++i) {
    ledger.call(small);
    ledger.attempt(small);
  }
  ledger.failed(small, "http 503");
  ledger.attempt(small);  // its retry
  ledger.completed(small, {.prompt = 100, .cached = 40, .completion = 10}, CountSource::server);
  ledger.completed(small, {.prompt = 50, .completion = 5}, CountSource::estimated);
  ledger.aborted(small, {.prompt = 70, .completion = 1});
  ledger.call(free);
  ledger.attempt(free);
  ledger.completed(free, {.prompt = 1000, .completion = 100}, CountSource::server);

  const LedgerEntry& entry = ledger.entry(small);
  EXPECT_EQ(entry.calls, 3);
  EXPECT_EQ(entry.attempts, 4);
  EXPECT_EQ(entry.completed, 2);
  EXPECT_EQ(entry.aborted, 1);
  EXPECT_EQ(entry.failed_attempts.at("http 503"), 1);
  EXPECT_EQ(entry.counted, (TokenCounts{.prompt = 100, .cached = 40, .completion = 10}));
  EXPECT_EQ(entry.estimated, (TokenCounts{.prompt = 120, .completion = 6}));
  EXPECT_EQ(entry.spent.text(), "0.0001");
  EXPECT_EQ(entry.estimated_spent.text(), "0.000132");
  EXPECT_EQ(ledger.total().counted.prompt, 1100);
  EXPECT_EQ(ledger.total().spent, entry.spent);

  const Json json = ledger.to_json();
  EXPECT_EQ(json["total"]["attempts"], 5);
  EXPECT_EQ(json["by_model"][0]["model"], "small");
  EXPECT_EQ(json["by_model"][0]["tokens"]["cached"], 40);
  EXPECT_EQ(json["by_model"][0]["failed_attempts"]["http 503"], 1);
  EXPECT_DOUBLE_EQ(json["by_model"][0]["usd"].get<double>(), 0.0001);
  EXPECT_EQ(json["by_model"][1]["tokens"]["completion"], 100);
}

}  // namespace
}  // namespace throng::llm

#include <algorithm>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "llm/client.h"
#include "llm/mock/mock_server.h"
#include "tests/support/temp_folder.h"

namespace throng::llm {
namespace {

using mock::FaultShares;
using mock::LatencyShape;
using mock::MockOptions;
using mock::MockServer;

/// The client and the mock server on one io_context.
class World {
 public:
  explicit World(MockOptions mock, ClientOptions options = {},
                 const std::function<void(EndpointOptions&)>& change = {})
      : server(io, std::move(mock)) {
    EndpointOptions endpoint{.url = server.url(), .model = "mock", .max_in_flight = 64};
    endpoint.timeouts.first_byte = std::chrono::milliseconds(300);
    if (change) change(endpoint);
    options.plan.retry.first_delay = std::chrono::milliseconds(5);
    client.emplace(
        io, std::vector{endpoint}, [](const std::string&) { return std::nullopt; }, std::move(options));
  }

  /// Makes `calls` calls, all different, and waits for them.
  std::vector<CallResult<Reply>> ask(int calls, bool stream = false) {
    std::vector<CallResult<Reply>> results;
    for (int call = 0; call < calls; ++call) {
      ChatRequest request{.model = "mock",
                          .messages = {{Role::user, "call " + std::to_string(call)}},
                          .max_tokens = 20,
                          .stream = stream};
      client->complete(std::move(request), 0,
                       [&](CallResult<Reply> got) { results.push_back(std::move(got)); });
    }
    while (std::ssize(results) < calls) io.run_one();
    return results;
  }

  boost::asio::io_context io;
  MockServer server;
  std::optional<Client> client;
};

MockOptions with_faults(double rate) {
  MockOptions options;
  options.faults = FaultShares::even(rate).value();
  options.stall = std::chrono::milliseconds(50);
  options.slow = std::chrono::milliseconds(20);
  return options;
}

/// Client and server share a thread here, so that latency would tell the client to make one call at a time.
ClientOptions at_full_width() {
  ClientOptions options;
  options.concurrency = ConcurrencyMode::fixed;
  return options;
}

/// A stalled call costs little more than its peers take, not its timeout of ten minutes.
TEST(ClientAndMock, StallsCostLittleTime) {
  MockOptions mock;
  mock.faults = FaultShares::parse("stall=0.05").value();
  mock.stall = std::chrono::minutes(10);
  mock.latency.first_token = std::chrono::milliseconds(5);
  World world(std::move(mock), at_full_width(), [](EndpointOptions& endpoint) {
    endpoint.timeouts = {};
    endpoint.timeouts.stall_floor = std::chrono::milliseconds(100);
  });
  const auto began = std::chrono::steady_clock::now();
  const auto results = world.ask(400);
  for (const auto& result : results) EXPECT_TRUE(result) << (result ? "" : result.error().message);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  const LedgerEntry ours = world.client->planner().ledger().total();
  EXPECT_GT(ours.aborted, 0) << "each may be billed";
  EXPECT_EQ(ours.attempts, ours.completed + ours.aborted);
}

class MixedFaults : public ::testing::TestWithParam<bool> {};

TEST_P(MixedFaults, LoseNoCallAndTheLedgerEqualsTheServersCount) {
  World world(with_faults(0.2), at_full_width(), [](EndpointOptions& endpoint) {
    endpoint.timeouts.first_byte = std::chrono::seconds(10);  // no call is given up that the server completes
  });
  const auto results = world.ask(600, GetParam());
  for (const auto& result : results) EXPECT_TRUE(result) << (result ? "" : result.error().message);
  const mock::MockStats server = world.server.stats();
  const LedgerEntry ours = world.client->planner().ledger().total();
  EXPECT_EQ(ours.counted, (TokenCounts{.prompt = server.prompt_tokens,
                                       .cached = server.cached_tokens,
                                       .completion = server.completion_tokens}));
  EXPECT_EQ(ours.completed, server.completed);
  EXPECT_LE(ours.attempts, server.requests) << "a reset on a kept connection may be repeated unseen";
  EXPECT_GT(ours.attempts, 600 * 1.1) << "there were faults";
}

INSTANTIATE_TEST_SUITE_P(Replies, MixedFaults, ::testing::Bool(),
                         [](const auto& replies) { return replies.param ? "Streamed" : "Plain"; });

/// Whether a reply that comes too late is billed is known to the server alone.
TEST(ClientAndMock, WhatIsGivenUpIsKeptApartFromWhatTheServerCounts) {
  MockOptions mock;
  mock.latency = {.first_token = std::chrono::milliseconds(20), .shape = LatencyShape::exponential};
  World world(mock, at_full_width(), [](EndpointOptions& endpoint) {
    endpoint.timeouts.first_byte = std::chrono::milliseconds(40);
  });
  const auto results = world.ask(200);
  const auto answered = std::ranges::count_if(results, [](const auto& result) { return result.has_value(); });
  const mock::MockStats server = world.server.stats();
  const LedgerEntry ours = world.client->planner().ledger().total();
  EXPECT_EQ(ours.completed, answered);
  EXPECT_GT(ours.aborted, 0) << "some replies were late";
  EXPECT_LE(ours.completed, server.completed);
  EXPECT_LE(server.completed + server.aborted, ours.completed + ours.aborted);
}

TEST(ClientAndMock, AsManyCallsAsConfiguredAreInFlight) {
  MockOptions mock;
  mock.latency.first_token = std::chrono::milliseconds(300);
  World world(mock, at_full_width(), [](EndpointOptions& endpoint) {
    endpoint.max_in_flight = 400;
    endpoint.timeouts.first_byte = std::chrono::seconds(10);
  });
  world.ask(800);
  EXPECT_EQ(world.server.stats().max_in_flight, 400);
}

TEST(ClientAndMock, AnEmptyAccountHaltsAtOnce) {
  MockOptions mock;
  mock.quota_after = 10;
  World world(mock, {}, [](EndpointOptions& endpoint) { endpoint.max_in_flight = 1; });
  const auto results = world.ask(50);
  EXPECT_EQ(std::ranges::count_if(results, [](const auto& r) { return r.has_value(); }), 10);
  EXPECT_EQ(world.server.stats().rejected_quota, 1);
  EXPECT_EQ(results.back().error().fault, CallFault::halted);
}

TEST(ClientAndMock, TheServerBillsNoMoreThanTheBudget) {
  ClientOptions options = at_full_width();
  options.plan.budget.tokens = 2000;
  World world(with_faults(0.2), options);
  const auto results = world.ask(300);
  const mock::MockStats server = world.server.stats();
  EXPECT_LE(server.prompt_tokens + server.completion_tokens, 2000);
  EXPECT_TRUE(
      std::ranges::any_of(results, [](const auto& r) { return !r && r.error().fault == CallFault::budget; }));
}

TEST(ClientAndMock, SpeaksTlsWithAnAuthorityFromAFileAndWithNoOther) {
  const TempFolder folder;
  MockOptions mock;
  mock.tls = net::make_self_signed();
  folder.write("ca.pem", mock.tls->certificate);
  World trusting(mock, {},
                 [&](EndpointOptions& endpoint) { endpoint.ca_file = (folder / "ca.pem").string(); });
  EXPECT_TRUE(trusting.ask(1).front());
  World careful(mock);
  const auto refused = careful.ask(1);
  ASSERT_FALSE(refused.front());
  EXPECT_EQ(refused.front().error().kind, "certificate");
  EXPECT_EQ(careful.client->planner().ledger().total().attempts, 1) << "that is not tried again";
}

TEST(ClientAndMock, FieldsThatAServerRefusesAreGivenUp) {
  MockOptions mock;
  mock.refused = {"seed", "json_schema"};
  World world(mock, {}, [](EndpointOptions& endpoint) { endpoint.max_in_flight = 1; });
  ChatRequest request{.model = "mock", .messages = {{Role::user, "Hello"}}, .seed = 3, .max_tokens = 50};
  request.schema = OutputSchema::compile("answer", Json::parse(R"({"type": "object"})")).value();
  std::optional<CallResult<Reply>> result;
  world.client->complete(request, 0, [&](CallResult<Reply> got) { result = std::move(got); });
  while (!result) world.io.run_one();
  EXPECT_TRUE(*result);
  EXPECT_FALSE(world.client->capabilities(0).seed);
  EXPECT_NE(world.client->capabilities(0).structured_output, Capabilities::Output::json_schema);
}

}  // namespace
}  // namespace throng::llm

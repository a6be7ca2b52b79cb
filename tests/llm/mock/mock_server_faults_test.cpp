#include <gmock/gmock.h>

#include "llm/wire/chat_completions.h"
#include "llm/wire/stream.h"
#include "tests/llm/mock/mock_world.h"

namespace throng::llm::mock {
namespace {

using namespace std::chrono_literals;
using net::HttpFailureKind;

/// What a client sees of each fault.
class MockServerFaults : public MockWorld {
 protected:
  void start_with(const std::string& fault) {
    MockOptions options{.stall = 100ms, .slow = 50ms};
    options.faults = FaultShares::parse(fault + "=1").value();
    start(std::move(options));
  }

  HttpFailureKind failure(const std::string& more = "") {
    const net::HttpResult reply = post(chat("hello", more));
    EXPECT_TRUE(reply.has_error());
    return reply.has_error() ? reply.error().kind : HttpFailureKind{};
  }

  Decoded<Completion> streamed() {
    StreamAssembly assembly({});
    EXPECT_TRUE(post(chat("hello", kStream), [&](std::string_view bytes) { assembly.feed(bytes); }));
    return assembly.finish();
  }

  static constexpr const char* kStream = R"(,"stream":true,"stream_options":{"include_usage":true})";
};

TEST_F(MockServerFaults, Reset) {
  start_with("reset");
  EXPECT_EQ(failure(), HttpFailureKind::reset);
  EXPECT_EQ(server_->stats()[Fault::reset], 1);
  EXPECT_EQ(server_->stats().completed, 0);
  EXPECT_EQ(server_->stats().aborted, 0);
}

TEST_F(MockServerFaults, Stall) {
  start_with("stall");
  for (int i = 0; i < 8; ++i) {
    const net::HttpResult reply = post(chat(std::to_string(i)));
    ASSERT_TRUE(reply.has_error());
    EXPECT_TRUE(reply.error().kind == HttpFailureKind::reset ||
                reply.error().kind == HttpFailureKind::truncated);
  }
}

TEST_F(MockServerFaults, AStalledCallHoldsNoSlotAndEndsWithItsClient) {
  MockOptions options{.slots = 1};
  options.faults = FaultShares::parse("stall=0.5").value();
  start(std::move(options));
  constexpr int kCalls = 20;
  int over = 0;
  std::vector<net::CallId> ids;
  for (int i = 0; i < kCalls; ++i)
    ids.push_back(client_->send({.target = "/v1/chat/completions", .body = chat(std::to_string(i))},
                                [&](const net::HttpResult&) { ++over; }));
  run_until([&] { return server_->stats().completed + server_->stats()[Fault::stall] == kCalls; });
  EXPECT_GT(server_->stats().completed, 0);
  EXPECT_GT(server_->stats()[Fault::stall], 0);
  for (const net::CallId id : ids) client_->cancel(id);
  run_until([&] { return over == kCalls && server_->stats().in_flight == 0; });
}

TEST_F(MockServerFaults, Truncated) {
  start_with("truncated");
  EXPECT_EQ(failure(), HttpFailureKind::truncated);
  EXPECT_EQ(failure(kStream), HttpFailureKind::truncated);
  EXPECT_EQ(server_->stats().completed, 0);
}

TEST_F(MockServerFaults, Malformed) {
  start_with("malformed");
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(decode_chat(post(chat("hello"))->body, {})));
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(streamed()));
}

TEST_F(MockServerFaults, WrongLength) {
  start_with("wrong_length");
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(decode_chat(post(chat("hello"))->body, {})));
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(streamed()));
  EXPECT_EQ(server_->stats().completed, 0);
}

TEST_F(MockServerFaults, MidStreamError) {
  start_with("mid_stream_error");
  EXPECT_TRUE(std::holds_alternative<ApiError>(decode_chat(post(chat("hello"))->body, {})));
  EXPECT_TRUE(std::holds_alternative<ApiError>(streamed()));
}

TEST_F(MockServerFaults, SlowBytesAreBilled) {
  start_with("slow_bytes");
  const net::HttpResult plain = post(chat("hello"));
  EXPECT_GE(plain->timings.total, 50ms);
  EXPECT_EQ(std::get<Completion>(decode_chat(plain->body, {})).usage.completion, 32);
  EXPECT_EQ(std::get<Completion>(streamed()).usage.completion, 32);
  EXPECT_EQ(server_->stats().completed, 2);
  EXPECT_EQ(server_->stats().completion_tokens, 64);
}

TEST_F(MockServerFaults, InvalidContentIsBilled) {
  start_with("invalid_content");
  EXPECT_EQ(std::get<Completion>(decode_chat(post(chat("hello"))->body, {})).text, "");
  EXPECT_EQ(server_->stats().completed, 1);
  EXPECT_EQ(server_->stats()[Fault::invalid_content], 1);
}

}  // namespace
}  // namespace throng::llm::mock

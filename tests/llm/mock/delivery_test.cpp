#include "llm/mock/delivery.h"

#include <variant>

#include <gmock/gmock.h>

#include "llm/wire/chat_completions.h"
#include "llm/wire/stream.h"

namespace throng::llm::mock {
namespace {

using namespace std::chrono_literals;
using Act = Step::Act;

const ChatContent kContent{.text = "the sun can set", .finish = FinishReason::stop};  // four tokens

ReplyFrame frame() {
  return {.id = "id", .model = "m", .usage = {.source = UsageSource::server, .prompt = 10, .completion = 4}};
}

Plan plan(std::optional<Fault> fault = std::nullopt) {
  Plan plan{.work = Work::model,
            .body = chat_body(frame(), kContent),
            .fault = fault,
            .first_token = 100ms,
            .per_token = 10ms,
            .slow = 160ms,
            .stall = 60s,
            .usage = frame().usage};
  return plan;
}

Plan stream_plan(std::optional<Fault> fault = std::nullopt) {
  Plan streamed = plan(fault);
  streamed.body.clear();
  streamed.stream.emplace(frame(), kContent, true);
  return streamed;
}

std::vector<Step> steps_of(Plan plan) {
  Delivery delivery(std::move(plan));
  std::vector<Step> steps;
  do {
    steps.push_back(delivery.next());
  } while (!steps.back().last && steps.size() < 100);
  EXPECT_TRUE(steps.back().last);
  return steps;
}

Plan::Duration time_of(const std::vector<Step>& steps) {
  Plan::Duration total{};
  for (const Step& step : steps) total += step.wait;
  return total;
}

std::string bytes_of(const std::vector<Step>& steps) {
  std::string bytes;
  for (const Step& step : steps) bytes += step.bytes;
  return bytes;
}

Decoded<Completion> assembled(const std::vector<Step>& steps) {
  StreamAssembly assembly({});
  assembly.feed(bytes_of(steps));
  return assembly.finish();
}

TEST(MockDelivery, APlainReplyComesAtTheEnd) {
  const auto steps = steps_of(plan());
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].act, Act::send);
  EXPECT_EQ(steps[0].wait, 130ms);
  const auto completion = std::get<Completion>(decode_chat(steps[0].bytes, {}));
  EXPECT_EQ(completion.text, kContent.text);
  EXPECT_EQ(completion.usage, frame().usage);
}

TEST(MockDelivery, AStreamShowsItsTokensAsTheyCome) {
  const auto steps = steps_of(stream_plan());
  ASSERT_EQ(steps.size(), 6U);  // start, a chunk per token, finish
  EXPECT_EQ(steps[0].act, Act::start_stream);
  EXPECT_EQ(steps[0].wait, 100ms);
  EXPECT_EQ(steps[1].wait, 0ms);
  EXPECT_EQ(steps[2].wait, 10ms);
  EXPECT_EQ(time_of(steps), 130ms);
  const auto completion = std::get<Completion>(assembled(steps));
  EXPECT_EQ(completion.text, kContent.text);
  EXPECT_EQ(completion.finish, FinishReason::stop);
  EXPECT_EQ(completion.usage, frame().usage);
}

TEST(MockDelivery, AStreamWithoutPauseIsOneChunk) {
  Plan quick = stream_plan();
  quick.per_token = {};
  Delivery delivery(std::move(quick));
  EXPECT_EQ(delivery.next().act, Act::start_stream);
  EXPECT_THAT(delivery.next().bytes, testing::EndsWith("[DONE]\n\n"));
  EXPECT_EQ(delivery.streamed_tokens(), 4);
  EXPECT_EQ(delivery.next().act, Act::finish);
}

TEST(MockDelivery, UsageComesOnlyWhenWanted) {
  Plan without = stream_plan();
  without.stream.emplace(frame(), kContent, false);
  EXPECT_EQ(std::get<Completion>(assembled(steps_of(std::move(without)))).usage.source, UsageSource::missing);
}

TEST(MockDelivery, SlowBytesAreTheRightReply) {
  const auto plain = steps_of(plan(Fault::slow_bytes));
  EXPECT_GT(plain.size(), 10U);
  EXPECT_EQ(time_of(plain), 130ms + 160ms);
  EXPECT_EQ(bytes_of(plain), chat_body(frame(), kContent));
  EXPECT_EQ(std::get<Completion>(assembled(steps_of(stream_plan(Fault::slow_bytes)))).text, kContent.text);
}

TEST(MockDelivery, FaultsOfAPlainReply) {
  EXPECT_EQ(steps_of(plan(Fault::reset))[0].act, Act::reset);

  const auto malformed = steps_of(plan(Fault::malformed));
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(decode_chat(malformed[0].bytes, {})));
  const auto error = steps_of(plan(Fault::mid_stream_error));
  EXPECT_TRUE(std::holds_alternative<ApiError>(decode_chat(error[0].bytes, {})));

  const auto truncated = steps_of(plan(Fault::truncated));
  EXPECT_EQ(truncated.back().act, Act::close);
  EXPECT_THAT(truncated[0].bytes, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  const auto mislabelled = steps_of(plan(Fault::wrong_length));
  EXPECT_THAT(mislabelled[0].bytes, testing::EndsWith(chat_body(frame(), kContent)));
}

TEST(MockDelivery, FaultsOfAStreamLeaveItUnfinished) {
  EXPECT_TRUE(std::holds_alternative<BrokenEnvelope>(assembled(steps_of(stream_plan(Fault::malformed)))));
  EXPECT_TRUE(std::holds_alternative<ApiError>(assembled(steps_of(stream_plan(Fault::mid_stream_error)))));
  const std::string truncated = bytes_of(steps_of(stream_plan(Fault::truncated)));
  EXPECT_THAT(truncated, testing::HasSubstr("chunked"));
  EXPECT_THAT(truncated, testing::Not(testing::HasSubstr("[DONE]")));
}

TEST(MockDelivery, AStallIsSilentFromTheStartOrAfterTheHeaders) {
  Plan half = plan(Fault::stall);
  half.half = true;
  half.stall = 250ms;
  const auto headed = steps_of(std::move(half));
  ASSERT_EQ(headed.size(), 4U);  // the headers, then silence, in pieces of 100 ms at most
  EXPECT_THAT(headed[0].bytes, testing::StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(time_of(headed), 100ms + 250ms);
  EXPECT_EQ(headed.back().act, Act::reset);
  Plan silent = plan(Fault::stall);
  silent.stall = 250ms;
  EXPECT_EQ(bytes_of(steps_of(std::move(silent))), "");
}

}  // namespace
}  // namespace throng::llm::mock

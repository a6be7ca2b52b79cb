#include "llm/client.h"

#include <fstream>

#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

#include "llm/job.h"
#include "tests/llm/scripted_endpoint.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace throng::llm {
namespace {

using net::HttpRequest;
using net::Responder;
using testing::completion;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::question;
using testing::ScriptedEndpoint;
using ::testing::SizeIs;

void say(Responder& responder, const std::string& text) { responder.send(200, {}, completion(text)); }

std::string attempt_of(const HttpRequest& request) {
  return std::string(request.headers.find("x-throng-attempt").value());
}

ClientOptions quick() {
  ClientOptions options;
  options.plan.retry.first_delay = std::chrono::milliseconds(2);
  return options;
}

TEST(Client, AsksAndGetsTheReplyWithItsUsage) {
  ScriptedEndpoint world([](const HttpRequest& request, Responder& responder) {
    EXPECT_EQ(request.target, "/v1/chat/completions");
    EXPECT_EQ(request.headers.find("authorization"), std::string("Bearer ") + ScriptedEndpoint::key);
    EXPECT_EQ(Json::parse(request.body)["messages"][0]["content"], "Hello");
    say(responder, "Hi");
  });
  const Reply reply = world.ask(question()).value();
  EXPECT_EQ(reply.completion.text, "Hi");
  EXPECT_EQ(reply.completion.usage.prompt, 12);
  EXPECT_EQ(reply.report.attempts, 1);
  EXPECT_EQ(world.client->planner().ledger().total().counted, (TokenCounts{.prompt = 12, .completion = 3}));
}

TEST(Client, NumbersItsAttempts) {
  ScriptedEndpoint world(
      [](const HttpRequest& request, Responder& responder) {
        if (attempt_of(request) == "3") {
          say(responder, "at last");
        } else {
          responder.send(500, {}, R"({"error": {"message": "busy"}})");
        }
      },
      quick());
  EXPECT_EQ(world.ask(question()).value().report.attempts, 3);
  std::vector<std::string> attempts;
  for (const HttpRequest& request : world.requests) attempts.push_back(attempt_of(request));
  EXPECT_THAT(attempts, ElementsAre("1", "2", "3"));
}

TEST(Client, ResetsAndBrokenRepliesAreTriedAgain) {
  ScriptedEndpoint world(
      [](const HttpRequest& request, Responder& responder) {
        const std::string attempt = attempt_of(request);
        if (attempt == "1") {
          responder.reset();
        } else if (attempt == "2") {
          responder.send(200, {}, completion("Hi").substr(0, 40));
        } else {
          say(responder, "Hi");
        }
      },
      quick());
  EXPECT_EQ(world.ask(question()).value().completion.text, "Hi");
  const LedgerEntry total = world.client->planner().ledger().total();
  EXPECT_EQ(total.attempts, 3);
  EXPECT_EQ(total.aborted, 2) << "both may have been generated";
  EXPECT_EQ(total.counted, (TokenCounts{.prompt = 12, .completion = 3}));
}

/// It does the work, bills the most that was asked for, and then ends every second exchange of a kept connection.
TEST(Client, AServerThatBillsAndHangsUpIsNeverAskedUnseen) {
  const CallSize size = size_of(question());
  const std::int64_t most = size.prompt_most + *size.max_tokens;
  const Json usage{{"prompt_tokens", size.prompt_most}, {"completion_tokens", *size.max_tokens}};
  ClientOptions options = quick();
  options.plan.budget.tokens = 40 * most;
  options.concurrency = ConcurrencyMode::fixed;
  int requests = 0;
  ScriptedEndpoint world(
      [&](const HttpRequest&, Responder& responder) {
        if (++requests % 2 == 0) return responder.reset();
        Json reply = Json::parse(completion("Hi"));
        reply["usage"] = usage;
        responder.send(200, {}, reply.dump());
      },
      options, [](EndpointOptions& endpoint) { endpoint.max_in_flight = 3; });
  int answered = 0;
  int over = 0;
  for (int call = 0; call < 60; ++call) {
    world.client->complete(question(), 0, [&](const CallResult<Reply>& got) {
      ++over;
      answered += got.has_value() ? 1 : 0;
    });
  }
  while (over < 60) world.io.run_one();
  const LedgerEntry total = world.client->planner().ledger().total();
  EXPECT_EQ(total.attempts, std::ssize(world.requests));
  EXPECT_EQ(total.completed + total.aborted, total.attempts);
  EXPECT_EQ(total.completed, answered);
  EXPECT_LE(std::ssize(world.requests) * most, options.plan.budget.tokens) << "what the server bills";
  EXPECT_EQ(world.client->planner().budget().spent().tokens, std::ssize(world.requests) * most);
}

TEST(Client, AFailureSaysWhatTheServerSaidAndNeverTheKey) {
  ScriptedEndpoint world([](const HttpRequest& request, Responder& responder) {
    const std::string key(request.headers.find("authorization").value());
    responder.send(401, {}, Json{{"error", {{"message", "Incorrect key: " + key}}}}.dump());
  });
  const CallResult<Reply> result = world.ask(question());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, CallFault::rejected);
  EXPECT_THAT(result.error().message, HasSubstr("Incorrect key"));
  EXPECT_THAT(result.error().message, Not(HasSubstr("secret")));
  EXPECT_EQ(result.error().kind, "http 401");
}

/// As public reports have it: a limit of which little is left says when to come back.
TEST(Client, ComesBackWhenTheServerSaysSo) {
  using Headers = std::vector<std::pair<const char*, const char*>>;
  const std::string said = R"({"error": {"message": "Rate limit reached.", "code": "rate_limit_exceeded"}})";
  const std::string google =
      R"([{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "0.1s"}]}}])";
  for (const Pacing pacing : {Pacing::automatic, Pacing::even, Pacing::burst}) {
    for (
        const auto& refusal : std::vector<std::pair<Headers, std::string>>{
            {{{"retry-after", "0.1"},
              {"x-ratelimit-limit-tokens", "15000"},
              {"x-ratelimit-remaining-tokens", "100"},
              {"x-ratelimit-reset-tokens", "59.6s"}},
             said},
            {{{"retry-after-ms", "100"},
              {"x-ratelimit-limit-requests", "60"},
              {"x-ratelimit-remaining-requests", "0"},
              {"x-ratelimit-reset-requests", "2s"}},
             said},
            {{},
             R"({"error": {"message": "Please try again in 100ms. Visit us.", "code": "rate_limit_exceeded"}})"},
            {{}, google}}) {
      int requests = 0;
      ScriptedEndpoint world(
          [&](const HttpRequest&, Responder& responder) {
            if (++requests > 1) return say(responder, "Hi");
            net::HttpHeaders sent;
            for (const auto& [name, value] : refusal.first) sent.add(name, value);
            responder.send(429, sent, refusal.second);
          },
          {}, [&](EndpointOptions& endpoint) { endpoint.pacing = pacing; });
      const Reply reply = world.ask(question()).value();
      EXPECT_GE(reply.report.timings.waited, std::chrono::milliseconds(95)) << refusal.second;
      EXPECT_LE(reply.report.timings.waited, std::chrono::seconds(2)) << refusal.second;
    }
  }
}

TEST(Client, AWholeReplyOfAnotherKindIsNamedAndNotAskedForLong) {
  ScriptedEndpoint world(
      [](const HttpRequest& request, Responder& responder) {
        EXPECT_EQ(request.headers.find("accept-encoding"), "identity");
        responder.send(200, {}, R"({"data": {"choices": []}, "success": true})");
      },
      quick());
  const auto result = world.ask(question());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, CallFault::gave_up);
  EXPECT_THAT(result.error().message, HasSubstr("members: data, success"));
  EXPECT_THAT(world.requests, SizeIs(3));
}

TEST(Client, ARefusalWithinAStreamOrAReplyIsOneToo) {
  for (
      const char* body :
      {R"({"error": {"code": 400, "message": "the request exceeds the available context size"}})",
       R"({"error": "Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens"})"}) {
    ScriptedEndpoint world([&](const HttpRequest&, Responder& responder) { responder.send(200, {}, body); },
                           quick());
    const auto result = world.ask(question());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, CallFault::declined);
    EXPECT_THAT(world.requests, SizeIs(1));
  }
}

TEST(Client, LearnsOnceWhatAServerDoesNotKnow) {
  ScriptedEndpoint world([](const HttpRequest& request, Responder& responder) {
    if (Json::parse(request.body).contains("seed")) {
      responder.send(400, {}, R"({"error": {"message": "Unsupported parameter: 'seed'", "param": "seed",
                                  "code": "unsupported_parameter", "type": "invalid_request_error"}})");
    } else {
      say(responder, "Hi");
    }
  });
  ChatRequest request = question();
  request.seed = 7;
  EXPECT_TRUE(world.ask(request));
  EXPECT_TRUE(world.ask(request));
  EXPECT_THAT(world.requests, SizeIs(3)) << "the second call is not refused any more";
  EXPECT_FALSE(world.client->capabilities(0).seed);
  EXPECT_THAT(world.log, ElementsAre(HasSubstr("no seed"), HasSubstr("seed")));
}

TEST(Client, AReplyThatDoesNotFitTheSchemaIsAValueNotAFailure) {
  int answers = 0;
  ScriptedEndpoint world([&](const HttpRequest&, Responder& responder) {
    say(responder, ++answers == 1 ? R"({"score": "high"})" : R"({"score": 4})");
  });
  const Json schema = Json::parse(R"({"type": "object", "properties": {"score": {"type": "integer"}},
                                      "required": ["score"], "additionalProperties": false})");
  ChatRequest request = question();
  request.schema = OutputSchema::compile("answer", schema).value();
  const Reply wrong = world.ask(request).value();
  EXPECT_EQ(std::get<OutputMismatch>(wrong.output).path, "/score");
  EXPECT_EQ(wrong.report.attempts, 1);
  const Reply right = world.ask(request).value();
  EXPECT_EQ(std::get<Json>(right.output)["score"], 4);
}

TEST(Client, StreamsAndTellsTheTimeToTheFirstToken) {
  ScriptedEndpoint world([](const HttpRequest& request, Responder& responder) {
    EXPECT_EQ(Json::parse(request.body)["stream"], true);
    responder.start_stream(200, {{"Content-Type", "text/event-stream"}});
    for (const char* piece : {"Hel", "lo"}) {
      const Json chunk{{"choices", {{{"index", 0}, {"delta", {{"content", piece}}}}}}};
      responder.write_chunk("data: " + chunk.dump() + "\n\n");
    }
    responder.write_chunk(R"(data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})"
                          "\n\n");
    responder.write_chunk(R"(data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}})"
                          "\n\n");
    responder.write_chunk("data: [DONE]\n\n");
    responder.finish();
  });
  ChatRequest request = question();
  request.stream = true;
  const Reply reply = world.ask(request).value();
  EXPECT_EQ(reply.completion.text, "Hello");
  EXPECT_EQ(reply.completion.usage.completion, 2);
  EXPECT_EQ(reply.report.timings.deltas, 2);
  ASSERT_TRUE(reply.report.timings.first_token);
  EXPECT_LE(*reply.report.timings.first_token, reply.report.timings.total);
}

TEST(Client, AnErrorInMidStreamIsTriedAgain) {
  ScriptedEndpoint world(
      [](const HttpRequest& request, Responder& responder) {
        if (attempt_of(request) == "2") {
          say(responder, "whole");
          return;
        }
        responder.start_stream(200, {{"Content-Type", "text/event-stream"}});
        responder.write_chunk(R"(data: {"choices": [{"index": 0, "delta": {"content": "half"}}]})"
                              "\n\n");
        responder.write_chunk(R"(data: {"error": {"message": "out of memory", "type": "server_error"}})"
                              "\n\n");
        responder.finish();
      },
      quick());
  ChatRequest request = question();
  request.stream = true;
  EXPECT_EQ(world.ask(request).value().completion.text, "whole");
}

TEST(Client, Embeds) {
  ScriptedEndpoint world([](const HttpRequest& request, Responder& responder) {
    EXPECT_EQ(request.target, "/v1/embeddings");
    Json data = Json::array();
    const std::size_t inputs = Json::parse(request.body)["input"].size();
    for (std::size_t i = inputs; i-- > 0;)
      data.push_back({{"index", i}, {"embedding", {static_cast<double>(i) + 0.5, 1.0}}});
    responder.send(200, {},
                   Json{{"data", data}, {"usage", {{"prompt_tokens", 8}, {"total_tokens", 8}}}}.dump());
  });
  const Embeddings embeddings = world.embed({"a", "b", "c"}).value();
  ASSERT_EQ(embeddings.batch.rows(), 3U);
  EXPECT_EQ(embeddings.batch.row(2)[0], 2.5F);
  EXPECT_EQ(world.client->planner().ledger().total().counted.prompt, 8);
}

TEST(Client, ACancelledCallIsToldSoAndBrokenOff) {
  ScriptedEndpoint world([](const HttpRequest&, Responder&) {});
  std::optional<CallResult<Reply>> result;
  const Client::CallId call =
      world.client->complete(question(), 0, [&](CallResult<Reply> got) { result = std::move(got); });
  while (world.requests.empty()) world.io.run_one();
  world.client->cancel(call);
  EXPECT_FALSE(result) << "not from within";
  while (!result) world.io.run_one();
  EXPECT_EQ(result->error().fault, CallFault::canceled);
  EXPECT_EQ(world.client->planner().in_flight(), 0U);
}

TEST(Client, AModelThatNobodyServesFails) {
  ScriptedEndpoint world([](const HttpRequest&, Responder& responder) { say(responder, "Hi"); });
  ChatRequest request = question();
  request.model = "another";
  EXPECT_EQ(world.ask(request).error().fault, CallFault::rejected);
  EXPECT_TRUE(world.requests.empty());
}

TEST(Client, AMissingKeyIsNamedBeforeAnythingIsSent) {
  boost::asio::io_context io;
  const EndpointOptions endpoint{.url = "http://127.0.0.1:9", .model = "m", .api_key_env = "NO_SUCH_KEY"};
  try {
    const Client client(io, {endpoint}, [](const std::string&) { return std::nullopt; }, {});
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::usage);
    EXPECT_THAT(failure.what(), HasSubstr("NO_SUCH_KEY"));
  }
}

TEST(Client, ReservationsAreWrittenDownBeforeAnythingIsSent) {
  const TempFolder folder;
  ClientOptions options;
  options.plan.budget.tokens = 10'000;
  options.budget_log = folder / "budget.log";
  ScriptedEndpoint world(
      [&](const HttpRequest&, Responder& responder) {
        std::ifstream file(folder / "budget.log");
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        EXPECT_GT(read_budget_log(text).value().books.uncounted().most.tokens, 0);
        say(responder, "Hi");
      },
      options);
  ASSERT_TRUE(world.ask(question()));
  world.client.reset();
  const BudgetLog again(folder / "budget.log");
  EXPECT_EQ(again.books().counted().tokens, 15);
  EXPECT_EQ(again.books().uncounted().calls, 0);
}

TEST(Client, SaysOnceThatAServersCountsCannotBe) {
  for (const char* count : {"-5", "9223372036854775807", "18446744073709551615", "1e300", "2.5"}) {
    ScriptedEndpoint world([&](const HttpRequest&, Responder& responder) {
      std::string body = completion("one two three");
      const std::string told = R"("completion_tokens":3)";
      body.replace(body.find(told), told.size(), std::string(R"("completion_tokens":)") + count);
      responder.send(200, {}, body);
    });
    for (int call = 0; call < 2; ++call) {
      const Reply reply = world.ask(question()).value();
      EXPECT_EQ(reply.completion.text, "one two three");
      EXPECT_EQ(reply.completion.usage.source, UsageSource::estimated) << count;
      EXPECT_EQ(reply.completion.usage.completion, 3) << count;
    }
    EXPECT_EQ(world.client->planner().ledger().total().implausible, 2) << count;
    EXPECT_THAT(world.log, ElementsAre(HasSubstr("claims a usage that cannot be")));
  }
}

TEST(Client, WhatCannotBeWrittenDownIsNotSent) {
  ClientOptions options;
  options.plan.budget.tokens = 10'000;
  const TempFolder folder;
  options.budget_log = folder / "budget.log";
  ScriptedEndpoint world([](const HttpRequest&, Responder& responder) { say(responder, "Hi"); }, options);
  std::filesystem::resize_file(folder / "budget.log", 1000);
  const FileSizeLimit full(1000);
  const auto refused = world.ask(question());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, CallFault::budget);
  EXPECT_THAT(refused.error().message, HasSubstr("budget.log"));
  EXPECT_TRUE(world.requests.empty());
}

/// 50 tokens were asked for.
TEST(Client, AReplyOfManyTimesWhatWasAskedForIsBrokenOff) {
  std::size_t size = 0;
  ScriptedEndpoint world(
      [&](const HttpRequest&, Responder& responder) { say(responder, std::string(size, 'a')); }, quick());
  size = 200'000;
  EXPECT_TRUE(world.ask(question()));
  size = 400'000;
  const auto refused = world.ask(question());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, CallFault::gave_up);
  EXPECT_EQ(refused.error().kind, "too_large");
}

TEST(Client, ManyCallsShareTheConnections) {
  ScriptedEndpoint world([](const HttpRequest&, Responder& responder) { say(responder, "Hi"); }, {},
                         [](EndpointOptions& endpoint) { endpoint.max_in_flight = 8; });
  int done = 0;
  for (int call = 0; call < 500; ++call) {
    world.client->complete(question(), 0, [&](const CallResult<Reply>& got) {
      EXPECT_TRUE(got);
      ++done;
    });
  }
  while (done < 500) world.io.run_one();
  EXPECT_LE(world.server.stats().connections_accepted, 8U);
}

}  // namespace
}  // namespace throng::llm

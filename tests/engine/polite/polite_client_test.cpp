#include "engine/polite/polite_client.h"

#include <gmock/gmock.h>

#include "tests/engine/http/loopback.h"

namespace throng::net {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PoliteClientTest : public Loopback {
 protected:
  PoliteClient& polite(PoliteClientOptions options = {}) {
    options.plan.retry.first_delay = std::chrono::milliseconds(5);
    polite_.emplace(io_, server_url(), std::move(options));
    return *polite_;
  }

  Result<PoliteReply> ask(PoliteClient& client, const std::string& body = "x") {
    std::optional<Result<PoliteReply>> got;
    client.send(post(body), [&](Result<PoliteReply> result) { got = std::move(result); });
    run_until([&] { return got.has_value(); });
    return *std::move(got);
  }

  std::optional<PoliteClient> polite_;
};

TEST_F(PoliteClientTest, TriesAgainUntilItSucceeds) {
  int asked = 0;
  serve([&](HttpRequest&& request, Responder responder) {
    if (++asked < 3) return responder.send(503, {}, "busy");
    echo(std::move(request), std::move(responder));
  });
  const auto reply = ask(polite());
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->response.body, "x");
  EXPECT_EQ(reply->attempts, 3);
}

TEST_F(PoliteClientTest, TriesABrokenConnectionAgain) {
  int asked = 0;
  serve([&](HttpRequest&& request, Responder responder) {
    if (++asked == 1) return responder.reset();
    echo(std::move(request), std::move(responder));
  });
  EXPECT_EQ(ask(polite()).value().attempts, 2);
}

TEST_F(PoliteClientTest, EverySendingOfARequestIsAnAttempt) {
  int asked = 0;
  serve([&](HttpRequest&& request, Responder responder) {
    if (++asked == 2) return responder.reset();  // on the kept connection of the first
    echo(std::move(request), std::move(responder));
  });
  PoliteClient& client = polite({.http = {.max_connections = 1}});
  const int attempts = ask(client).value().attempts + ask(client).value().attempts;
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(attempts, 3);
}

TEST_F(PoliteClientTest, SaysWhatTheServerSaidWhenItGivesUp) {
  int asked = 0;
  serve([&](HttpRequest&&, Responder responder) {
    ++asked;
    responder.send(500, {}, "out of\x1b[2J luck");
  });
  const auto reply = ask(polite({.plan = {.retry = {.max_attempts = 3}}}));
  ASSERT_TRUE(reply.has_error());
  EXPECT_EQ(reply.error().kind, ErrorKind::stopped);
  EXPECT_THAT(reply.error().message, HasSubstr("status 500"));
  EXPECT_THAT(reply.error().message, HasSubstr("luck (attempt 3)"));
  EXPECT_THAT(reply.error().message, Not(HasSubstr("\x1b")));
  EXPECT_EQ(asked, 3);
}

TEST_F(PoliteClientTest, A429HoldsForEveryRequest) {
  std::vector<std::chrono::steady_clock::time_point> at;
  serve([&](HttpRequest&& request, Responder responder) {
    at.push_back(std::chrono::steady_clock::now());
    if (at.size() == 1) return responder.send(429, {{"Retry-After", "0.3"}}, "");
    echo(std::move(request), std::move(responder));
  });
  PoliteClient& client = polite({.http = {.max_connections = 1}});
  std::size_t answered = 0;
  for (int n = 0; n < 5; ++n)
    client.send(post(""), [&](const Result<PoliteReply>& reply) { answered += reply.has_value() ? 1 : 0; });
  run_until([&] { return answered == 5; });
  ASSERT_EQ(at.size(), 6U);
  EXPECT_GE(at[1] - at[0], Milliseconds(300));
}

TEST_F(PoliteClientTest, AWaitBeyondThePatienceEndsWhatIsAsked) {
  serve([](HttpRequest&&, Responder responder) {
    responder.send(503, {{"Retry-After", "259200"}}, "tomorrow");
  });
  PoliteClient& client = polite({.http = {.max_connections = 1}});
  std::vector<std::string> messages;
  for (int n = 0; n < 3; ++n) {
    client.send(post(""), [&](const Result<PoliteReply>& reply) {
      ASSERT_TRUE(reply.has_error());
      EXPECT_EQ(reply.error().kind, ErrorKind::stopped);
      messages.push_back(reply.error().message);
    });
  }
  run_until([&] { return messages.size() == 3; });
  EXPECT_THAT(messages, Each(HasSubstr("left alone for 3 days, and the patience is 10 min")));
  EXPECT_EQ(server_->stats().requests, 1U);
}

TEST_F(PoliteClientTest, DoesNotRepeatWhatTheServerRefuses) {
  int asked = 0;
  serve([&](HttpRequest&&, Responder responder) {
    ++asked;
    responder.send(412, {}, "unknown state");
  });
  EXPECT_THAT(ask(polite()).error().message, HasSubstr("412"));
  EXPECT_EQ(asked, 1);
}

TEST_F(PoliteClientTest, HasNoMoreUnderWayThanItMay) {
  std::vector<Responder> open;
  std::size_t most = 0;
  serve([&](HttpRequest&&, Responder responder) {
    open.push_back(std::move(responder));
    most = std::max(most, open.size());
    later(Milliseconds(10), [&] {
      open.front().send(200, {}, "");
      open.erase(open.begin());
    });
  });
  PoliteClient& client = polite({.http = {.max_connections = 2}});
  std::size_t answered = 0;
  for (int n = 0; n < 7; ++n) client.send(post(""), [&](const Result<PoliteReply>&) { ++answered; });
  run_until([&] { return answered == 7; });
  EXPECT_EQ(most, 2U);
}

TEST_F(PoliteClientTest, KeepsItsRateLimit) {
  std::vector<std::chrono::steady_clock::time_point> at;
  serve([&](HttpRequest&& request, Responder responder) {
    at.push_back(std::chrono::steady_clock::now());
    echo(std::move(request), std::move(responder));
  });
  PoliteClient& client =
      polite({.rate = {.requests_per_minute = 600, .pacing = Pacing::even}});  // one in 100 ms
  std::size_t answered = 0;
  for (int n = 0; n < 6; ++n) client.send(post(""), [&](const Result<PoliteReply>&) { ++answered; });
  run_until([&] { return answered == 6; });
  EXPECT_GE(at.back() - at.front(), Milliseconds(300)) << "five distances, less what late ones may catch up";
}

TEST_F(PoliteClientTest, WindingDownEndsWhatWaitsAndLetsTheRestFinish) {
  serve([&](HttpRequest&& request, Responder responder) {
    later(Milliseconds(30),
          [body = std::move(request.body), responder]() mutable { responder.send(200, {}, body); });
  });
  PoliteClient& client = polite({.http = {.max_connections = 1}});
  std::vector<bool> succeeded;
  for (int n = 0; n < 3; ++n)
    client.send(post(""), [&](const Result<PoliteReply>& reply) { succeeded.push_back(reply.has_value()); });
  client.wind_down();
  run_until([&] { return succeeded.size() == 3; });
  EXPECT_THAT(succeeded, ElementsAre(false, false, true));
}

}  // namespace
}  // namespace throng::net

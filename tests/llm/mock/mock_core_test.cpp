#include "llm/mock/mock_core.h"

#include <map>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "llm/wire/chat_completions.h"
#include "llm/wire/embeddings.h"

namespace throng::llm::mock {
namespace {

using namespace std::chrono_literals;

constexpr MockCore::TimePoint kStart{1h};

net::HttpRequest post(std::string body, int attempt = 1, std::string target = "/v1/chat/completions") {
  net::HttpRequest request{.target = std::move(target), .body = std::move(body)};
  request.headers.add("x-throng-attempt", std::to_string(attempt));
  return request;
}

std::string chat(const std::string& content, const std::string& more = "") {
  return fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"{}"}}]{}}})", content, more);
}

/// Delivered at once.
Plan serve(MockCore& core, const net::HttpRequest& request, MockCore::TimePoint now = kStart) {
  Plan plan = core.take(request, now);
  core.delivered(plan, now);
  return plan;
}

ApiError error_of(const Plan& plan) { return decode_error(plan.body, {}); }

TEST(MockCore, BillsWhatItDelivers) {
  MockCore core({}, kStart);
  const Plan plan = serve(core, post(chat("12345678")));
  EXPECT_EQ(plan.status, 200);
  const auto completion = std::get<Completion>(decode_chat(plan.body, {}));
  EXPECT_EQ(completion.usage.prompt, 5);
  EXPECT_EQ(completion.usage.completion, 32);
  EXPECT_EQ(completion.model, "m");
  const MockStats stats = core.stats();
  EXPECT_EQ(stats.requests, 1);
  EXPECT_EQ(stats.completed, 1);
  EXPECT_EQ(stats.prompt_tokens, 5);
  EXPECT_EQ(stats.completion_tokens, 32);
}

TEST(MockCore, RepliesFollowFromSeedAndBodyAlone) {
  MockCore core({.seed = 1}, kStart);
  MockCore other({.seed = 2}, kStart);
  const Plan first = serve(core, post(chat("a"), 1));
  EXPECT_EQ(first.body, serve(core, post(chat("a"), 2)).body);
  EXPECT_NE(first.body, serve(core, post(chat("b"), 1)).body);
  EXPECT_NE(first.body, serve(other, post(chat("a"), 1)).body);
}

TEST(MockCore, FaultsFollowFromTheAttemptToo) {
  MockOptions options{.seed = 5};
  options.faults = FaultShares::even(0.55).value();
  MockCore core(options, kStart);
  MockCore again(options, kStart);
  std::map<Fault, int> kinds;
  int different = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto body = chat(std::to_string(i));
    const auto fault = serve(core, post(body)).fault;
    EXPECT_EQ(serve(again, post(body)).fault, fault);
    if (serve(again, post(body, 2)).fault != fault) ++different;
  }
  EXPECT_GT(different, 500);
  const MockStats stats = core.stats();
  for (std::size_t i = 0; i < kFaults; ++i)
    EXPECT_NEAR(static_cast<double>(stats.faults[i]), 2000 * 0.05, 45) << to_string(static_cast<Fault>(i));
  EXPECT_EQ(stats.completed,
            2000 - (std::accumulate(stats.faults.begin(), stats.faults.end(), std::int64_t{0}) -
                    stats[Fault::slow_bytes] - stats[Fault::invalid_content]));
}

TEST(MockCore, StainlessRetryCountsAreAttemptsToo) {
  MockOptions options;
  options.faults = FaultShares::even(0.5).value();
  MockCore core(options, kStart);
  for (int i = 0; i < 50; ++i) {
    net::HttpRequest request{.target = "/v1/chat/completions", .body = chat(std::to_string(i))};
    request.headers.add("x-stainless-retry-count", "2");
    EXPECT_EQ(serve(core, request).fault, serve(core, post(request.body, 3)).fault);
  }
}

TEST(MockCore, FaultsHaveTheirStatus) {
  for (const auto& [name, status] :
       std::map<std::string, int>{{"429=1", 429}, {"500=1", 500}, {"503=1", 503}}) {
    MockOptions options;
    options.faults = FaultShares::parse(name).value();
    MockCore core(options, kStart);
    const Plan plan = serve(core, post(chat("a")));
    EXPECT_EQ(plan.status, status);
    EXPECT_FALSE(plan.billable());
    EXPECT_EQ(core.stats().completed, 0);
    EXPECT_EQ(plan.headers.find("retry-after-ms").value_or(""), status == 429 ? "20" : "");
  }
}

TEST(MockCore, LimitsRejectWithAReason) {
  MockCore core({.limits = {.rpm = 1}}, kStart);
  EXPECT_EQ(serve(core, post(chat("a"))).headers.find("x-ratelimit-remaining-requests"), "0");
  const Plan plan = serve(core, post(chat("a")), kStart + 10s);
  EXPECT_EQ(plan.status, 429);
  EXPECT_EQ(error_of(plan).type, "requests");
  EXPECT_EQ(error_of(plan).code, "rate_limit_exceeded");
  EXPECT_EQ(plan.headers.find("retry-after-ms"), "60000");  // the rejected request counts
  EXPECT_EQ(plan.headers.find("retry-after"), "60");
  EXPECT_EQ(core.stats().rejected_rpm, 1);

  MockCore tokens({.limits = {.tpm = 50}}, kStart);
  EXPECT_EQ(serve(tokens, post(chat("a", R"(,"max_tokens":40)"))).status, 200);
  const Plan rejected = serve(tokens, post(chat("a", R"(,"max_tokens":40)")), kStart + 1s);
  EXPECT_EQ(error_of(rejected).type, "tokens");
  EXPECT_EQ(rejected.headers.find("retry-after"), "59");
  EXPECT_EQ(error_of(serve(tokens, post(chat("a", R"(,"max_tokens":100)")))).type, "tokens");
  EXPECT_EQ(tokens.stats().rejected_tpm, 2);
  EXPECT_EQ(tokens.stats().max_tokens_per_minute, 44);
}

TEST(MockCore, LimitsAreHalvedWhenDue) {
  MockCore core({.limits = {.rpm = 10, .tpm = 1001}, .halve_after = 5s}, kStart);
  EXPECT_EQ(serve(core, post(chat("a")), kStart + 4s).headers.find("x-ratelimit-limit-requests"), "10");
  EXPECT_EQ(serve(core, post(chat("a")), kStart + 5s).headers.find("x-ratelimit-limit-requests"), "5");
  EXPECT_EQ(serve(core, post(chat("a")), kStart + 60s).headers.find("x-ratelimit-limit-tokens"), "500");
}

TEST(MockCore, TheQuotaEnds) {
  MockCore core({.quota_after = 1}, kStart);
  EXPECT_EQ(serve(core, post(chat("a"))).status, 200);
  const Plan plan = serve(core, post(chat("a")));
  EXPECT_EQ(plan.status, 429);
  EXPECT_EQ(error_of(plan).code, "insufficient_quota");
  EXPECT_FALSE(plan.headers.find("retry-after"));
}

TEST(MockCore, ALongFirstMessageIsCachedOnceItWasSeen) {
  MockCore core({}, kStart);
  const std::string prefix(4096, 'x');
  const auto request = [&](const std::string& last) {
    return post(fmt::format(
        R"({{"model":"m","messages":[{{"role":"system","content":"{}"}},{{"role":"user","content":"{}"}}]}})",
        prefix, last));
  };
  EXPECT_EQ(serve(core, request("a")).usage.cached, 0);
  EXPECT_EQ(serve(core, request("b")).usage.cached, 1027);
  EXPECT_EQ(core.stats().cached_tokens, 1027);
  EXPECT_EQ(serve(core, post(chat("short"))).usage.cached, 0);
}

TEST(MockCore, LatencyHasTheMeanAskedFor) {
  for (const LatencyShape shape :
       {LatencyShape::constant, LatencyShape::exponential, LatencyShape::lognormal}) {
    MockCore core({.latency = {.first_token = 100ms, .shape = shape}}, kStart);
    double sum = 0;
    for (int i = 0; i < 4000; ++i)
      sum += static_cast<double>(serve(core, post(chat(std::to_string(i)))).first_token.count()) / 1000;
    EXPECT_NEAR(sum / 4000, 100, 5);
  }
}

TEST(MockCore, KeysAreAskedForAndNeverShown) {
  MockCore core({.api_key = "right"}, kStart);
  net::HttpRequest request = post(chat("a"));
  EXPECT_EQ(serve(core, request).status, 401);
  request.headers.add("Authorization", "Bearer wrong-key");
  const Plan refused = serve(core, request);
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.body, testing::Not(testing::HasSubstr("wrong-key")));
  net::HttpRequest azure = post(chat("a"));
  azure.headers.add("api-key", "right");
  EXPECT_EQ(serve(core, azure).status, 200);
  net::HttpRequest bearer = post(chat("a"));
  bearer.headers.add("Authorization", "Bearer right");
  EXPECT_EQ(serve(core, bearer).status, 200);
  EXPECT_EQ(core.stats().unauthorized, 2);
  EXPECT_EQ(core.stats().requests, 2);
}

TEST(MockCore, EverythingElseIsAnError) {
  MockCore core({}, kStart);
  EXPECT_EQ(serve(core, post("", 1, "/v1/completions")).status, 404);
  EXPECT_EQ(serve(core, post("", 1, "/v1/models")).status, 405);
  const Plan wrong_method = serve(core, {.method = "GET", .target = "/v1/chat/completions"});
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.headers.find("Allow"), "POST");
  EXPECT_EQ(core.stats().requests, 0);
  for (const char* body : {"", "{", "[]", "3", "{\"model\":1}"})
    EXPECT_EQ(serve(core, post(body)).status, 400) << body;
  EXPECT_EQ(core.stats().bad_requests, 5);
  EXPECT_EQ(error_of(serve(core, post("{}"))).type, "invalid_request_error");
}

TEST(MockCore, ModelsAndStatsAreDocuments) {
  MockCore core({.model = "mine"}, kStart);
  EXPECT_EQ(Json::parse(serve(core, {.method = "GET", .target = "/v1/models"}).body)["data"][0]["id"],
            "mine");
  serve(core, post(chat("a")));
  const Json stats = Json::parse(serve(core, {.method = "GET", .target = "/stats"}).body);
  EXPECT_EQ(stats["completed"], 1);
  EXPECT_EQ(stats["faults"]["reset"], 0);
}

TEST(MockCore, EmbeddingsAreServedAndBilled) {
  MockCore core({.embedding_dimensions = 4}, kStart);
  const Plan plan = serve(core, post(R"({"model":"e","input":["ab","cdefg"]})", 1, "/v1/embeddings"));
  EXPECT_EQ(std::get<EmbeddingBatch>(decode_embeddings(plan.body, 2, {})).dimensions, 4U);
  EXPECT_EQ(core.stats().prompt_tokens, 3);
  EXPECT_EQ(core.stats().completed, 1);
}

}  // namespace
}  // namespace throng::llm::mock

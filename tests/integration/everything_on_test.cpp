// Agents with all that they can have, at a server that fails as servers do: what a run promises holds all the same.
#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "tests/integration/llm_run.h"

namespace throng {
namespace {

constexpr const char* kFaults =
    "429=0.03,500=0.03,reset=0.03,truncated=0.02,malformed=0.01,invalid_content=0.05";

/// Two visits of agents who remember more than a prompt has room for, by the vectors of an endpoint, reflect, may do whatever there
/// is to do, are told of pages in an order of their own, and are asked questions of every kind.
class EverythingOn : public LlmRun, public ::testing::WithParamInterface<const char*> {
 protected:
  Json embedder() const {
    return {{"kind", "endpoint"},
            {"dimensions", 32},
            {"endpoints",
             {{{"url", url_},
               {"model", "embeds"},
               {"max_in_flight", 8},
               {"price", {{"prompt", 1}, {"completion", 0}}}}}}};
  }

  void write_all(const Json& changes = Json::object()) {
    write_scenario({{"population", {{"agents", 40}}}, {"rounds", 2}});
    Json json = Json::parse(read_file(folder_ / "s.json", ErrorKind::data));
    json["retrain"]["from"] = "viewed";
    json["mind"].update({{"protocol", GetParam()},
                         {"order", "shuffled"},
                         {"memory_tokens", 120},
                         {"embedder", embedder()},
                         {"reflection", {{"pages", 2}, {"swing", 0.3}, {"importance", 4}}}});
    json["session"]["memory_bytes"] = 4096;
    json["session"]["actions"] = {"save", "share", "search"};
    json["interview"]["questions"] = {
        {{"name", "why"}, {"kind", "words"}, {"text", "Why did you leave?"}},
        {{"name", "again"}, {"kind", "choice"}, {"text", "Will you come again?"}, {"options", {"yes", "no"}}},
        {{"name", "worth"},
         {"kind", "score"},
         {"text", "What was it worth?"},
         {"share", 0.5},
         {"when", "end"}}};
    json.merge_patch(changes);
    folder_.write("s.json", json.dump());
  }

  /// What the server has billed, in dollars.
  static double billed(const Json& stats, double completion_price) {
    return 1e-6 * (stats["prompt_tokens"].get<double>() +
                   completion_price * stats["completion_tokens"].get<double>());
  }
};

TEST_P(EverythingOn, AnyThreadsAnyFaultsAndAReplayHaveOneDigest) {
  serve({"--faults", kFaults});
  write_all();
  const Json first = run({"--out", "a", "--threads", "2"});
  const Json& llm = first["llm"];
  EXPECT_GT(llm["embeddings"]["texts"], 100);
  EXPECT_EQ(llm["embeddings"]["texts"], llm["embeddings"]["live"].get<int>());
  EXPECT_GT(llm["repairs"], 0);
  EXPECT_EQ(run({"--out", "b", "--threads", "1"})["digest"], first["digest"]);
  EXPECT_THAT(throng({"report", "a"}).out, HasSubstr("embeds (texts) at"));
  stop_mock();

  const Json replayed = run({"--out", "c", "--replay", "a"});
  EXPECT_EQ(replayed["digest"], first["digest"]);
  EXPECT_EQ(replayed["llm"]["embeddings"]["replayed"], llm["embeddings"]["texts"]);
  EXPECT_EQ(replayed["llm"]["embeddings"]["live"], 0);
  EXPECT_EQ(throng({"compare", "a", "c"}).exit_code, 0);
  EXPECT_THAT(throng({"story", "a", "--agent", "0", "--prompts"}).out,
              AllOf(HasSubstr("--- text\n"), HasSubstr("(a vector of 32 numbers)")));
}

TEST_P(EverythingOn, KilledOrInterruptedItGoesOnWhereItWas) {
  serve({"--faults", kFaults, "--latency-ms", "2"});
  write_all();
  const Json reference = run({"--out", "reference"});
  std::mt19937 random(7);  // NOLINT: reproducible as far as killing processes can be
  for (int kills = 0; kills < 8; ++kills) {
    const pid_t child =
        start({"run", "s.json", "--out", "a", "--resume", "--threads", std::to_string(1 + kills % 2)});
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 300));
    kill(child, kills % 2 == 0 ? SIGKILL : SIGINT);
    wait_for(child);
  }
  const Json resumed = run({"--out", "a", "--resume"});
  EXPECT_EQ(resumed["digest"], reference["digest"]);
  EXPECT_GT(resumed["llm"]["embeddings"]["from_journal"], 0);
  EXPECT_EQ(resumed["llm"]["embeddings"]["texts"], reference["llm"]["embeddings"]["texts"])
      << "no text is asked for twice";
  EXPECT_EQ(resumed["llm"]["calls"], reference["llm"]["calls"]);
}

TEST_P(EverythingOn, NoBudgetIsExceededAndALargerOneCompletesTheRun) {
  serve({"--faults", kFaults});
  write_all();
  const Json reference = run({"--out", "reference"});
  const double whole = reference["llm"]["usd"].get<double>();
  serve_anew({"--faults", kFaults});
  double budget = 0;
  for (const double share : {0.3, 0.6}) {
    budget = share * whole;
    write_all({{"budget", {{"usd", budget}}}});
    const Finished stopped = throng({"run", "s.json", "--out", "a", "--resume"});
    EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("--set budget.usd="));
  }
  EXPECT_LE(billed(stop_mock(), 2), budget);
  url_.clear();
  std::filesystem::remove(folder_ / "mock-out");
  serve({"--faults", kFaults});
  write_all({{"budget", {{"usd", 100}}}});
  EXPECT_EQ(run({"--out", "a", "--resume"})["digest"], reference["digest"]);
}

TEST_P(EverythingOn, WhereEverythingFitsNothingIsEmbedded) {
  serve({});
  write_all({{"mind", {{"memory_tokens", 100000}}}, {"rounds", 1}});
  const Json with = run({"--out", "a"});
  EXPECT_FALSE(with["llm"].contains("embeddings"));
  write_all({{"mind", {{"memory_tokens", 100000}, {"embedder", nullptr}}}, {"rounds", 1}});
  EXPECT_EQ(run({"--out", "b"})["digest"], with["digest"]);
}

INSTANTIATE_TEST_SUITE_P(Protocols, EverythingOn, ::testing::Values("structured", "agent4rec"),
                         [](const auto& each) { return std::string(each.param); });

class AnEmbedder : public EverythingOn {};

// The vectors of another embedder would be other results.
TEST_P(AnEmbedder, ThatDoesNotAnswerStopsTheRunWhichGoesOnWhenItDoes) {
  serve({});
  write_all({{"patience", 1}});
  const Json reference = run({"--out", "reference"});
  Json nowhere = embedder();
  nowhere["endpoints"][0]["url"] = "http://127.0.0.1:1/v1";
  write_all({{"patience", 1}, {"mind", {{"embedder", nowhere}}}});
  const Finished stopped = throng({"run", "s.json", "--out", "a"});
  EXPECT_EQ(stopped.exit_code, 4) << stopped.err;
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("127.0.0.1:1"), HasSubstr("--resume")));
  write_all({{"patience", 1}});
  EXPECT_EQ(run({"--out", "a", "--resume"})["digest"], reference["digest"]);
  const Finished other =
      throng({"run", "s.json", "--out", "a", "--resume", "--set", R"(mind.embedder={"kind": "local"})"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("/mind/embedder"));
}

TEST_P(AnEmbedder, IsCheckedAndEstimatedLikeThoseWhoPlay) {
  serve({});
  write_all();
  const Json ran = run({"--out", "a"});
  const Json estimate = json_of(throng({"check", "s.json", "--json"}))["estimate"];
  ASSERT_EQ(estimate.size(), 2U);
  EXPECT_EQ(estimate[1]["model"], "embeds");
  EXPECT_EQ(estimate[1]["kind"], "embedding");
  const auto texts = ran["llm"]["embeddings"]["texts"].get<double>();
  EXPECT_GT(estimate[1]["calls"].get<double>(), 0.7 * texts);
  EXPECT_LT(estimate[1]["calls"].get<double>(), 2 * texts);
  EXPECT_GT(estimate[1]["usd"].get<double>(), 0);
  unsetenv("THRONG_NO_KEY");
  const Finished keyless =
      throng({"check", "s.json", "--set", "mind.embedder.endpoints.0.api_key_env=THRONG_NO_KEY"});
  EXPECT_EQ(keyless.exit_code, 2);
  EXPECT_THAT(keyless.err, HasSubstr("THRONG_NO_KEY"));
}

INSTANTIATE_TEST_SUITE_P(Protocols, AnEmbedder, ::testing::Values("structured"));

}  // namespace
}  // namespace throng

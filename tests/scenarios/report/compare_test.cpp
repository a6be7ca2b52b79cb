#include "scenarios/report/compare.h"

#include <gmock/gmock.h>

#include "engine/base/statistics.h"
#include "scenarios/report/comparison_report.h"
#include "scenarios/store/run_writer.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

template <class Row>
RowStream<Row> stream_of(std::vector<Row> rows) {
  return [rows = std::move(rows), next = std::size_t{0}]() mutable -> std::optional<Row> {
    if (next == rows.size()) return std::nullopt;
    return rows[next++];
  };
}

// Two values: resampled means are 0, 0.5 and 1 with probabilities 1/4, 1/2 and 1/4.
TEST(Bootstrap, OfTwoValuesReachesFromOneToTheOther) {
  EXPECT_EQ(bootstrap_mean(std::vector{0.0, 1.0}), (Interval{.low = 0, .high = 1}));
}

TEST(Bootstrap, OfAConstantHasNoWidth) {
  const std::vector<double> constant(7, 0.1);
  const double mean = mean_of(constant);
  EXPECT_EQ(bootstrap_mean(constant), (Interval{.low = mean, .high = mean}));
  EXPECT_EQ(bootstrap_difference(std::vector(3, 1.0), std::vector(5, 3.0)), (Interval{.low = 2, .high = 2}));
}

// 0 .. 99: mean 49.5, standard error sqrt((100^2 - 1) / 12 / 100) = 2.887, so the interval is near
// 49.5 +- 1.96 * 2.887.
TEST(Bootstrap, OfManyValuesIsNearTheNormalInterval) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i);
  const Interval interval = bootstrap_mean(values);
  EXPECT_NEAR(interval.low, 49.5 - 5.658, 0.4);
  EXPECT_NEAR(interval.high, 49.5 + 5.658, 0.4);
  EXPECT_EQ(bootstrap_mean(values), interval) << "the same every time";
}

// Independent: (0, 0) - (1, 1) has probability 1/16, more than 2.5 %. Resampled together it would be 0.
TEST(Bootstrap, OfADifferenceResamplesBothIndependently) {
  const std::vector values{0.0, 1.0};
  EXPECT_EQ(bootstrap_difference(values, values), (Interval{.low = -1, .high = 1}));
}

MetricValues values(std::vector<AgentValue> agents) {
  return {.name = "n_like", .agents = std::move(agents)};
}

// Agents 1, 4 and 6 have a value in both: differences 2, 2 and 2, though the values are far apart.
TEST(MetricDifferences, PairedRestOnAgentsThatHaveAValueInBoth) {
  const std::vector a{
      values({{AgentId(1), 10}, {AgentId(2), 99}, {AgentId(4), 20}, {AgentId(6), 0}, {AgentId(9), 99}})};
  const std::vector b{values({{AgentId(0), -50}, {AgentId(1), 12}, {AgentId(4), 22}, {AgentId(6), 2}})};
  const MetricDifference difference = metric_differences(a, b, Pairing::paired).front();
  EXPECT_EQ(difference.metric, "n_like");
  EXPECT_DOUBLE_EQ(difference.a, 10);
  EXPECT_DOUBLE_EQ(difference.b, 12);
  EXPECT_DOUBLE_EQ(difference.difference, 2);
  EXPECT_EQ(difference.interval, (Interval{.low = 2, .high = 2}));
  EXPECT_EQ(difference.agents_a, 3U);
  EXPECT_EQ(difference.agents_b, 3U);
}

TEST(MetricDifferences, UnpairedRestOnAllAgents) {
  const std::vector a{values({{AgentId(0), 1}, {AgentId(1), 3}})};
  const std::vector b{values({{AgentId(0), 4}, {AgentId(1), 4}, {AgentId(7), 7}})};
  const MetricDifference difference = metric_differences(a, b, Pairing::unpaired).front();
  EXPECT_DOUBLE_EQ(difference.difference, 3);
  EXPECT_EQ(difference.agents_a, 2U);
  EXPECT_EQ(difference.agents_b, 3U);
  ASSERT_TRUE(difference.interval.has_value());
  EXPECT_LT(difference.interval->low, 3);
  EXPECT_GT(difference.interval->high, 3);
}

TEST(MetricDifferences, TooFewAgentsHaveNoInterval) {
  const std::vector one{values({{AgentId(0), 1}})};
  const std::vector none{values({})};
  for (const Pairing pairing : {Pairing::paired, Pairing::unpaired}) {
    EXPECT_FALSE(metric_differences(one, one, pairing).front().interval.has_value());
    EXPECT_FALSE(metric_differences(one, none, pairing).front().has_value());
  }
}

StoredAgent agent(unsigned number, std::string user, TraitGroups traits = {}, bool perturbed = false) {
  return {.agent = AgentId(number), .external_id = std::move(user), .perturbed = perturbed, .traits = traits};
}

TEST(MatchPopulations, TheSameNumberUserAndTraitsAreTheSameAgent) {
  const PopulationMatch match = match_populations(stream_of<StoredAgent>({agent(0, "x"), agent(1, "y")}),
                                                  stream_of<StoredAgent>({agent(1, "y"), agent(2, "z")}));
  EXPECT_EQ(match.same, 1U);
  EXPECT_EQ(match.only_a, 1U);
  EXPECT_EQ(match.only_b, 1U);
  EXPECT_TRUE(match.pairs());
}

TEST(MatchPopulations, OneOtherAgentMakesThemOthers) {
  const TraitGroups devoted{.activity = 3};
  for (const StoredAgent& other : {agent(1, "z"), agent(1, "y", devoted), agent(1, "y", {}, true)}) {
    const PopulationMatch match = match_populations(stream_of<StoredAgent>({agent(0, "x"), agent(1, "y")}),
                                                    stream_of<StoredAgent>({agent(0, "x"), other}));
    EXPECT_EQ(match.first_other, AgentId(1));
    EXPECT_FALSE(match.pairs());
  }
  EXPECT_FALSE(match_populations(stream_of<StoredAgent>({agent(0, "x")}), stream_of<StoredAgent>({})).pairs())
      << "nobody to pair";
}

SessionDigest digest(unsigned agent, std::uint16_t round, std::uint64_t value) {
  return {.agent = AgentId(agent), .round = round, .digest = {.high = 1, .low = value}};
}

// Agent 0 parts in round 2; agents 3 and 5 in round 1 already, where the runs part.
TEST(CompareDigests, FindsTheFirstRoundAndItsAgents) {
  const DigestComparison comparison =
      compare_digests(stream_of<SessionDigest>({digest(0, 0, 1), digest(0, 2, 1), digest(3, 0, 1),
                                                digest(3, 1, 1), digest(5, 1, 1), digest(5, 2, 1)}),
                      stream_of<SessionDigest>({digest(0, 0, 1), digest(0, 2, 7), digest(3, 0, 1),
                                                digest(3, 1, 7), digest(5, 1, 7), digest(5, 2, 7)}));
  ASSERT_TRUE(comparison.parting.has_value());
  EXPECT_EQ(comparison.parting->round, 1);
  EXPECT_EQ(comparison.parting->agents, 2U);
  EXPECT_THAT(comparison.parting->first, ElementsAre(AgentId(3), AgentId(5)));
  EXPECT_EQ(comparison.in_both, 6U);
}

TEST(CompareDigests, NamesAFewAgentsAndCountsAll) {
  std::vector<SessionDigest> a;
  std::vector<SessionDigest> b;
  for (unsigned n = 0; n < 20; ++n) {
    a.push_back(digest(n, 0, 1));
    b.push_back(digest(n, 0, 2));
  }
  const DigestComparison comparison = compare_digests(stream_of(a), stream_of(b));
  ASSERT_TRUE(comparison.parting.has_value());
  EXPECT_EQ(comparison.parting->agents, 20U);
  EXPECT_EQ(comparison.parting->first.size(), kFirstAgents);
}

TEST(CompareDigests, SessionsOfOneRunAreCountedAndAreNoParting) {
  const std::vector<SessionDigest> a{digest(0, 0, 1), digest(1, 0, 1), digest(1, 1, 1)};
  const std::vector<SessionDigest> b{digest(1, 0, 1), digest(2, 0, 1)};
  const DigestComparison comparison = compare_digests(stream_of(a), stream_of(b));
  EXPECT_FALSE(comparison.parting.has_value());
  EXPECT_FALSE(comparison.identical());
  EXPECT_EQ(comparison.in_both, 1U);
  EXPECT_EQ(comparison.only_a, 2U);
  EXPECT_EQ(comparison.only_b, 1U);
  EXPECT_TRUE(compare_digests(stream_of(a), stream_of(a)).identical());
}

/// One page with one viewed item.
SessionRecord session_of(unsigned agent, unsigned item, std::uint8_t rating, std::uint8_t score) {
  SessionRecord session{.agent = AgentId(agent)};
  session.pages.push_back({.page = 1,
                           .impressions = {{.item = ItemId(item), .mean_rating = 3.5F}},
                           .satisfaction = 0.5,
                           .decision = Decision{.fatigue = 0.0}});
  add_view(session.pages[0].actions, 1, rating, Feeling::pleased);
  session.interview = Interview{.score = score};
  session.digest = {.high = item, .low = rating + 16U * score};
  return session;
}

std::string title(ItemId item) { return "film\t" + std::to_string(index(item)); }

TEST(DifferingRows, ShowsOnlyWhatDiffers) {
  const SessionRecord a = session_of(0, 1, 4, 7);
  SessionRecord b = session_of(0, 2, 4, 8);
  b.pages[0].decision->fatigue = 1e-9;
  b.pages[0].reflection = Reflection{.satisfaction = 0.25};
  EXPECT_THAT(differing_rows(a, title, a, title), IsEmpty());
  EXPECT_THAT(differing_rows(a, title, b, title),
              ElementsAre(RowDifference{"page 1, item 1",
                                        "film 1, 3.50: not aligned, viewed yes, rating 4, feeling pleased",
                                        "film 2, 3.50: not aligned, viewed yes, rating 4, feeling pleased"},
                          RowDifference{"page 1, decides", "goes on (satisfaction not told, fatigue 0)",
                                        "goes on (satisfaction not told, fatigue 1e-09)"},
                          RowDifference{"page 1, reflects", "", "satisfaction 0.25"},
                          RowDifference{"interview", "7 of 10", "8 of 10"}));
}

class CompareRuns : public ::testing::Test {
 protected:
  /// Three users; item 1 has a hostile title.
  void write_run(const std::string& name, const std::vector<SessionRecord>& sessions,
                 const std::string& status = "finished") const {
    std::filesystem::create_directory(folder_ / name);
    Dataset dataset = testing::two_camps(3, 4);
    dataset.catalogue.items[1].title = "\033[31mred";
    const TasteSpace space(dataset.catalogue, dataset.interactions);
    RunWriter writer(folder_ / name / "run.db");
    testing::write_facts(writer, dataset.name, status);
    writer.write_meta("digest", "d19e57");
    writer.write_items(dataset, dataset.mean_ratings());
    writer.write_agents(
        {AgentId(0), AgentId(dataset.users.size())}, Population(dataset, space, {}, Draws(1)), dataset, space,
        [](AgentId) { return ""; }, [](AgentId) { return "statistical"; });
    writer.write_sessions(sessions);
    writer.commit();
  }

  std::string text(const std::string& a, const std::string& b) const {
    const ComparedRun run_a(folder_ / a);
    const ComparedRun run_b(folder_ / b);
    return comparison_text(run_a, run_b, compare_runs(run_a, run_b));
  }
  Json json(const std::string& a, const std::string& b) const {
    const ComparedRun run_a(folder_ / a);
    const ComparedRun run_b(folder_ / b);
    return comparison_json(run_a, run_b, compare_runs(run_a, run_b));
  }

  TempFolder folder_;
};

TEST_F(CompareRuns, PairsAgentsAndShowsTheRowsOfTheFirstThatDiffers) {
  write_run("a", {session_of(0, 0, 4, 5), session_of(1, 1, 4, 6), session_of(2, 2, 3, 7)});
  write_run("b", {session_of(0, 0, 4, 5), session_of(1, 1, 3, 6), session_of(2, 2, 3, 9)});
  EXPECT_THAT(text("a", "b"),
              AllOf(HasSubstr("part in round 1, at 2 agents: 1, 2\n"), HasSubstr("Agent 1 in round 1"),
                    HasSubstr("rating 3, feeling pleased"), HasSubstr("[31mred"), Not(HasSubstr("\033")),
                    Not(HasSubstr("interview"))));
  const Json found = json("a", "b");
  EXPECT_EQ(found["parts"]["first"], Json({1, 2}));
  EXPECT_EQ(found["parts"]["rows"].size(), 1U);
  const Json& n_like = found["metrics"][1];
  EXPECT_EQ(n_like["metric"], "n_like");
  EXPECT_NEAR(n_like["a"].get<double>(), 2.0 / 3, 1e-12);
  EXPECT_NEAR(n_like["difference"].get<double>(), -1.0 / 3, 1e-12);
  EXPECT_EQ(n_like["agents"], 3);
  EXPECT_EQ(n_like["paired"], true);
  ASSERT_EQ(found["positions"].size(), 3U);
  const Json& rating = found["positions"][2];
  EXPECT_EQ(rating["metric"], "position_1_rating");
  EXPECT_NEAR(rating["difference"].get<double>(), -1.0 / 3, 1e-12);
}

TEST_F(CompareRuns, TheSameRunHasNoDifference) {
  write_run("a", {session_of(0, 0, 4, 5), session_of(1, 1, 4, 6)});
  EXPECT_THAT(text("a", "a"), HasSubstr("No difference: same digest d19e57"));
  EXPECT_TRUE(json("a", "a")["parts"].is_null());
}

TEST_F(CompareRuns, AnUnfinishedRunIsComparedAsFarAsItGot) {
  write_run("a", {session_of(0, 0, 4, 5), session_of(1, 1, 4, 6)});
  write_run("b", {session_of(0, 0, 4, 5)}, "stopped");
  EXPECT_THAT(text("a", "b"),
              AllOf(HasSubstr("B is not finished (stopped)"), HasSubstr("1 session only in A"),
                    HasSubstr("No difference in 1 session that both runs have")));
}

TEST_F(CompareRuns, ARunWithoutRowsAndAStudyAreDataErrors) {
  write_run("empty", {});
  EXPECT_THROW(ComparedRun(folder_ / "empty"), Failure);
  folder_.write("study/summary.json", R"({"curves": []})");
  try {
    ComparedRun run(folder_ / "study");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::data);
    EXPECT_THAT(failure.what(), HasSubstr("study"));
  }
}

}  // namespace
}  // namespace throng

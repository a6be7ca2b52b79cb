#include "agents/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include <gmock/gmock.h>

#include "tests/support/thread_ranks.h"

namespace throng {
namespace {

/// Its items are viewed and rated; 0: they are not.
PageRecord page_of(const std::vector<std::uint8_t>& ratings, std::optional<Decision> decision = Decision{}) {
  PageRecord page{.decision = std::move(decision)};
  for (const std::uint8_t rating : ratings) {
    page.impressions.push_back({.aligned = rating > 0});
    if (rating > 0) add_view(page.actions, page.impressions.size(), rating, Feeling::pleased);
  }
  return page;
}

TEST(OutcomeOf, CountsWhatWasShownViewedAndLiked) {
  SessionRecord session{.agent = AgentId(3)};
  session.pages = {page_of({4, 3, 0, 0}), page_of({5, 0, 0, 0})};
  session.pages[1].impressions[2].aligned = true;
  session.interview = Interview{.score = 6};
  EXPECT_EQ(outcome_of(session),
            (Outcome{.agent = AgentId(3), .shown = 8, .viewed = 3, .liked = 2, .pages = 2, .score = 6}));
}

TEST(OutcomeOf, KeepsWhatWasSearchedForApart) {
  SessionRecord session{.agent = AgentId(3)};
  session.pages = {page_of({4, 0}), page_of({5, 5, 0}), page_of({0, 3})};
  session.pages[0].decision->search = "noir";
  session.pages[1].results_of = "noir";
  session.pages[1].actions.push_back({.position = 3, .kind = ActionKind::save});
  session.pages[2].actions.push_back({.position = 2, .kind = ActionKind::share});
  EXPECT_EQ(outcome_of(session), (Outcome{.agent = AgentId(3),
                                          .shown = 4,
                                          .viewed = 2,
                                          .liked = 1,
                                          .pages = 3,
                                          .optional = {0, 0, 0, 1, 1},
                                          .searches = 1,
                                          .found = 3,
                                          .found_viewed = 2}));
  const std::vector<Metric> metrics = run_metrics(std::vector{outcome_of(session)}, kAllActions);
  ASSERT_EQ(metrics.size(), 9U);
  EXPECT_EQ(metrics[0].mean, 0.5) << "p_view: of what was recommended";
  EXPECT_EQ(metrics[7].name, "n_search");
  EXPECT_EQ(metrics[8].name, "p_found");
  EXPECT_NEAR(metrics[8].mean, 2 / 3.0, 1e-12);
  EXPECT_EQ(run_metrics(std::vector{outcome_of(session)}, {}).size(), 5U);
  PositionCounts counts;
  counts.add(session);
  EXPECT_EQ(counts.by_position().size(), 2U);
  EXPECT_EQ(counts.by_page()[1].shown, 0U);
}

// By hand: of three adverts on pages that count two are viewed and one is liked; p_view and p_like are of all items.
TEST(OutcomeOf, CountsAdverts) {
  SessionRecord session{.agent = AgentId(3)};
  session.pages = {page_of({4, 5}), page_of({3, 0}), page_of({0, 4}), page_of({5, 5}),
                   page_of({5, 5}, std::nullopt)};
  session.pages[0].words = {{.position = 2, .text = "Now!"}};
  session.pages[1].words = {{.position = 1, .text = ""}};
  session.pages[2].words = {{.position = 1, .text = ""}};
  session.pages[3].words = session.pages[4].words = {{.position = 1, .text = ""}};
  session.pages[3].results_of = "noir";
  const Outcome outcome = outcome_of(session);
  EXPECT_EQ(outcome.adverts, 3U);
  EXPECT_EQ(outcome.adverts_viewed, 2U);
  EXPECT_EQ(outcome.adverts_liked, 1U);
  const std::vector<Metric> metrics = run_metrics(std::vector{outcome}, {});
  ASSERT_EQ(metrics.size(), 7U);
  EXPECT_EQ(metrics[5].name, "p_advert_view");
  EXPECT_NEAR(metrics[5].mean, 2 / 3.0, 1e-12);
  EXPECT_EQ(metrics[6].name, "p_advert_like");
  EXPECT_NEAR(metrics[6].mean, 1 / 3.0, 1e-12);
  EXPECT_TRUE(has_adverts(std::vector{outcome}));
  EXPECT_FALSE(has_adverts(std::vector{Outcome{.agent = AgentId(1)}}));
}

// By hand: of five items shown two are hidden, of three aligned ones one is; what was searched for and a degraded page do not count.
TEST(OutcomeOf, CountsHiddenPositives) {
  SessionRecord session{.agent = AgentId(3)};
  session.pages = {page_of({4, 5, 0}), page_of({3, 0}), page_of({5, 5}), page_of({5, 5}, std::nullopt)};
  session.pages[2].results_of = "noir";
  for (PageRecord& page : session.pages) {
    for (Impression& shown : page.impressions) shown.hidden = false;
  }
  session.pages[0].impressions[0].hidden = true;
  session.pages[1].impressions[1].hidden = true;
  session.pages[2].impressions[0].hidden = true;
  session.pages[3].impressions[0].hidden = true;
  const Outcome outcome = outcome_of(session);
  EXPECT_EQ(outcome.judged, 5U);
  EXPECT_EQ(outcome.aligned, 3U);
  EXPECT_EQ(outcome.hidden, 2U);
  EXPECT_EQ(outcome.hidden_aligned, 1U);
  const std::vector<Metric> metrics = run_metrics(std::vector{outcome}, {});
  ASSERT_EQ(metrics.size(), 8U);
  EXPECT_EQ(metrics[5].name, "p_hidden");
  EXPECT_NEAR(metrics[5].mean, 2 / 5.0, 1e-12);
  EXPECT_EQ(metrics[6].name, "align_precision");
  EXPECT_NEAR(metrics[6].mean, 1 / 3.0, 1e-12);
  EXPECT_EQ(metrics[7].name, "align_recall");
  EXPECT_NEAR(metrics[7].mean, 1 / 2.0, 1e-12);
}

// Agent 0 aligned with nothing and agent 1 was shown nothing that is hidden: neither share is one of nothing.
TEST(AlignmentValues, LeaveOutAgentsWithoutAValue) {
  const std::vector<MetricValues> values = alignment_values(std::vector<Outcome>{
      {.agent = AgentId(0), .judged = 4, .hidden = 2},
      {.agent = AgentId(1), .judged = 4, .aligned = 2},
      {.agent = AgentId(2), .judged = 4, .aligned = 2, .hidden = 4, .hidden_aligned = 2}});
  ASSERT_EQ(values.size(), 3U);
  EXPECT_EQ(values[0].agents, (std::vector<AgentValue>{{AgentId(0), 0.5}, {AgentId(1), 0}, {AgentId(2), 1}}));
  EXPECT_EQ(values[1].agents, (std::vector<AgentValue>{{AgentId(1), 0}, {AgentId(2), 1}}));
  EXPECT_EQ(values[2].agents, (std::vector<AgentValue>{{AgentId(0), 0}, {AgentId(2), 0.5}}));
}

TEST(OutcomeOf, LeavesDegradedPagesOut) {
  SessionRecord session{.agent = AgentId(3)};
  session.pages = {page_of({4, 0}), page_of({0, 0}, std::nullopt), page_of({0, 2})};
  EXPECT_EQ(outcome_of(session),
            (Outcome{.agent = AgentId(3), .shown = 4, .viewed = 2, .liked = 1, .pages = 2}));
  session.pages.pop_back();
  session.pages.push_back(page_of({0, 0}, std::nullopt));
  EXPECT_TRUE(outcome_of(session).abandoned);
}

// By hand: agent 0 viewed 2 of 4 and liked 1 on 1 page, score 3; agent 1 viewed 6 of 8 and liked 6 on 2
// pages, score 8.
TEST(HeadlineMetrics, AreMeansOverAgentsOfPerAgentValues) {
  const std::vector<Outcome> outcomes{
      {.agent = AgentId(0), .shown = 4, .viewed = 2, .liked = 1, .pages = 1, .score = 3},
      {.agent = AgentId(1), .shown = 8, .viewed = 6, .liked = 6, .pages = 2, .score = 8}};
  const std::vector<Metric> metrics = headline_metrics(outcomes);
  ASSERT_EQ(metrics.size(), 5U);
  const auto expect = [&](std::size_t i, const char* name, double mean, double standard_error) {
    EXPECT_EQ(metrics[i].name, name);
    EXPECT_NEAR(metrics[i].mean, mean, 1e-12) << name;
    EXPECT_NEAR(metrics[i].standard_error, standard_error, 1e-12) << name;
    EXPECT_EQ(metrics[i].agents, 2U);
    EXPECT_EQ(metrics[i].pages, 3U);
  };
  // Of two values the standard error is half their difference.
  expect(0, "p_view", (0.5 + 0.75) / 2, 0.125);
  expect(1, "n_like", 3.5, 2.5);
  expect(2, "p_like", (0.25 + 0.75) / 2, 0.25);
  expect(3, "n_exit", 1.5, 0.5);
  expect(4, "s_sat", 5.5, 2.5);
}

// Agent 0 came twice: its values are the means of its sessions, and it counts once.
TEST(HeadlineMetrics, AnAgentCountsOnceHoweverOftenItCame) {
  const std::vector<Outcome> by_round{{.agent = AgentId(0), .shown = 4, .viewed = 4, .pages = 1, .score = 2},
                                      {.agent = AgentId(1), .shown = 4, .viewed = 1, .pages = 1, .score = 9},
                                      {.agent = AgentId(0), .shown = 8, .viewed = 4, .pages = 2, .score = 4}};
  const std::vector<Metric> metrics = headline_metrics(by_round);
  EXPECT_EQ(metrics[0].agents, 2U);
  EXPECT_EQ(metrics[0].pages, 4U);
  EXPECT_DOUBLE_EQ(metrics[0].mean, ((1.0 + 0.5) / 2 + 0.25) / 2);
  EXPECT_DOUBLE_EQ(metrics[4].mean, (3.0 + 9.0) / 2);
}

// By hand: agent 0 saves three items in its first session and one in its second, agent 1 none; they share two and one.
TEST(ActionValues, CountWhatAgentsSaveAndShare) {
  const auto did = [](unsigned agent, std::uint16_t round, std::uint32_t saved, std::uint32_t shared) {
    Outcome outcome{.agent = AgentId(agent), .round = round, .shown = 8, .viewed = 2, .pages = 2};
    outcome.optional = {0, 0, 0, saved, shared};
    return outcome;
  };
  const std::vector<Outcome> outcomes{did(0, 0, 3, 0), did(0, 1, 1, 2), did(1, 0, 0, 1)};
  const std::vector<Metric> metrics = run_metrics(outcomes, {.save = true, .share = true});
  const auto mean = [&](const char* name) {
    const auto found = std::ranges::find(metrics, name, &Metric::name);
    return found == metrics.end() ? std::nan("") : found->mean;
  };
  EXPECT_DOUBLE_EQ(mean("n_save"), (2.0 + 0) / 2) << "an agent's value is its mean over its sessions";
  EXPECT_DOUBLE_EQ(mean("n_share"), (1.0 + 1) / 2);
}

// Agent 2 was shown nothing: it has pages and a score, but no shares.
TEST(HeadlineValues, AreTheValuesOfAgentsThatHaveOne) {
  const std::vector<Outcome> outcomes{
      {.agent = AgentId(5), .shown = 4, .viewed = 1, .liked = 1, .pages = 1, .score = 9},
      {.agent = AgentId(2), .score = 3},
      {.agent = AgentId(5), .round = 1, .shown = 4, .viewed = 3, .liked = 2, .pages = 2, .score = 4}};
  const std::vector<MetricValues> values = headline_values(outcomes);
  ASSERT_EQ(values.size(), 5U);
  EXPECT_EQ(values[0].name, "p_view");
  EXPECT_EQ(values[0].agents, (std::vector<AgentValue>{{AgentId(5), 0.5}}));
  EXPECT_EQ(values[0].pages, 3U);
  EXPECT_EQ(values[4].agents, (std::vector<AgentValue>{{AgentId(2), 3}, {AgentId(5), 6.5}}));
}

TEST(HeadlineMetrics, SharesOfNothingDoNotCount) {
  const std::vector<Outcome> outcomes{{.agent = AgentId(0), .score = 3},
                                      {.agent = AgentId(1), .shown = 4, .viewed = 2, .pages = 1, .score = 5}};
  const std::vector<Metric> metrics = headline_metrics(outcomes);
  EXPECT_EQ(metrics[0].agents, 1U);
  EXPECT_DOUBLE_EQ(metrics[0].mean, 0.5);
  EXPECT_EQ(metrics[4].agents, 2U);
  EXPECT_DOUBLE_EQ(metrics[4].mean, 4);
  EXPECT_EQ(headline_metrics({}).front().agents, 0U);
}

// An advert and what is hidden are known on one rank only; agents come twice.
TEST(RunMetrics, OfAgentsSpreadOverRanksAreThoseOfAllOfThemToTheLastBit) {
  std::vector<Outcome> outcomes;
  for (std::uint32_t i = 0; i < 600; ++i) {
    outcomes.push_back({.agent = AgentId(i % 300),
                        .shown = 3 + i % 7,
                        .viewed = i % 4,
                        .liked = i % 3,
                        .pages = 1 + i % 5,
                        .abandoned = i % 97 == 5,
                        .score = 1 + i % 10});
  }
  outcomes[7].adverts = outcomes[7].judged = 3;
  const std::vector<Metric> of_all = run_metrics(outcomes, {.search = true});
  EXPECT_EQ(of_all.size(), 5U + 3 + 2 + 2);
  for (const std::uint32_t size : {2, 3, 5, 40}) {
    ThreadRanks::run(size, [&](Ranks& ranks) {
      std::vector<Outcome> own;
      const std::pair<std::size_t, std::size_t> block = ranks.own_block(300);
      std::ranges::copy_if(outcomes, std::back_inserter(own), [&](const Outcome& outcome) {
        return index(outcome.agent) >= block.first && index(outcome.agent) < block.second;
      });
      const std::vector<Metric> metrics = run_metrics(own, {.search = true}, ranks);
      ASSERT_EQ(metrics.size(), of_all.size());
      for (std::size_t i = 0; i < metrics.size(); ++i) {
        SCOPED_TRACE(of_all[i].name);
        EXPECT_EQ(metrics[i].name, of_all[i].name);
        EXPECT_EQ(metrics[i].mean, of_all[i].mean);
        EXPECT_EQ(metrics[i].standard_error, of_all[i].standard_error);
        EXPECT_EQ(metrics[i].agents, of_all[i].agents);
        EXPECT_EQ(metrics[i].pages, of_all[i].pages);
      }
    });
  }
}

// As many as are summed up at once by several threads, and more. Agents 4000 to 4002 have very many sessions.
TEST(HeadlineMetrics, OfManyAgentsAreTheMeansOfTheirValues) {
  std::vector<Outcome> outcomes;
  for (std::uint32_t agent = 0; agent < 20'000; ++agent) {
    const std::uint32_t sessions = agent / 3 == 1334 ? 7000 : 1;
    for (std::uint32_t i = 0; i < sessions; ++i) {
      outcomes.push_back(
          {.agent = AgentId(agent), .shown = 8, .viewed = (agent + i) % 9, .liked = i % 2, .pages = 1});
    }
  }
  const std::vector<MetricValues> values = headline_values(outcomes);
  const std::vector<Metric> metrics = headline_metrics(outcomes);
  ASSERT_EQ(metrics.size(), values.size());
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    SCOPED_TRACE(metrics[i].name);
    double sum = 0;
    for (const AgentValue& agent : values[i].agents) sum += agent.value;
    const auto count = static_cast<double>(values[i].agents.size());
    EXPECT_EQ(metrics[i].agents, values[i].agents.size());
    EXPECT_EQ(metrics[i].pages, values[i].pages);
    if (values[i].agents.empty()) continue;
    EXPECT_NEAR(metrics[i].mean, sum / count, 1e-12);
    double squares = 0;
    for (const AgentValue& agent : values[i].agents) squares += std::pow(agent.value - sum / count, 2);
    EXPECT_NEAR(metrics[i].standard_error, std::sqrt(squares / (count - 1) / count), 1e-12);
  }
}

TEST(HeadlineMetrics, SayOnHowManyAgentsAndPagesTheyRest) {
  const std::vector<Outcome> outcomes{
      {.agent = AgentId(0), .shown = 4, .viewed = 2, .pages = 1},  // its interview could not be made out
      {.agent = AgentId(1), .shown = 4, .viewed = 4, .pages = 1, .score = 8},
      {.agent = AgentId(2), .shown = 4, .pages = 1, .score = 1},
      {.agent = AgentId(2), .round = 1, .shown = 4, .pages = 1, .abandoned = true}};
  const std::vector<Metric> metrics = headline_metrics(outcomes);
  EXPECT_DOUBLE_EQ(metrics[0].mean, 0.75);
  EXPECT_EQ(metrics[0].agents, 2U);
  EXPECT_EQ(metrics[0].pages, 2U);
  EXPECT_DOUBLE_EQ(metrics[4].mean, 8);
  EXPECT_EQ(metrics[4].agents, 1U);
  EXPECT_EQ(metrics[4].pages, 1U);
}

// By hand: at the first place 2 items are shown, one viewed and rated 4; at the second 2, both viewed, rated 3 and 5; at the third 1.
TEST(PositionCounts, SumUpByPlaceAndLeaveDegradedPagesOut) {
  SessionRecord session{.agent = AgentId(3)};
  session.pages = {page_of({4, 3, 0}), page_of({5, 5, 5}, std::nullopt), page_of({0, 5})};
  session.pages[2].impressions[0].aligned = true;
  PositionCounts counts;
  counts.add(session);
  PositionCounts twice = counts;
  twice.merge(counts);
  using Expected = std::vector<std::array<std::uint64_t, 4>>;  // shown, aligned, viewed, ratings
  const auto expect = [](const std::vector<PositionCounts::At>& places, const Expected& expected) {
    ASSERT_EQ(places.size(), expected.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      EXPECT_EQ(places[i].shown, 2 * expected[i][0]) << i;
      EXPECT_EQ(places[i].aligned, 2 * expected[i][1]) << i;
      EXPECT_EQ(places[i].viewed, 2 * expected[i][2]) << i;
      EXPECT_EQ(places[i].ratings, 2 * expected[i][3]) << i;
    }
  };
  expect(twice.by_position(), {{2, 2, 1, 4}, {2, 2, 2, 8}, {1, 0, 0, 0}});
  expect(twice.by_page(), {{3, 2, 2, 7}, {0, 0, 0, 0}, {2, 2, 1, 5}});
}

}  // namespace
}  // namespace throng

// The parts of a calibration against closed forms, and against a mind whose parameters are known.
#include "agents/calibration/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <gmock/gmock.h>

#include "agents/minds/statistical_mind.h"
#include "agents/platform.h"
#include "engine/ranks/packing.h"
#include "recsys/models/registry.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const FittedPart& part_named(const Calibration& calibration, const std::string& name) {
  return *std::ranges::find(calibration.parts, name, &FittedPart::name);
}

/// One agent, who was interviewed and did nothing else.
RecordedSession interviewed(std::size_t agent, std::uint8_t score) {
  return {.agent = std::to_string(agent), .traits = {.activity = 1}, .score = score, .satisfaction = 0.6};
}

TEST(CalibrationParts, InterviewsWithoutCausesHaveTheSharesThatWereSeen) {
  const std::map<std::uint8_t, std::size_t> seen{{2, 8}, {3, 50}, {4, 20}, {5, 5}, {6, 11}, {7, 5}, {8, 1}};
  std::vector<RecordedSession> sessions;
  double expected = 0;
  for (const auto& [score, times] : seen) {
    for (std::size_t i = 0; i < times; ++i) sessions.push_back(interviewed(sessions.size(), score));
    // Half an interview is spread over the ten scores.
    expected += static_cast<double>(times) * std::log((static_cast<double>(times) + 0.05) / 100.5);
  }
  const Calibration calibration = calibrate(sessions, false, 0);
  const FittedPart& interview = part_named(calibration, "interview");
  EXPECT_EQ(interview.fitted.observations, 100U);
  EXPECT_NEAR(interview.fitted.intercepts, expected, 1e-3);
  // Nobody differs from anybody: the cut points are the logits of the cumulative shares.
  double below = 0.05;
  for (std::uint8_t score = 1; score < 10; ++score) {
    if (seen.contains(score)) below += static_cast<double>(seen.at(score)) + (score > 1 ? 0.05 : 0);
    if (!seen.contains(score) && score > 1) below += 0.05;
    EXPECT_NEAR(calibration.parameters.interview_cuts[score - 1U], std::log(below / (100.5 - below)), 0.02)
        << "above " << int{score};
  }
}

TEST(CalibrationParts, WhatWasNotRecordedKeepsItsDefaultsAndSaysSo) {
  const Calibration calibration = calibrate(std::vector{interviewed(1, 3), interviewed(2, 4)}, false, 0);
  EXPECT_EQ(calibration.parameters.exit_base, StatisticalParameters().exit_base);
  EXPECT_EQ(calibration.parameters.align_position, StatisticalParameters().align_position);
  EXPECT_THAT(part_named(calibration, "exit").undecided, Contains(HasSubstr("defaults")));
}

TEST(RecordedSessions, ArePackedWhole) {
  const RecordedSession sent{.agent = "7",
                             .traits = {.activity = 1, .conformity = 2, .diversity = 3},
                             .habit = 0.5,
                             .pages = {{.page = 4,
                                        .items = {{.affinity = 1,
                                                   .quality = 2,
                                                   .familiarity = 3,
                                                   .historical_rating = 4,
                                                   .aligned = true,
                                                   .rating = 5}},
                                        .exits = true,
                                        .satisfaction = 0.75}},
                             .score = 9,
                             .satisfaction = 0.25};
  const auto got = unpack<RecordedSession>(pack(sent));
  EXPECT_EQ(got.agent, "7");
  EXPECT_EQ(got.traits, sent.traits);
  EXPECT_EQ(got.habit, 0.5);
  EXPECT_EQ(got.score, 9);
  EXPECT_EQ(got.satisfaction, 0.25);
  ASSERT_EQ(got.pages.size(), 1U);
  EXPECT_EQ(got.pages[0].page, 4);
  EXPECT_EQ(got.pages[0].exits, true);
  EXPECT_EQ(got.pages[0].satisfaction, 0.75);
  ASSERT_EQ(got.pages[0].items.size(), 1U);
  const RecordedItem& item = got.pages[0].items[0];
  EXPECT_EQ(std::tuple(item.affinity, item.quality, item.familiarity, item.historical_rating, item.aligned,
                       item.rating),
            std::tuple(1, 2, 3, 4, true, 5));
}

TEST(CalibrationParts, TheSameAgentsAreHeldOutEverywhere) {
  std::size_t held_out = 0;
  for (int agent = 0; agent < 1000; ++agent) {
    held_out += is_held_out(std::to_string(agent), 0.2) ? 1 : 0;
    EXPECT_FALSE(is_held_out(std::to_string(agent), 0));
    EXPECT_TRUE(!is_held_out(std::to_string(agent), 0.1) || is_held_out(std::to_string(agent), 0.2));
  }
  EXPECT_NEAR(static_cast<double>(held_out), 200, 40);
}

/// Agents of all groups of traits, played by a mind whose parameters are known.
class Recovery : public ::testing::Test {
 protected:
  static Dataset world() {
    Dataset dataset = testing::two_camps(450, 80);
    for (std::size_t user = 0; user < dataset.users.size(); ++user) {
      const auto group = [&](std::size_t divisor) {
        return static_cast<std::uint8_t>(user / divisor % 3 + 1);
      };
      dataset.users[user].trait_groups =
          TraitGroups{.activity = group(2), .conformity = group(6), .diversity = group(18)};
    }
    // Users have habits of their own.
    std::vector<Interaction> rows = dataset.interactions.rows();
    for (Interaction& row : rows)
      row.rating = static_cast<float>(2 + (index(row.user) + index(row.user) / 5) % 4);
    dataset.interactions = Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(rows),
                                        dataset.interactions.columns());
    return dataset;
  }

  /// From 2.5 to 4.4.
  static std::vector<float> ratings() {
    std::vector<float> ratings;
    for (std::size_t item = 0; item < 80; ++item)
      ratings.push_back(2.5F + 0.1F * static_cast<float>(item * 7 % 20));
    return ratings;
  }
  /// Mean 0, deviation 1; not that of the interactions, which are all alike.
  static std::vector<double> popularity() {
    std::vector<double> popularity;
    for (std::size_t item = 0; item < 80; ++item)
      popularity.push_back((static_cast<double>(item * 13 % 80) - 39.5) / 23.09);
    return popularity;
  }

  Calibration calibrated_to(const StatisticalParameters& parameters, double held_out) {
    return calibrate(sessions_of(parameters), false, held_out);
  }

  std::vector<RecordedSession> sessions_of(const StatisticalParameters& parameters) {
    const Draws draws(5);
    LocalRanker ranker(make_recommender({{"kind", "random"}}).value());
    FitObserver quiet;
    ranker.fit({.train = dataset_.interactions, .seed = 5}, 0, quiet);
    const Population population(dataset_, space_, {}, draws);
    StatisticalMind mind(parameters, affinity_, mean_ratings_, draws, popularity_,
                         RatingHabits(dataset_.interactions, mean_ratings_));
    const Interactions nothing(dataset_.users.size(), dataset_.catalogue.size(), {}, {});
    World world{.population = population,
                .catalogue = dataset_.catalogue,
                .ranker = ranker,
                .not_recommended = nothing,
                .mean_ratings = mean_ratings_};
    SessionCollector collected;
    Platform(world, mind, {}, draws, population.everyone())
        .run_window({.end = VirtualTime(std::chrono::days(7)), .is_last = true}, collected);

    const ItemMerits merits(mean_ratings_, popularity_);
    const RatingHabits habits(dataset_.interactions, mean_ratings_);
    const RecordedWorld recorded{
        .affinity = affinity_, .merits = merits, .habits = habits, .parameters = parameters, .max_pages = 5};
    std::vector<RecordedSession> all;
    for (const SessionRecord& session : collected.sessions) {
      for (RecordedSession& one :
           recorded_sessions(std::to_string(index(session.agent)), population.profile(session.agent),
                             {&session, 1}, recorded))
        all.push_back(std::move(one));
    }
    return all;
  }

  Dataset dataset_ = world();
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
  SpaceAffinity affinity_{space_};
  std::vector<float> mean_ratings_ = ratings();
  std::vector<double> popularity_ = popularity();
};

StatisticalParameters known() {
  StatisticalParameters known;
  known.align_base = 0.2;
  known.align_affinity = 0.7;
  known.align_quality = 0.4;
  known.align_familiarity = -0.3;
  known.align_openness = {0, 0.3, 0.8};
  known.align_activity = {0, -0.2, 0.4};
  known.align_position = {1.5, 0.5, 0.2, 0};
  known.view_share = 0.5;
  known.view_activity = {0, 0.1, 0.25};
  known.view_diversity = {0, -0.05, 0.1};
  known.view_noise = 0.15;
  known.view_examination = {0.97, 0.9, 0.8, 0.6};
  known.view_appeal = 0.8;
  known.view_position = 0.6;
  known.view_chance = 1;
  known.own_base = 3.6;
  known.own_affinity = 0.3;
  known.own_habit = 0.6;
  known.conformity_weight = {0.7, 0.4, 0.1};
  known.rating_noise = {0.4, 0.5, 0.8};
  known.exit_base = {-2, -3, -4};
  known.exit_fatigue = 4;
  known.exit_tiring = {0, 1, 2};
  known.exit_satisfaction = 3;
  known.interview_base = {0, 0.5, 1};
  known.interview_satisfaction = 6;
  known.interview_cuts = {-4, -2.5, -1, 0, 0.3, 1.5, 2.5, 3.5, 4.5};
  return known;
}

/// The number of this label, such as "exit_base[3]".
double number_named(const StatisticalParameters& parameters, const std::string& label) {
  const Json json = to_json(parameters);
  const std::size_t bracket = label.find('[');
  const Json& value = json[label.substr(0, bracket)];
  return value.is_array() ? value[std::stoul(label.substr(bracket + 1)) - 1].get<double>()
                          : value.get<double>();
}

TEST_F(Recovery, KnownParametersLieWithinTheirIntervals) {
  const StatisticalParameters truth = known();
  const Calibration calibration = calibrated_to(truth, 0);
  std::size_t numbers = 0;
  std::size_t within_two = 0;
  for (const FittedPart& part : calibration.parts) {
    EXPECT_TRUE(part.converged) << part.name;
    EXPECT_GT(part.fitted.model, part.fitted.intercepts) << part.name;
    for (const FittedNumber& fitted : part.numbers) {
      const double off = std::abs(fitted.value - number_named(truth, fitted.label)) / fitted.standard_error;
      EXPECT_LT(off, 4) << fitted.label << " is " << fitted.value << " ± " << fitted.standard_error;
      ++numbers;
      within_two += off < 2 ? 1 : 0;
    }
  }
  EXPECT_EQ(numbers, 51U);
  // Nominally 95 %; the priors, though weak, pull a little.
  EXPECT_GT(static_cast<double>(within_two) / static_cast<double>(numbers), 0.8);
}

TEST_F(Recovery, RatingsAloneLeaveTheOtherParametersAtTheirDefaults) {
  const StatisticalParameters truth = known();
  const Calibration calibration = calibrate_ratings(sessions_of(truth), 0);
  ASSERT_EQ(calibration.parts.size(), 1U);
  EXPECT_NEAR(calibration.parameters.own_habit, truth.own_habit, 0.1);
  EXPECT_EQ(calibration.parameters.exit_base, StatisticalParameters().exit_base);
  EXPECT_EQ(calibration.parameters.align_position, StatisticalParameters().align_position);
}

TEST_F(Recovery, TheModelForetellsAgentsItWasNotFittedTo) {
  const Calibration calibration = calibrated_to(known(), 0.3);
  EXPECT_EQ(calibration.fitted_agents + calibration.held_out_agents, 450U);
  for (const FittedPart& part : calibration.parts) {
    EXPECT_GT(part.held_out.observations, 0U);
    EXPECT_GT(part.held_out.model, part.held_out.intercepts) << part.name;
  }
}

}  // namespace
}  // namespace throng

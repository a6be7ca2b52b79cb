#include "agents/minds/statistical_mind.h"

#include <array>
#include <cmath>
#include <functional>
#include <map>

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

/// A mind in a world of two camps; its agents are shown items with ratings of our choice.
class StatisticalMindTest : public ::testing::Test {
 protected:
  /// The result of `task`, which needs no outside world.
  template <class T>
  static T result_of(const std::function<Task<std::optional<T>>(Actor&)>& task) {
    std::optional<T> result;
    Scheduler scheduler(Window{.end = VirtualTime(Duration(1))});
    scheduler.spawn(ActorId(0), VirtualTime{},
                    [&](Actor& self) -> Task<void> { result = co_await task(self); });
    scheduler.run();
    return *result;
  }

  Reaction react(const Profile& profile, std::span<const ShownItem> page, std::uint32_t agent,
                 const StatisticalParameters& parameters = {}) {
    StatisticalMind mind(parameters, affinity_, mean_ratings_, Draws(3));
    const Situation situation{
        .agent = AgentId(agent), .page = 1, .profile = profile, .memory = memory_, .notes = notes_};
    return result_of<Reaction>([&](Actor& self) { return mind.react(self, situation, page); });
  }

  /// Means of a per-reaction value over many agents.
  double mean_over_agents(const Profile& profile, std::span<const ShownItem> page,
                          const std::function<double(const Reaction&)>& value) {
    double sum = 0;
    for (std::uint32_t agent = 0; agent < 500; ++agent) sum += value(react(profile, page, agent)) / 500;
    return sum;
  }

  Profile profile(TraitGroups traits) const {
    return {.traits = traits, .taste = space_.taste_of(UserId(0))};
  }

  std::vector<ShownItem> page_of(std::initializer_list<unsigned> items, float mean_rating = 4) const {
    std::vector<ShownItem> page;
    for (const unsigned item : items) page.push_back({.item = ItemId(item), .mean_rating = mean_rating});
    return page;
  }

  static double count_viewed(const Reaction& reaction) {
    return static_cast<double>(count_of(reaction.actions, ActionKind::view));
  }
  static double count_aligned(const Reaction& reaction) {
    return static_cast<double>(std::ranges::count(reaction.aligned, true));
  }

  Dataset dataset_ = testing::two_camps(60, 40);
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
  SpaceAffinity affinity_{space_};
  std::vector<float> mean_ratings_ = dataset_.mean_ratings();
  Memory memory_;
  Notes notes_;
};

// Of items that nobody has rated a follower thinks what a maverick does: there is nothing to follow.
TEST_F(StatisticalMindTest, NobodyFollowsARatingThatNobodyGave) {
  StatisticalParameters parameters;
  parameters.own_base = 4;
  parameters.own_affinity = 0;
  parameters.rating_noise = {0, 0, 0};
  parameters.conformity_weight = {0.9, 0.5, 0};
  int ratings = 0;
  for (std::uint32_t agent = 0; agent < 50; ++agent) {
    const Profile follower = profile({.activity = 3, .conformity = 1, .diversity = 3});
    for (const Action& action : react(follower, page_of({0, 2, 4}, 0), agent, parameters).actions) {
      if (action.kind != ActionKind::rate) continue;
      EXPECT_EQ(action.value, 4);
      ++ratings;
    }
  }
  EXPECT_GT(ratings, 20);
}

TEST_F(StatisticalMindTest, ViewsAreAlignedItemsAndOnlyTheyAreRatedAndFelt) {
  for (std::uint32_t agent = 0; agent < 200; ++agent) {
    const Reaction reaction = react(profile({}), page_of({1, 2, 3, 4}), agent);
    EXPECT_TRUE(std::ranges::is_sorted(reaction.actions));
    for (std::size_t position = 1; position <= 4; ++position) {
      const auto value = [&](ActionKind kind) { return value_of(reaction.actions, position, kind); };
      const std::uint8_t rating = value(ActionKind::rate);
      EXPECT_EQ(value(ActionKind::view), rating > 0 ? 1 : 0);
      EXPECT_LE(rating, 5);
      EXPECT_EQ(value(ActionKind::feel), rating);
      EXPECT_TRUE(reaction.aligned[position - 1] || rating == 0);
    }
  }
}

TEST_F(StatisticalMindTest, AlignsWithItsTasteAndWithQuality) {
  const auto aligned = [&](const std::vector<ShownItem>& page) {
    return mean_over_agents(profile({}), page, count_aligned);
  };
  // User 0 is of the even camp.
  EXPECT_GT(aligned(page_of({2, 6, 10, 14})), aligned(page_of({1, 5, 9, 13})) + 0.5);
  EXPECT_GT(aligned(page_of({2, 6, 10, 14}, 5)), aligned(page_of({2, 6, 10, 14}, 2)) + 0.2);
}

TEST_F(StatisticalMindTest, ViewsGrowWithActivityAndDiversity) {
  const auto viewed = [&](TraitGroups traits) {
    return mean_over_agents(profile(traits), page_of({2, 6, 10, 14}), count_viewed);
  };
  EXPECT_LT(viewed({.activity = 1}), viewed({.activity = 2}));
  EXPECT_LT(viewed({.activity = 2}), viewed({.activity = 3}));
  EXPECT_LT(viewed({.diversity = 1}), viewed({.diversity = 3}));
}

TEST_F(StatisticalMindTest, FollowersRateLikeTheOthersAndMavericksDoNot) {
  const auto squared_deviation = [&](std::uint8_t conformity) {
    return mean_over_agents(profile({.conformity = conformity}), page_of({2, 6, 10, 14}, 3),
                            [](const Reaction& r) {
                              double sum = 0;
                              for (const Action& action : r.actions)
                                sum += action.kind == ActionKind::rate ? std::pow(action.value - 3.0, 2) : 0;
                              return sum;
                            });
  };
  EXPECT_LT(squared_deviation(1), squared_deviation(2));
  EXPECT_LT(squared_deviation(2), squared_deviation(3));
}

TEST_F(StatisticalMindTest, AnotherItemOnThePageShiftsNobodyElsesLuck) {
  StatisticalParameters views_all;
  views_all.view_share = 10;
  const Reaction alone = react(profile({}), page_of({2, 6}), 5, views_all);
  const Reaction together = react(profile({}), page_of({9, 2, 6}), 5, views_all);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(alone.aligned[i], together.aligned[i + 1]);
    EXPECT_EQ(value_of(alone.actions, i + 1, ActionKind::rate),
              value_of(together.actions, i + 2, ActionKind::rate));
  }
}

TEST_F(StatisticalMindTest, SatisfactionWithAPageIsAsDocumented) {
  for (std::uint32_t agent = 0; agent < 100; ++agent) {
    const Reaction reaction = react(profile({}), page_of({2, 6, 10, 14}), agent);
    const double viewed = count_viewed(reaction);
    double ratings = 0;
    for (const Action& action : reaction.actions)
      ratings += action.kind == ActionKind::rate ? action.value : 0;
    const double expected = viewed == 0 ? 0 : 0.53 * viewed / 4 + 0.47 * (ratings / viewed - 1) / 4;
    EXPECT_NEAR(*reaction.satisfaction, expected, 1e-12);
  }
}

// By hand: base 0, no other effect; sigma(2) = 0.88 at the first place, sigma(0) = 0.5 at the others.
TEST_F(StatisticalMindTest, APlaceOnThePageCountsForAlignment) {
  StatisticalParameters parameters;
  parameters.align_base = parameters.align_affinity = parameters.align_quality = 0;
  parameters.align_openness = {};
  parameters.align_position = {2, 0};
  std::array<double, 4> aligned{};
  for (std::uint32_t agent = 0; agent < 1000; ++agent) {
    const Reaction reaction = react(profile({}), page_of({2, 6, 10, 14}), agent, parameters);
    for (std::size_t i = 0; i < 4; ++i) aligned[i] += reaction.aligned[i] ? 0.001 : 0;
  }
  EXPECT_NEAR(aligned[0], 0.88, 0.05);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_NEAR(aligned[i], 0.5, 0.05) << "the last value holds further";
}

TEST_F(StatisticalMindTest, WithoutTemperatureNothingIsLeftToChance) {
  StatisticalParameters decided;
  decided.align_temperature = 0;
  decided.align_base = 0;
  decided.align_openness = {};
  const Reaction first = react(profile({}), page_of({1, 2, 5, 6}), 0, decided);
  EXPECT_THAT(std::vector<bool>(first.aligned.begin(), first.aligned.end()),
              ::testing::ElementsAre(false, true, false, true))
      << "the even camp's items";
  for (std::uint32_t agent = 1; agent < 100; ++agent)
    EXPECT_EQ(react(profile({}), page_of({1, 2, 5, 6}), agent, decided).aligned, first.aligned);
}

TEST_F(StatisticalMindTest, AGreatPositionReadsFromTheTop) {
  StatisticalParameters from_top;
  from_top.view_position = 20;
  std::size_t narrowed = 0;
  for (std::uint32_t agent = 0; agent < 200; ++agent) {
    const Reaction reaction = react(profile({}), page_of({1, 2, 5, 6}), agent, from_top);
    bool passed_over = false;
    for (std::size_t position = 1; position <= 4; ++position) {
      if (!reaction.aligned[position - 1]) continue;
      const bool viewed = value_of(reaction.actions, position, ActionKind::view) > 0;
      EXPECT_FALSE(viewed && passed_over) << "an aligned item further up was left out";
      passed_over = passed_over || !viewed;
    }
    narrowed += passed_over ? 1 : 0;
  }
  EXPECT_GT(narrowed, 20U);
}

TEST_F(StatisticalMindTest, WhatIsNotExaminedIsNotViewedUnlessAllMayBe) {
  StatisticalParameters parameters;
  parameters.align_base = 20;
  parameters.view_examination = {1, 0.3, 0};
  parameters.view_noise = 0;
  parameters.view_activity = parameters.view_diversity = {};
  std::array<double, 4> viewed{};
  for (const double share : {0.75, 1.0}) {
    parameters.view_share = share;
    viewed = {};
    for (std::uint32_t agent = 0; agent < 1000; ++agent) {
      const Reaction reaction = react(profile({}), page_of({2, 6, 10, 14}), agent, parameters);
      for (std::size_t i = 0; i < 4; ++i)
        viewed[i] += value_of(reaction.actions, i + 1, ActionKind::view) > 0 ? 0.001 : 0;
    }
    EXPECT_NEAR(viewed[0], 1, 1e-9);
    EXPECT_NEAR(viewed[1], share < 1 ? 0.3 : 1, 0.05);
    EXPECT_NEAR(viewed[2], share < 1 ? 0 : 1, 1e-9);
    EXPECT_NEAR(viewed[3], share < 1 ? 0 : 1, 1e-9) << "the last value holds further";
  }
}

// By hand: of two aligned items one is viewed; with utilities 0 and -1 the first one with 1 / (1 + e^-1) = 0.73.
TEST_F(StatisticalMindTest, ChanceChoosesInProportionToExponentiatedUtilities) {
  StatisticalParameters parameters;
  parameters.align_base = 20;
  parameters.view_share = 0;
  parameters.view_activity = parameters.view_diversity = {};
  parameters.view_appeal = 0;
  parameters.view_position = 1;
  parameters.view_chance = 1;
  double first = 0;
  for (std::uint32_t agent = 0; agent < 2000; ++agent) {
    const Reaction reaction = react(profile({}), page_of({2, 6}), agent, parameters);
    first += value_of(reaction.actions, 1, ActionKind::view) > 0 ? 1.0 / 2000 : 0;
  }
  EXPECT_NEAR(first, 0.731, 0.03);
}

class Decisions : public StatisticalMindTest {
 protected:
  /// The share of 1000 agents that leave after `page`, each page so far having satisfied as much as
  /// `satisfaction`.
  double exit_share(std::uint8_t activity, std::uint16_t page, double satisfaction,
                    const StatisticalParameters& parameters = {}) {
    StatisticalMind mind(parameters, affinity_, mean_ratings_, Draws(3));
    Memory memory;
    memory.remember({.satisfaction = satisfaction, .page = page}, {});
    const Profile who = profile({.activity = activity});
    double exits = 0;
    for (std::uint32_t agent = 0; agent < 1000; ++agent) {
      const Situation situation{
          .agent = AgentId(agent), .page = page, .profile = who, .memory = memory, .notes = notes_};
      exits += result_of<Decision>([&](Actor& self) { return mind.decide(self, situation); }).exits ? 1 : 0;
    }
    return exits / 1000;
  }
};

TEST_F(Decisions, ExitsGrowWithFatigueAndFallWithSatisfactionAndActivity) {
  EXPECT_LT(exit_share(1, 1, 0.6), exit_share(1, 3, 0.6));
  EXPECT_GT(exit_share(1, 2, 0.2), exit_share(1, 2, 0.9));
  EXPECT_GT(exit_share(1, 3, 0.6), exit_share(2, 3, 0.6));
  EXPECT_GT(exit_share(2, 4, 0.6), exit_share(3, 4, 0.6));
}

// By hand: logit -3 + 6 (3 / 5) - 2 (0.5 - 0.6) = 0.8, sigma(0.8) = 0.69.
TEST_F(Decisions, TheHazardIsAsDocumented) {
  StatisticalParameters parameters;
  parameters.exit_base = {-3, -5, -6};
  parameters.exit_fatigue = 6;
  parameters.exit_satisfaction = 2;
  parameters.tired_after = 5;
  EXPECT_NEAR(exit_share(1, 3, 0.5, parameters), 0.69, 0.05);
}

TEST_F(Decisions, AReflectionWeighsOnWhatFollows) {
  StatisticalMind mind({}, affinity_, mean_ratings_, Draws(3));
  Memory memory;
  memory.remember({.satisfaction = 0.9, .page = 1}, {});
  memory.remember(Reflection{.satisfaction = 0.9});
  memory.remember({.satisfaction = 0.3, .page = 2}, {});
  const Profile who = profile({});
  const Situation situation{
      .agent = AgentId(0), .page = 2, .profile = who, .memory = memory, .notes = notes_};
  const auto decision = result_of<Decision>([&](Actor& self) { return mind.decide(self, situation); });
  EXPECT_NEAR(*decision.satisfaction, 0.85 * 0.3 + 0.15 * 0.9, 1e-12);
}

// With the deviations of 4,000 agents: three of them.
TEST_F(StatisticalMindTest, SavesAndSharesByItsProbabilitiesAndOnlyWhereItMay) {
  const Profile who = profile({.activity = 1, .conformity = 1, .diversity = 3});
  StatisticalParameters parameters;
  parameters.save_share = 0.3;
  parameters.share_liked = 0.4;
  const auto count = [&](const AllowedActions& allowed) {
    std::map<std::string, double> counts;
    for (std::uint32_t agent = 0; agent < 4000; ++agent) {
      StatisticalMind mind(parameters, affinity_, mean_ratings_, Draws(3));
      const Situation situation{.agent = AgentId(agent),
                                .page = 1,
                                .profile = who,
                                .memory = memory_,
                                .notes = notes_,
                                .allowed = allowed};
      const auto page = page_of({0, 2, 4, 6}, 5);
      const auto made = result_of<Reaction>([&](Actor& self) { return mind.react(self, situation, page); });
      EXPECT_TRUE(std::ranges::is_sorted(made.actions));
      for (std::size_t i = 0; i < 4; ++i) {
        const std::uint8_t rating = value_of(made.actions, i + 1, ActionKind::rate);
        const bool saved = value_of(made.actions, i + 1, ActionKind::save) > 0;
        const bool shared = value_of(made.actions, i + 1, ActionKind::share) > 0;
        counts[rating > 0 ? "viewed" : made.aligned[i] ? "unpicked" : "passed"] += 1;
        if (saved) counts[rating > 0 || !made.aligned[i] ? "saved wrongly" : "saved"] += 1;
        if (rating == 5) counts["fives"] += 1;
        if (shared)
          counts[rating == 5 ? "shared fives" : rating == 4 ? "shared fours" : "shared wrongly"] += 1;
      }
    }
    return counts;
  };
  auto all = count(kAllActions);
  EXPECT_EQ(all["saved wrongly"] + all["shared wrongly"], 0);
  EXPECT_NEAR(all["saved"] / all["unpicked"], 0.3, 3 * std::sqrt(0.21 / all["unpicked"]));
  EXPECT_NEAR(all["shared fives"] / all["fives"], 0.4, 3 * std::sqrt(0.24 / all["fives"]));
  auto none = count({});
  EXPECT_EQ(none["viewed"], all["viewed"]) << "what may be done besides shifts nobody's luck";
  EXPECT_EQ(none.count("saved") + none.count("shared fives") + none.count("shared fours"), 0U);
}

TEST_F(Decisions, SearchesWhenDissatisfiedForTheGenresThatItSeeksOut) {
  StatisticalParameters parameters;
  parameters.exit_base = {-50, -50, -50};
  parameters.search_dissatisfied = 0.5;
  StatisticalMind mind(parameters, affinity_, mean_ratings_, Draws(3), {}, {}, {"genre 0", "genre 1"});
  const Profile who = profile({});
  const auto searches = [&](double satisfaction, const AllowedActions& allowed, bool again) {
    std::map<std::string, int> counts;
    for (std::uint32_t agent = 0; agent < 2000; ++agent) {
      Memory memory;
      memory.remember({.satisfaction = 0.9, .page = 1}, {});
      Decision searched;
      searched.search = "genre 0";
      if (again) memory.remember(searched);
      memory.remember({.satisfaction = satisfaction, .page = 2}, {});
      const Situation situation{.agent = AgentId(agent),
                                .page = 2,
                                .profile = who,
                                .memory = memory,
                                .notes = notes_,
                                .allowed = allowed};
      ++counts[result_of<Decision>([&](Actor& self) { return mind.decide(self, situation); }).search];
    }
    return counts;
  };
  EXPECT_NEAR(searches(0, {.search = true}, false)["genre 0"], 1000, 70);
  EXPECT_NEAR(searches(0.8, {.search = true}, false)["genre 0"], 200, 45);
  EXPECT_EQ(searches(0, {.save = true, .share = true}, false)[""], 2000);
  EXPECT_EQ(searches(0, {.search = true}, true).size(), 2U) << "user 0 seeks out one genre: for that again";
}

TEST(StatisticalFormulas, SearchesGoThroughTheGenresThatAreSoughtOut) {
  const std::vector<float> lift{0.2F, -1, 0.7F, 0.2F};
  std::vector<unsigned> genres;
  for (std::size_t before = 0; before < 4; ++before)
    genres.push_back(static_cast<unsigned>(*genre_to_search(lift, before)));
  EXPECT_EQ(genres, (std::vector<unsigned>{2, 0, 3, 2}));
  EXPECT_FALSE(genre_to_search(std::vector<float>{-1, 0}, 0).has_value());
}

TEST_F(Decisions, InterviewScoresGrowWithSatisfactionWithinOneToTen) {
  StatisticalMind mind({}, affinity_, mean_ratings_, Draws(3));
  const Profile who = profile({});
  const auto mean_score = [&](double satisfaction) {
    Memory memory;
    memory.remember({.satisfaction = satisfaction, .page = 1}, {});
    double sum = 0;
    for (std::uint32_t agent = 0; agent < 500; ++agent) {
      const Situation situation{
          .agent = AgentId(agent), .page = 1, .profile = who, .memory = memory, .notes = notes_};
      const auto interview =
          result_of<Interview>([&](Actor& self) { return mind.interview(self, situation); });
      EXPECT_GE(interview.score, 1);
      EXPECT_LE(interview.score, 10);
      sum += interview.score / 500.0;
    }
    return sum;
  };
  EXPECT_LT(mean_score(0.2), mean_score(0.6));
  EXPECT_LT(mean_score(0.6), mean_score(1.0));
}

/// Interviews give 3, 6 or 9.
StatisticalParameters with_three_scores() {
  StatisticalParameters parameters;
  parameters.interview_base = {1, 1, 1};
  parameters.interview_satisfaction = 2;
  parameters.interview_cuts = {-9, -9, 0.4, 0.4, 0.4, 2.4, 2.4, 2.4, 90};
  return parameters;
}

// By hand: z = 1 + 2 (0.8 - 0.6) = 1.4; scores up to 3 with sigma(0.4 - 1.4) = 0.27, up to 6 with sigma(2.4 - 1.4) = 0.73.
TEST_F(Decisions, WithCutPointsInterviewScoresAreAnOrderedLogit) {
  StatisticalMind mind(with_three_scores(), affinity_, mean_ratings_, Draws(3));
  const Profile who = profile({});
  Memory memory;
  memory.remember({.satisfaction = 0.8, .page = 1}, {});
  std::map<int, double> shares;
  for (std::uint32_t agent = 0; agent < 2000; ++agent) {
    const Situation situation{
        .agent = AgentId(agent), .page = 1, .profile = who, .memory = memory, .notes = notes_};
    shares[result_of<Interview>([&](Actor& self) { return mind.interview(self, situation); }).score] +=
        1.0 / 2000;
  }
  EXPECT_THAT(shares, ::testing::ElementsAre(::testing::Pair(3, ::testing::DoubleNear(0.269, 0.03)),
                                             ::testing::Pair(6, ::testing::DoubleNear(0.462, 0.03)),
                                             ::testing::Pair(9, ::testing::DoubleNear(0.269, 0.03))));
}

// The scores 3, 6 and 9 of 1 to 10 are 2/9, 5/9 and 8/9 of a scale of 0 to 90.
TEST_F(Decisions, AnswersToScoresAreSatisfactionOnTheQuestionsScale) {
  StatisticalMind mind(with_three_scores(), affinity_, mean_ratings_, Draws(3));
  const Profile who = profile({});
  Memory memory;
  memory.remember({.satisfaction = 0.8, .page = 1}, {});
  const auto answer = [&](std::uint32_t agent, const InterviewQuestion& question) {
    const Situation situation{
        .agent = AgentId(agent), .page = 1, .profile = who, .memory = memory, .notes = notes_};
    std::optional<Answer> said;
    Scheduler scheduler(Window{.end = VirtualTime(Duration(1))});
    scheduler.spawn(ActorId(0), VirtualTime{}, [&](Actor& self) -> Task<void> {
      said = co_await mind.answer(self, situation, question);
    });
    scheduler.run();
    return said;
  };
  using AskedFor = InterviewQuestion::Kind;
  const InterviewQuestion trust{.name = "trust", .kind = AskedFor::score, .least = 0, .most = 90};
  const InterviewQuestion other{.name = "other", .kind = AskedFor::score, .least = 0, .most = 90};
  std::map<int, double> shares;
  int differ = 0;
  for (std::uint32_t agent = 0; agent < 2000; ++agent) {
    const int score = *answer(agent, trust)->score;
    shares[score] += 1.0 / 2000;
    differ += score == *answer(agent, other)->score ? 0 : 1;
  }
  EXPECT_THAT(shares, ::testing::ElementsAre(::testing::Pair(20, ::testing::DoubleNear(0.269, 0.03)),
                                             ::testing::Pair(50, ::testing::DoubleNear(0.462, 0.03)),
                                             ::testing::Pair(80, ::testing::DoubleNear(0.269, 0.03))));
  EXPECT_GT(differ, 200) << "each question has luck of its own";
  EXPECT_FALSE(answer(1, {.name = "w", .kind = AskedFor::words}).has_value());
  EXPECT_FALSE(answer(1, {.name = "c", .kind = AskedFor::choice, .options = {"a", "b"}}).has_value());
}

TEST(Popularity, IsTheRankByTrainingInteractionsWithTiesInTheMiddle) {
  // Interactions of the items: 2, 1, 0, 1.
  const Dataset dataset =
      testing::dataset_of(2, 1, {{0}, {0}, {0}, {0}}, {{0, 0, 4}, {1, 0, 4}, {0, 1, 4}, {1, 3, 4}});
  const std::vector<double> popularity = popularity_of(dataset.interactions);
  // Shares below: 3.5/4, 2/4, 0.5/4, 2/4; around their mean 1/2: 3/8, 0, -3/8, 0; their deviation: sqrt(2 (3/8)^2 / 4).
  EXPECT_NEAR(popularity[0], std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(popularity[1], 0, 1e-12);
  EXPECT_NEAR(popularity[2], -std::sqrt(2.0), 1e-12);
  EXPECT_EQ(popularity[3], popularity[1]);

  const Dataset equal = testing::dataset_of(1, 1, {{0}, {0}}, {{0, 0, 4}, {0, 1, 4}});
  EXPECT_THAT(popularity_of(equal.interactions), ::testing::ElementsAre(0, 0));
}

/// Without ratings there is no other sign of what many like.
// 4 and 5 where others rate 3 and 3.5: (1 + 1.5) / (2 + 5). Without ratings, or for whom the mind knows nothing, 0.
TEST(RatingHabits, AreShrunkenMeansOfWhatAUserRatesBesideOthers) {
  const Dataset dataset = testing::dataset_of(2, 1, {{0}, {0}, {0}}, {{0, 0, 4}, {0, 1, 5}, {1, 2, 2}});
  const std::vector<float> displayed{3, 3.5, 3};
  const RatingHabits habits(dataset.interactions, displayed);
  EXPECT_DOUBLE_EQ(habits.of(UserId{0}), 2.5 / 7);
  EXPECT_DOUBLE_EQ(habits.of(UserId{1}), -1.0 / 6);
  EXPECT_EQ(RatingHabits().of(UserId{1}), 0);
}

// By hand: 0.25 * 3 + 0.75 * (4 + 0.5 * -1) + 2 * 0.3 = 3.975.
TEST(StatisticalFormulas, RatingsAreAsDocumented) {
  StatisticalParameters parameters;
  parameters.conformity_weight = {0, 0.25, 1};
  parameters.own_base = 4;
  parameters.own_affinity = 0.5;
  parameters.own_habit = 2;
  EXPECT_DOUBLE_EQ(
      mean_of_rating(parameters, {.affinity = -1, .historical_rating = 3, .habit = 0.3, .conformity = 2}),
      3.975);
}

TEST(StatisticalMindWithoutRatings, PopularItemsAppealMore) {
  std::vector<Interaction> rows;
  for (unsigned user = 0; user < 40; ++user) {
    for (unsigned item = 0; item < 40 - user; ++item)
      rows.push_back({.user = UserId(user), .item = ItemId(item)});
  }
  Dataset dataset = testing::two_camps(40, 40);
  dataset.catalogue.genre_names.clear();
  for (Item& item : dataset.catalogue.items) item.genres.clear();
  dataset.interactions = Interactions(40, 40, rows, {});
  const TasteSpace space(dataset.catalogue, dataset.interactions);
  const SpaceAffinity affinity(space);
  StatisticalMind mind({}, affinity, dataset.mean_ratings(), Draws(3), popularity_of(dataset.interactions));
  const Profile nobody{.traits = {}, .taste = {}};  // drawn to nothing of its own
  const Memory memory;
  Notes notes;
  int popular = 0;
  int rare = 0;
  for (std::uint32_t agent = 0; agent < 2000; ++agent) {
    const std::vector<ShownItem> page{{.item = ItemId(0), .mean_rating = 3},
                                      {.item = ItemId(39), .mean_rating = 3}};
    const Situation situation{
        .agent = AgentId(agent), .page = 1, .profile = nobody, .memory = memory, .notes = notes};
    Scheduler scheduler(Window{.end = VirtualTime(Duration(1))});
    std::optional<Reaction> reaction;
    scheduler.spawn(ActorId(0), VirtualTime{}, [&](Actor& self) -> Task<void> {
      reaction = co_await mind.react(self, situation, page);
    });
    scheduler.run();
    popular += reaction->aligned[0] ? 1 : 0;
    rare += reaction->aligned[1] ? 1 : 0;
  }
  // Two deviations apart in popularity: sigma(base + 0.3 * 1.7) against sigma(base - 0.3 * 1.7), some 0.2 of 2,000.
  EXPECT_GT(popular, rare + 250);
}

}  // namespace
}  // namespace throng

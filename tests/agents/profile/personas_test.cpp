#include "agents/profile/personas.h"

#include <set>

#include <gmock/gmock.h>

#include "agents/minds/prompts.h"
#include "recsys/data/demo_world.h"
#include "recsys/data/split.h"
#include "tests/support/small_world.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::dataset_of;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Rated;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

/// Genre 0 is what everybody sees (items 0 to 9), genre 1 what user 0 seeks out (10 to 15), genre 2 what user 0 sees as often as
/// others, and rates low (16 to 19).
Dataset world_of_tastes() {
  std::vector<std::vector<unsigned>> genres(20);
  for (unsigned item = 0; item < 20; ++item) genres[item] = {item < 10 ? 0U : item < 16 ? 1U : 2U};
  std::vector<Rated> rated;
  for (unsigned user = 1; user < 12; ++user) {
    for (unsigned item = 0; item < 10; ++item) rated.push_back({user, item, 4});
    rated.push_back({user, 10 + user % 6, 3});
    for (unsigned item = 16; item < 20; ++item) rated.push_back({user, item, 4});
  }
  for (unsigned item = 0; item < 10; ++item) rated.push_back({0, item, 3});
  for (unsigned item = 10; item < 16; ++item) rated.push_back({0, item, item == 12 ? 2.0F : 5.0F});
  for (unsigned item = 16; item < 20; ++item) rated.push_back({0, item, item == 17 ? 1.0F : 2.0F});
  return dataset_of(12, 3, genres, rated);
}

/// A world and what it takes to ask for portraits.
struct Portraits {
  explicit Portraits(const Dataset& given, const PopulationOptions& options = {})
      : Portraits(given, given.interactions, options) {}
  Portraits(Dataset given, Interactions known, const PopulationOptions& options = {})
      : dataset(std::move(given)),
        train(std::move(known)),
        space(dataset.catalogue, train),
        population(dataset, space, options, Draws(1)),
        personas(dataset, space, train, population.attribute_names(), Draws(1)) {}

  SelfPortrait of(unsigned agent) const { return personas.of(population.profile(AgentId(agent))); }
  /// What a language model is told of itself.
  std::string told(unsigned agent) const {
    const Prompts prompts(Protocol::structured);
    const PromptViews views(dataset, personas, prompts, {});
    return prompts.render("system", views.persona(population.profile(AgentId(agent))));
  }

  Dataset dataset;
  Interactions train;
  TasteSpace space;
  Population population;
  Personas personas;
};

template <class Entry>
std::vector<ItemId> items_in(const std::vector<Entry>& entries) {
  std::vector<ItemId> items;
  for (const Entry& entry : entries) items.push_back(entry.item);
  return items;
}

TEST(Personas, LikeWhatTheySeekOutAndRateHighNotWhatEverybodySees) {
  const Portraits portraits(world_of_tastes());
  const SelfPortrait portrait = portraits.of(0);
  ASSERT_THAT(portrait.genres, SizeIs(1));
  EXPECT_EQ(portrait.genres[0].genre, GenreId(1)) << "genre 0 has ten of its twenty items";
  EXPECT_GT(portrait.genres[0].times, 1.5);
  EXPECT_DOUBLE_EQ(*portrait.genres[0].mean, (5 * 5 + 2) / 6.0);
  ASSERT_THAT(portrait.low_genres, SizeIs(1));
  EXPECT_EQ(portrait.low_genres[0].genre, GenreId(2));
}

TEST(Personas, NameTheHighestAndTheLowestRatedEachOnce) {
  const Portraits portraits(world_of_tastes());
  const SelfPortrait portrait = portraits.of(0);
  const auto& examples = portrait.genres[0].examples;
  EXPECT_THAT(examples, SizeIs(2));
  EXPECT_THAT(portrait.high, SizeIs(3));
  for (const RatedItem& each : portrait.high) {
    EXPECT_EQ(each.rating, 5);
    EXPECT_THAT(examples, Not(Contains(each.item)));
  }
  EXPECT_EQ(portrait.low[0].item, ItemId(17));
  EXPECT_THAT(portrait.low, Each(::testing::Field(&RatedItem::rating, ::testing::Le(2.0F))));
  ASSERT_TRUE(portrait.tendency);
  EXPECT_DOUBLE_EQ(portrait.tendency->mean, (10 * 3 + 5 * 5 + 2 + 3 * 2 + 1) / 20.0);
  EXPECT_DOUBLE_EQ(portrait.tendency->fives, 0.25);
  EXPECT_DOUBLE_EQ(portrait.tendency->lows, 0.25);
  EXPECT_GT(portrait.tendency->others, portrait.tendency->mean);
}

TEST(Personas, AreToldInWords) {
  const Portraits portraits(world_of_tastes());
  EXPECT_THAT(
      portraits.told(0),
      AllOf(HasSubstr("of a recommender system for items,"), HasSubstr("- \"genre 1\", "),
            HasSubstr(" times as often as others, to which you give 4.5 on average, such as \"item 1"),
            HasSubstr("Rates high: \"item 1"), HasSubstr(" (5)"),
            HasSubstr("Rates low: \"genre 2\" (1.8 on average), \"item 17\" (1)"),
            HasSubstr("you give 3.2 of 5 on average, where others give the same items"),
            HasSubstr("25 % of your ratings are 5, 25 % are 1 or 2.")));
}

TEST(Personas, OfDatasetsWithoutRatingsOrGenresStillNameWhatWasMet) {
  Dataset unrated = world_of_tastes();
  std::vector<Interaction> rows = unrated.interactions.rows();
  unrated.interactions = Interactions(12, 20, rows, {});
  const Portraits without_ratings(unrated);
  EXPECT_EQ(without_ratings.of(0).genres.at(0).genre, GenreId(1));
  EXPECT_THAT(without_ratings.of(0).genres[0].examples, SizeIs(2));
  EXPECT_THAT(without_ratings.told(0),
              AllOf(Not(HasSubstr("on average")), Not(HasSubstr("Rat")), HasSubstr("such as")));
  Dataset bare = world_of_tastes();
  bare.catalogue.genre_names.clear();
  for (Item& item : bare.catalogue.items) item.genres.clear();
  bare.interactions = Interactions(12, 20, rows, {});
  const Portraits without_both(bare);
  EXPECT_THAT(without_both.of(0).examples, SizeIs(5));
  EXPECT_THAT(without_both.told(0), HasSubstr("\n- items like \"item "));
  EXPECT_THAT(without_both.told(0), Not(HasSubstr("ratings of others"))) << "none are shown";
  EXPECT_THAT(without_both.told(0), Not(HasSubstr("onformity")));
}

TEST(Personas, TellOfLatelyWhereTimesAreApart) {
  Dataset dataset = dataset_of(1, 0, {{}, {}, {}, {}}, {});
  constexpr std::int64_t day = 86400;
  const auto with_times = [&](std::vector<std::int64_t> times) {
    std::vector<Interaction> rows;
    for (unsigned item = 0; item < 4; ++item)
      rows.push_back({.user = UserId(0), .item = ItemId(item), .time = times[item] * day});
    dataset.interactions = Interactions(1, 4, rows, {.times = true});
    return items_in(Portraits(dataset).of(0).lately);
  };
  EXPECT_THAT(with_times({90, 10, 80, 70}), ElementsAre(ItemId(0), ItemId(2), ItemId(3)));
  EXPECT_THAT(with_times({1, 2, 3, 4}), IsEmpty()) << "one sitting";
}

TEST(Personas, AreToldWhatIsKnownOfTheUser) {
  Dataset dataset = world_of_tastes();
  dataset.user_attributes = {"age", "gender", "occupation"};
  dataset.users[0].attributes = {"24", "", "tech\"nician"};
  const Portraits portraits(dataset);
  EXPECT_THAT(portraits.told(0), HasSubstr("About you: \"age 24, occupation tech\\\"nician\"\n"));
  EXPECT_THAT(portraits.told(1), Not(HasSubstr("About you")));
}

TEST(Personas, TellWhatWasWrittenAndTheRestByRule) {
  Dataset dataset = world_of_tastes();
  dataset.users[0].persona = Persona{.taste = "I like a| I like b |", .low_rating = "hardly anything"};
  const SelfPortrait portrait = Portraits(dataset).of(0);
  EXPECT_THAT(portrait.tastes, ElementsAre(TasteStatement{"I like a"}, TasteStatement{"I like b"}));
  EXPECT_THAT(portrait.genres, IsEmpty());
  EXPECT_THAT(portrait.examples, IsEmpty()) << "as Agent4Rec tells it";
  EXPECT_EQ(portrait.written_low, "hardly anything");
  EXPECT_THAT(portrait.low, IsEmpty());
  EXPECT_THAT(portrait.high, SizeIs(3));
}

TEST(Personas, TellTheReasonOfEachStatement) {
  Dataset dataset = world_of_tastes();
  dataset.users[0].persona = Persona{.taste = "I like a| |I like b", .reason = "a was \"good\"|| I met b"};
  dataset.users[1].persona = Persona{.taste = "I like a|I like b", .reason = "I met them"};
  const Portraits portraits(dataset);
  EXPECT_THAT(portraits.of(0).tastes, ElementsAre(TasteStatement{"I like a", "a was \"good\""},
                                                  TasteStatement{"I like b", "I met b"}));
  EXPECT_THAT(portraits.told(0),
              HasSubstr("\n- \"I like a\", because: \"a was \\\"good\\\"\"\n- \"I like b\", "
                        "because: \"I met b\"\n"));
  EXPECT_THAT(portraits.told(1), HasSubstr("\n- \"I like a\"\n- \"I like b\"\n"))
      << "which of them the reason is for is not known";
}

/// User 0 rates items 0 to 9 so; two others rate all of them 3.
Dataset world_of_a_rater(const std::vector<float>& ratings) {
  std::vector<Rated> rated;
  for (unsigned item = 0; item < 10; ++item) {
    rated.push_back({0, item, ratings[item]});
    for (unsigned other = 1; other < 3; ++other) rated.push_back({other, item, 3});
  }
  std::vector<std::vector<unsigned>> genres(10);
  for (unsigned item = 0; item < 10; ++item) genres[item] = {item < 5 ? 0U : 1U};
  return dataset_of(3, 2, genres, rated);
}

TEST(Personas, CallNothingLowThatIsRated4AndNothingHighThatIsRated3) {
  const Portraits lenient(world_of_a_rater({5, 5, 5, 5, 5, 4, 4, 4, 4, 4}));
  EXPECT_THAT(lenient.of(0).low, IsEmpty());
  EXPECT_THAT(lenient.of(0).low_genres, IsEmpty());
  EXPECT_THAT(lenient.told(0), AllOf(HasSubstr("Rates high: "), Not(HasSubstr("Rates low"))));
  const Portraits harsh(world_of_a_rater({3, 3, 3, 3, 3, 1, 1, 1, 1, 1}));
  EXPECT_THAT(harsh.of(0).high, IsEmpty());
  EXPECT_THAT(harsh.told(0), AllOf(HasSubstr("Rates low: "), Not(HasSubstr("Rates high"))));
}

TEST(Personas, OfPlayTimeSayNothingOfRatings) {
  Dataset dataset = world_of_a_rater({5, 5, 5, 5, 4, 3, 2, 1, 1, 1});
  dataset.ratings_are = "play time";
  const Portraits portraits(dataset);
  EXPECT_THAT(portraits.told(0),
              AllOf(HasSubstr("such as \"item 0\""), Not(HasSubstr("on average")), Not(HasSubstr("Rates ")),
                    Not(HasSubstr("Rating tendency")), Not(HasSubstr("onformity")), Not(HasSubstr("(5)"))));
}

// Held-out items and their ratings are what agents are measured by.
TEST(Personas, RestOnTheTrainingPartAlone) {
  const Dataset dataset = make_demo_world();
  const Split split = split_dataset(dataset, {.seed = 5});
  Dataset changed = dataset;
  std::vector<Interaction> rows;
  for (Interaction row : dataset.interactions.rows()) {
    if (!split.train.contains(row.user, row.item)) row.rating = 6 - row.rating;
    if (!split.test.contains(row.user, row.item)) rows.push_back(row);
  }
  changed.interactions =
      Interactions(dataset.users.size(), dataset.catalogue.size(), rows, dataset.interactions.columns());
  for (User& user : changed.users) user.trait_groups = TraitGroups{};  // those are of all interactions
  Dataset as_it_is = dataset;
  as_it_is.users = changed.users;
  const Portraits before(as_it_is, split.train, {.agents = 1100});
  const Portraits after(changed, split.train, {.agents = 1100});
  for (unsigned agent = 0; agent < 1100; agent += 25) EXPECT_EQ(before.told(agent), after.told(agent));
}

using Source = PopulationOptions::Source;

TEST(Personas, AgentsSampledFromOneUserAreNotCopies) {
  Dataset dataset = make_demo_world();
  dataset.users.resize(1);
  std::vector<Interaction> rows;
  for (const Interaction& row : dataset.interactions.rows()) {
    if (row.user == UserId(0)) rows.push_back(row);
  }
  dataset.interactions = Interactions(1, dataset.catalogue.size(), rows, dataset.interactions.columns());
  const auto distinct = [](const Portraits& portraits) {
    std::set<std::string> texts;
    for (unsigned agent = 0; agent < 20; ++agent) texts.insert(portraits.told(agent));
    return texts.size();
  };
  EXPECT_EQ(distinct(Portraits(dataset, {.agents = 20, .source = Source::sampled})), 20U);
  EXPECT_EQ(distinct(Portraits(dataset, {.agents = 20, .source = Source::sampled, .perturbation = 0})), 1U);
  dataset.users[0].persona =
      Persona{.taste = "one|two|three|four|five|six", .high_rating = "h", .low_rating = "l"};
  const Portraits written(dataset, {.agents = 20, .source = Source::sampled});
  EXPECT_EQ(distinct(written), 20U);
  std::set<std::string> first;
  for (unsigned agent = 0; agent < 20; ++agent) {
    const SelfPortrait portrait = written.of(agent);
    EXPECT_GE(portrait.tastes.size(), 3U);
    EXPECT_THAT(portrait.examples, SizeIs(5)) << "words alone are too few to differ";
    first.insert(portrait.tastes.front().taste);
  }
  EXPECT_GT(first.size(), 3U);
}

TEST(Personas, MoreAgentsChangeNobody) {
  const Portraits few(world_of_tastes(), {.agents = 20, .source = Source::sampled});
  const Portraits many(world_of_tastes(), {.agents = 60, .source = Source::sampled});
  for (unsigned agent = 0; agent < 20; ++agent) EXPECT_EQ(few.told(agent), many.told(agent));
}

TEST(Personas, AUserWithoutAHistoryIsNoFault) {
  Dataset dataset = world_of_tastes();
  dataset.users.push_back({.external_id = "new"});
  dataset.interactions = Interactions(13, 20, dataset.interactions.rows(), {.ratings = true});
  const Portraits portraits(dataset);
  EXPECT_THAT(portraits.of(12).genres, IsEmpty());
  EXPECT_THAT(portraits.told(12), HasSubstr("Taste:\n"));
}

}  // namespace
}  // namespace throng

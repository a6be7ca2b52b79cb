#include "agents/profile/population_file.h"

#include <map>
#include <set>

#include <gmock/gmock.h>

#include "agents/population.h"
#include "agents/training_data.h"
#include "engine/base/error.h"
#include "tests/support/interactions_of.h"
#include "tests/support/small_world.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using Source = PopulationOptions::Source;
using Choice = PopulationOptions::Choice;

class PeopleOfAFile : public ::testing::Test {
 protected:
  PeopleOfAFile() {
    dataset_.user_attributes = {"age"};
    dataset_.users[1].attributes = {"24"};
    dataset_.users[1].persona = Persona{.taste = "everything", .reason = "habit"};
  }

  std::vector<Person> read(const std::string& text) {
    folder_.write("people", text);
    return PopulationFile(folder_ / "people").people(dataset_, groups_, names_);
  }
  std::string fault_of(const std::string& text) {
    try {
      read(text);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data);
      return failure.what();
    }
    return "nothing is wrong";
  }
  Population population(PopulationOptions options, const std::string& text) {
    folder_.write("people", text);
    options.file = std::make_shared<const PopulationFile>(folder_ / "people");
    return {dataset_, space_, options, Draws(1)};
  }

  TempFolder folder_;
  Dataset dataset_ = testing::two_camps(4, 10);
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
  std::vector<TraitGroups> groups_ = trait_groups(dataset_);
  std::vector<std::string> names_;
};

TEST_F(PeopleOfAFile, AreReadFromCsv) {
  const auto people = read(
      "weight,user,activity,taste,low_rating,town\n"
      "2.5,3,1,\"I like a|I like \"\"b\"\"\",horror,\"A, B\"\n"
      ",1,,,,\n");
  ASSERT_EQ(people.size(), 2U);
  EXPECT_EQ(people[0].user, UserId(3));
  EXPECT_EQ(people[0].weight, 2.5);
  EXPECT_EQ(
      people[0].traits,
      (TraitGroups{.activity = 1, .conformity = groups_[3].conformity, .diversity = groups_[3].diversity}));
  EXPECT_EQ(
      people[0].persona,
      (Persona{.taste = "I like a|I like \"b\"", .reason = "", .high_rating = "", .low_rating = "horror"}));
  EXPECT_THAT(names_, ElementsAre("age", "town"));
  EXPECT_THAT(people[0].attributes, ElementsAre("", "A, B"));
  EXPECT_EQ(people[1].weight, 1);
  EXPECT_EQ(people[1].traits, groups_[1]);
  EXPECT_EQ(people[1].persona, dataset_.users[1].persona)
      << "what the file leaves open is as the dataset has it";
  EXPECT_THAT(people[1].attributes, ElementsAre("24"));
}

TEST_F(PeopleOfAFile, AreReadFromJsonLinesAndFromAList) {
  const std::string first = R"({"user": "3", "taste": ["a", "b"], "diversity": 3, "age": 30, "note": null})";
  const std::string second = R"({"user_id": "0", "high_rating": "\u00e9"})";
  for (const std::string& text : {"{\"provenance\": {\"model\": \"m\"}}\n" + first + "\n\n" + second + "\n",
                                  "[" + first + ", " + second + "]"}) {
    const auto people = read(text);
    ASSERT_EQ(people.size(), 2U);
    EXPECT_EQ(people[0].persona->taste, "a|b");
    EXPECT_EQ(people[0].traits.diversity, 3);
    EXPECT_THAT(people[0].attributes, ElementsAre("30"));
    EXPECT_EQ(people[1].user, UserId(0));
    EXPECT_EQ(people[1].persona->high_rating, "\xC3\xA9");
  }
}

TEST_F(PeopleOfAFile, NameWhereTheyAreWrong) {
  EXPECT_THAT(fault_of("user\n0\n9\n"), EndsWith("people:3: small world has no user \"9\""));
  EXPECT_THAT(fault_of("name\nx\n"), EndsWith("people:1: there is no column \"user\""));
  EXPECT_THAT(fault_of("user,weight\n0,0\n"), HasSubstr("people:2: weight: expected a number above 0"));
  EXPECT_THAT(fault_of("user,weight\n0,nan\n"), HasSubstr("people:2: weight: expected a number above 0"));
  EXPECT_THAT(fault_of("user,activity\n0,4\n"), HasSubstr("people:2: activity: expected a group, 1, 2 or 3"));
  EXPECT_THAT(fault_of("user,home town\n0,x\n"), HasSubstr("people:1: column \"home town\": expected names"));
  EXPECT_THAT(fault_of("user,age\n0\n"), HasSubstr("people:2: 1 fields, but the header has 2"));
  EXPECT_THAT(fault_of("user\n"), HasSubstr("there is nobody in it"));
  EXPECT_THAT(fault_of("{\"user\": {}}\n"), HasSubstr("people:1: \"user\": expected a text"));
  EXPECT_THAT(fault_of("{\"user\": \"0\"\n"), HasSubstr("people:1"));
  EXPECT_THAT(fault_of("{\"user\": \"0\", \"taste\": \"\xFF\"}\n"), HasSubstr("UTF-8"));
  EXPECT_THROW(PopulationFile(folder_ / "nowhere"), Failure);
}

TEST_F(PeopleOfAFile, HaveEachColumnOnceAndAsItIsCalled) {
  EXPECT_THAT(fault_of("user,town,town\n0,a,b\n"), EndsWith("people:1: the column \"town\" occurs twice"));
  EXPECT_THAT(fault_of("user,taste,taste\n0,a,b\n"), EndsWith("people:1: the column \"taste\" occurs twice"));
  EXPECT_THAT(fault_of("user,Taste\n0,a\n"), HasSubstr("people:1: column \"Taste\": expected \"taste\""));
  EXPECT_THAT(fault_of("user,Age\n0,24\n"), HasSubstr("people:1: column \"Age\": expected \"age\""));
  EXPECT_THAT(fault_of("user,town,Town\n0,a,b\n"),
              HasSubstr("people:1: the columns \"town\" and \"Town\" differ in case only"));
  EXPECT_THAT(fault_of("user,user_id\n0,1\n"), HasSubstr("people:1: the columns \"user\" and \"user_id\""));
  EXPECT_THAT(fault_of("{\"user\": \"0\", \"town\": \"a\"}\n{\"user\": \"1\", \"Town\": \"b\"}\n"),
              HasSubstr("people:2: column \"Town\": expected \"town\""));
}

TEST_F(PeopleOfAFile, WithATasteOfTheirOwnHaveNotTheReasonsOfTheDatasets) {
  EXPECT_EQ(read("user,taste\n1,comedies\n").front().persona, (Persona{.taste = "comedies", .reason = ""}));
  EXPECT_EQ(read("reason,user,taste\nmine,1,comedies\n").front().persona->reason, "mine");
}

TEST_F(PeopleOfAFile, AreThePopulationEachAPersonOfItsOwn) {
  const Population agents = population({}, "user,taste,activity\n2,one,1\n2,another,3\n0,,\n");
  ASSERT_EQ(agents.size(), 3U);
  EXPECT_EQ(agents.user_of(AgentId(1)), UserId(2));
  EXPECT_EQ(agents.profile(AgentId(0)).written->taste, "one");
  EXPECT_EQ(agents.profile(AgentId(1)).written->taste, "another");
  EXPECT_EQ(agents.profile(AgentId(2)).written, nullptr);
  EXPECT_EQ(agents.traits_of(AgentId(1)).activity, 3);
  EXPECT_FALSE(agents.is_perturbed(AgentId(1)));
  // What each of the two picks is learned from apart.
  const TrainingData training(dataset_.interactions, agents);
  EXPECT_EQ(training.num_rows(), 4U + 3U);
  EXPECT_NE(training.row_of(AgentId(0)), training.row_of(AgentId(1)));
}

TEST_F(PeopleOfAFile, AreDrawnByTheirWeights) {
  const Population agents =
      population({.agents = 4000, .source = Source::sampled}, "user,weight\n0,1\n1,6\n3,1\n");
  std::map<UserId, int> drawn;
  for (std::uint32_t n = 0; n < 4000; ++n) ++drawn[agents.user_of(AgentId(n))];
  EXPECT_EQ(drawn.count(UserId(2)), 0U);
  EXPECT_NEAR(drawn[UserId(1)], 3000, 110) << "four standard deviations";
  EXPECT_NEAR(drawn[UserId(0)], 500, 84);
}

TEST_F(PeopleOfAFile, TellPromptsWhatTheirOwnColumnsSay) {
  const Population agents = population({}, "user,mood\n1,tired\n");
  EXPECT_THAT(agents.attribute_names(), ElementsAre("age", "mood"));
  EXPECT_THAT(*agents.profile(AgentId(0)).attributes, ElementsAre("24", "tired"));
}

class ChosenUsers : public ::testing::Test {
 protected:
  Population make(std::uint32_t agents, std::uint64_t seed = 1) const {
    return {dataset_, space_, {.agents = agents, .choice = Choice::random}, Draws(seed)};
  }

  Dataset dataset_ = testing::two_camps(100, 30);
  TasteSpace space_{dataset_.catalogue, dataset_.interactions};
};

TEST_F(ChosenUsers, AreASampleWithoutRepetitionThatGrowsWithoutChangingAnybody) {
  const Population few = make(20);
  const Population many = make(100);
  std::set<UserId> users;
  std::size_t beyond = 0;
  for (std::uint32_t n = 0; n < 20; ++n) {
    const UserId user = few.user_of(AgentId(n));
    EXPECT_TRUE(few.is_user(AgentId(n)));
    EXPECT_EQ(user, many.user_of(AgentId(n)));
    EXPECT_EQ(few.traits_of(AgentId(n)), trait_groups(dataset_)[index(user)]);
    users.insert(user);
    beyond += index(user) >= 20 ? 1 : 0;
  }
  EXPECT_EQ(users.size(), 20U);
  EXPECT_GT(beyond, 8U) << "not the first ones";
  EXPECT_NE(few.user_of(AgentId(0)), make(20, 2).user_of(AgentId(0)));
}

// What an agent has picked leaves the held-out items of its user, whatever the agent's number.
TEST_F(ChosenUsers, KeepTheRowsOfTheirUsers) {
  const Population agents = make(3);
  const TrainingData training(dataset_.interactions, agents);
  EXPECT_EQ(training.num_rows(), 100U);
  const UserId user = agents.user_of(AgentId(1));
  EXPECT_EQ(training.row_of(AgentId(1)), user);
  std::vector<std::vector<unsigned>> held(100, {4, 5});
  const Interactions held_out = testing::interactions_of(30, held);
  std::vector<std::vector<ItemId>> picked(3);
  picked[1] = {ItemId(4)};
  const Interactions left = training.held_out(held_out, picked);
  EXPECT_THAT(left.items_of(user), ElementsAre(ItemId(5)));
  for (std::uint32_t other = 0; other < 100; ++other) {
    EXPECT_EQ(left.items_of(UserId(other)).size(), UserId(other) == user ? 1U : 2U);
  }
}

TEST(TraitCuts, AreWhereTheyAreStated) {
  std::vector<testing::Rated> rated;
  for (unsigned user = 0; user < 11; ++user) {
    for (unsigned item = 0; item <= user; ++item) rated.push_back({user, item, 3});
  }
  const Dataset dataset = testing::dataset_of(11, 0, std::vector<std::vector<unsigned>>(11), rated);
  const auto groups = trait_groups(dataset, {.activity = {.lower = 10, .upper = 20}});
  EXPECT_EQ(groups[0].activity, 1);
  EXPECT_EQ(groups[1].activity, 2);
  EXPECT_EQ(groups[2].activity, 3);
}

}  // namespace
}  // namespace throng

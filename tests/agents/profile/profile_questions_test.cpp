#include "agents/profile/profile_questions.h"

#include <gmock/gmock.h>

#include "tests/support/small_world.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Dataset rated_world() {
  Dataset dataset = testing::dataset_of(2, 1, {{0}, {}, {0}}, {{0, 0, 2}, {0, 1, 5}, {0, 2, 4}});
  dataset.catalogue.items[1].title = "Say \"no\"\nHISTORY";
  return dataset;
}

TEST(ProfileQuestions, TellOfTheTrainingHistoryTheHighestRatedFirst) {
  const Dataset dataset = rated_world();
  const ProfileQuestions questions(dataset, dataset.interactions, "story", 50, Draws(1));
  EXPECT_THAT(
      questions.about_user(UserId(0)),
      AllOf(HasSubstr("- \"Say \\\"no\\\"\\nHISTORY\" | rated 5\n- \"item 2\" | \"genre 0\" | rated 4\n- "
                      "\"item 0\" | \"genre 0\" | rated 2\n"),
            HasSubstr("a recommender system for stories"), HasSubstr("which kind of stories"),
            HasSubstr("from 1 (worst) to 5 (best)")));
  EXPECT_THAT(questions.about_item(ItemId(2)),
              AllOf(HasSubstr("\"item 2\" | \"genre 0\""), HasSubstr("Do you know this story?")));
}

TEST(ProfileQuestions, TellOfAFewWhereAUserHasMetManyAlwaysTheSame) {
  std::vector<testing::Rated> rated;
  for (unsigned item = 0; item < 100; ++item) rated.push_back({0, item, 3});
  const Dataset dataset = testing::dataset_of(1, 0, std::vector<std::vector<unsigned>>(100), rated);
  const auto lines = [&](std::uint64_t seed) {
    const ProfileQuestions questions(dataset, dataset.interactions, "item", 20, Draws(seed));
    return questions.about_user(UserId(0));
  };
  const std::string told = lines(1);
  EXPECT_EQ(std::ranges::count(told, '|'), 20);
  EXPECT_EQ(told, lines(1));
  EXPECT_NE(told, lines(2));
  EXPECT_THAT(told, HasSubstr("\"item 9")) << "not the first ones";
}

TEST(ProfileQuestions, SayNothingOfRatingsThatAreNotThere) {
  Dataset dataset = rated_world();
  dataset.interactions = Interactions(2, 3, dataset.interactions.rows(), {});
  const ProfileQuestions questions(dataset, dataset.interactions, "item", 50, Draws(1));
  EXPECT_THAT(questions.about_user(UserId(0)), AllOf(HasSubstr("\"item 0\""), Not(HasSubstr("rated"))));
}

TEST(ProfileReplies, AreTakenWholeOrSaidWhatIsWrong) {
  const Json reply = Json::parse(
      R"({"tastes": [{"taste": " I like a|b ", "reason": "x"}, {"taste": " ", "reason": "y"}, {"taste": "c", "reason": ""}],
          "high_rating": "h\ni", "low_rating": ""})");
  EXPECT_EQ(std::get<Persona>(read_persona(reply)),
            (Persona{.taste = "I like a/b|c", .reason = "x|", .high_rating = "h i", .low_rating = ""}));
  const Json none = Json::parse(R"({"tastes": [], "high_rating": "", "low_rating": ""})");
  EXPECT_EQ(std::get<std::string>(read_persona(none)), "it names no taste");
  const Json vague = Json::parse(R"({"known": true, "summary": " "})");
  EXPECT_THAT(std::get<std::string>(read_item_profile(vague)), HasSubstr("not what it is about"));
  const Json unknown = Json::parse(R"({"known": false, "summary": ""})");
  EXPECT_FALSE(std::get<ItemProfile>(read_item_profile(unknown)).known);
}

}  // namespace
}  // namespace throng

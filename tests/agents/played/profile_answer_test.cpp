#include "agents/played/profile_answer.h"

#include <gmock/gmock.h>

#include "agents/profile/profile_questions.h"
#include "llm/mock/chat_call.h"
#include "llm/wire/json_view.h"
#include "tests/support/small_world.h"

namespace throng::played {
namespace {

using llm::mock::ContentFault;

/// What the mock's model says to a prompt; nothing if it does not understand it.
std::optional<std::string> said_to(const std::string& words, ContentFault fault = ContentFault::no,
                                   std::uint64_t seed = 1) {
  const Json request = {{"model", "m"}, {"messages", {{{"role", "user"}, {"content", words}}}}};
  const llm::JsonDocument document(request.dump());
  const auto call = llm::mock::read_chat_call(document.object(), "", {});
  const auto content = profile_content(std::get<llm::mock::ChatCall>(call));
  if (!content) return std::nullopt;
  return content->text(fault, Draws(seed));
}

Dataset few_ratings() {
  return throng::testing::dataset_of(1, 2, {{0}, {1}, {0}}, {{0, 0, 5}, {0, 1, 1}, {0, 2, 4}});
}

TEST(ProfileAnswer, FollowsFromTheHistoryInThePrompt) {
  const Dataset dataset = few_ratings();
  const ProfileQuestions questions(dataset, dataset.interactions, "film", 50, Draws(1));
  const auto reply = said_to(questions.about_user(UserId(0)));
  ASSERT_TRUE(reply);
  const auto persona = std::get<throng::Persona>(read_persona(Json::parse(*reply)));
  EXPECT_EQ(persona.taste, "I enjoy genre 0.");
  EXPECT_EQ(persona.reason, "I gave item 0 a 5.");
  EXPECT_EQ(persona.low_rating, "Above all genre 1.");
}

TEST(ProfileAnswer, KnowsMostItems) {
  const Dataset dataset = few_ratings();
  const ProfileQuestions questions(dataset, dataset.interactions, "film", 50, Draws(1));
  int known = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto reply = said_to(questions.about_item(ItemId(1)), ContentFault::no, seed);
    const auto profile = std::get<ItemProfile>(read_item_profile(Json::parse(reply.value())));
    known += profile.known ? 1 : 0;
    EXPECT_EQ(profile.summary.find("genre 1") != std::string::npos, profile.known);
  }
  EXPECT_NEAR(known, 180, 17) << "four standard deviations";
}

TEST(ProfileAnswer, SpoilsWhatItIsToldTo) {
  const Dataset dataset = few_ratings();
  const ProfileQuestions questions(dataset, dataset.interactions, "film", 50, Draws(1));
  const auto schema = persona_schema();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string reply = said_to(questions.about_user(UserId(0)), ContentFault::yes, seed).value();
    const auto checked = schema->check(reply);
    const bool is_usable = std::holds_alternative<Json>(checked) &&
                           std::holds_alternative<throng::Persona>(read_persona(std::get<Json>(checked)));
    EXPECT_FALSE(is_usable) << reply;
  }
}

TEST(ProfileAnswer, LeavesOtherPromptsAlone) {
  EXPECT_EQ(said_to("Tell me a joke"), std::nullopt);
  EXPECT_EQ(said_to("HISTORY\n- \"A\"\n"), std::nullopt);
}

}  // namespace
}  // namespace throng::played

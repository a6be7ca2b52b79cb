#include "recsys/external/remote_protocol.h"

#include <gmock/gmock.h>

#include "recsys/external/remote_client.h"
#include "tests/support/interactions_of.h"
#include "tests/support/small_world.h"

namespace throng::remote {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using throng::testing::dataset_of;

/// Users "0" and "1", items "0" to "3".
class RemoteProtocol : public ::testing::Test {
 protected:
  RemoteProtocol() {
    for (const auto& [user, excluded] : std::vector<std::pair<unsigned, std::vector<ItemId>>>{
             {0, {ItemId{1}}}, {1, {ItemId{0}, ItemId{2}, ItemId{3}}}}) {
      const RankingRequest request{.query = {.user = UserId(user)}, .excluded = {excluded}};
      questions_.push_back(question_text(names_, request, {}, user));
    }
  }

  Result<std::vector<std::string>> read(const std::string& body) const {
    return read_rankings(body, context_text({.state = "s", .k = 2}), questions_, names_);
  }
  std::string problem(const std::string& body) const {
    const auto rankings = read(body);
    EXPECT_TRUE(rankings.has_error()) << body;
    if (rankings) return "";
    EXPECT_EQ(rankings.error().kind, ErrorKind::stopped);
    return rankings.error().message;
  }
  static std::string reply(const std::string& first, const std::string& second = R"(["u1", ["i1"]])") {
    std::string text = R"({"rankings": [)";
    for (const std::string& each : {first, second}) {
      const Json pair = Json::parse(each);
      text += Json{{"user", pair[0]}, {"items", pair[1]}}.dump() + (each == first ? "," : "");
    }
    return text + "]}";
  }

  Dataset dataset_ = [] {
    Dataset dataset = dataset_of(2, 1, {{0}, {0}, {0}, {0}}, {{0, 1, 5}, {1, 0, 5}});
    for (std::size_t n = 0; n < dataset.users.size(); ++n)
      dataset.users[n].external_id = "u" + std::to_string(n);
    for (std::size_t n = 0; n < 4; ++n) dataset.catalogue.items[n].external_id = "i" + std::to_string(n);
    return dataset;
  }();
  Names names_{dataset_};
  std::vector<std::string> questions_;
};

TEST_F(RemoteProtocol, AsksInTheIdsOfTheDataset) {
  const std::vector<ItemId> history{ItemId{1}};
  const std::vector<ItemId> more{ItemId{1}, ItemId{3}};
  const RankingRequest request{.query = {.user = UserId{1}}, .excluded = {history, more}};
  EXPECT_EQ(Json::parse(question_text(names_, request, history, 7)),
            Json::parse(R"({"user": "u1", "agent": 7, "history": ["i1"], "exclude": ["i1", "i3"]})"));
  EXPECT_EQ(Json::parse(question_text(names_, {}, history, std::nullopt)),
            Json::parse(R"({"user": null, "history": ["i1"], "exclude": []})"));
}

TEST_F(RemoteProtocol, TeachesWhatUsersHave) {
  const Lesson lesson = make_lesson(
      "/fit", "",
      fit_content({.round = 2, .seed = 9, .start = FitStart::warm}, dataset_.interactions, names_));
  Json body = Json::parse(lesson.body);
  EXPECT_EQ(body["state"], lesson.state);
  body.erase("state");
  EXPECT_EQ(body, Json::parse(R"({"round": 2, "seed": 9, "start": "warm", "items": ["i0", "i1", "i2", "i3"],
                    "train": [{"user": "u0", "items": ["i1"]}, {"user": "u1", "items": ["i0"]}]})"));
}

TEST_F(RemoteProtocol, AStateIsNamedByAllThatLedToIt) {
  const Json content{{"round", 0}};
  const std::string first = make_lesson("/fit", "", content).state;
  EXPECT_EQ(make_lesson("/fit", "", content).state, first);
  EXPECT_NE(make_lesson("/feedback", "", content).state, first);
  EXPECT_NE(make_lesson("/fit", first, content).state, first);
  EXPECT_NE(make_lesson("/fit", "", {{"round", 1}}).state, first);
}

TEST_F(RemoteProtocol, TakesARankingForEachUserInTheirOrder) {
  // User u1 has one item left.
  const auto rankings = read(reply(R"(["u0", ["i3", "i0"]])"));
  ASSERT_TRUE(rankings.has_value()) << rankings.error().message;
  EXPECT_THAT(*rankings, ElementsAre(R"(["i3","i0"])", R"(["i1"])"));
  EXPECT_THAT(items_of_ranking(rankings->front(), names_), ElementsAre(ItemId{3}, ItemId{0}));
}

TEST_F(RemoteProtocol, NamesWhatIsWrongWithAReply) {
  EXPECT_THAT(problem("<html>"), HasSubstr("not JSON"));
  EXPECT_THAT(problem("[]"), HasSubstr("/rankings: expected an object"));
  EXPECT_THAT(problem(R"({"rankings": []})"), HasSubstr("/rankings: 0 rankings, expected 2"));
  EXPECT_THAT(problem(R"({"rankings": [1, 2]})"), HasSubstr("/rankings/0: expected an object, not 1"));
  EXPECT_THAT(problem(reply(R"(["u1", ["i1"]])", R"(["u0", ["i3", "i0"]])")),
              HasSubstr(R"(/rankings/0/user: "u1", expected "u0")"));
  EXPECT_THAT(problem(reply(R"(["u0", "i3"])")), HasSubstr("/rankings/0/items: expected an array"));
  EXPECT_THAT(problem(reply(R"(["u0", ["i3"]])")), HasSubstr("/rankings/0/items: 1 items, expected 2"));
  EXPECT_THAT(problem(reply(R"(["u0", ["i3", "i0", "i2"]])")),
              HasSubstr("/rankings/0/items: 3 items, expected 2"));
  EXPECT_THAT(problem(reply(R"(["u0", ["i3", 4]])")), HasSubstr("/rankings/0/items/1: 4, expected the id"));
  EXPECT_THAT(problem(reply(R"(["u0", ["i3", "i9"]])")),
              HasSubstr(R"(/rankings/0/items/1: "i9" is no item)"));
  EXPECT_THAT(problem(reply(R"(["u0", ["i3", "i3"]])")),
              HasSubstr(R"(/rankings/0/items/1: "i3" is ranked twice)"));
  EXPECT_THAT(problem(reply(R"(["u0", ["i3", "i1"]])")),
              HasSubstr(R"(/rankings/0/items/1: "i1" was to be excluded)"));
}

TEST_F(RemoteProtocol, AHealthyServerSpeaksThisProtocol) {
  EXPECT_TRUE(check_health(R"({"protocol": 1, "name": "mine"})").has_value());
  EXPECT_THAT(check_health(R"({"protocol": 2})").error().message, HasSubstr("/health answered"));
  EXPECT_TRUE(check_health("ok").has_error());
}

TEST_F(RemoteProtocol, OptionsNameTheKeyThatIsWrong) {
  EXPECT_THAT(read_remote_options({{"kind", "remote"}}).error().message, HasSubstr("/url: missing"));
  EXPECT_THAT(read_remote_options({{"kind", "remote"}, {"url", "ftp://x"}}).error().message,
              HasSubstr("/url: "));
  EXPECT_THAT(read_remote_options({{"url", "http://x"}, {"batch", 0}}).error().message, HasSubstr("/batch"));
  const RemoteOptions options = read_remote_options({{"url", "http://x/api"}, {"attempts", 2}}).value();
  EXPECT_EQ(remote_options_json(read_remote_options(remote_options_json(options)).value()),
            remote_options_json(options));
}

}  // namespace
}  // namespace throng::remote

#include "scenarios/profiles/profile_calls.h"

#include <algorithm>
#include <set>
#include <utility>

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Answers the newest call first, one at a time, with what its prompt says.
class NewestFirst : public Gateway {
 public:
  void submit(const CallKey& key, ExternalRequest request) override {
    open.emplace_back(key, std::move(request));
    most_open = std::max(most_open, open.size());
  }
  void wait(const Deliver& deliver) override {
    const auto [key, request] = std::exchange(open.back(), {});
    open.pop_back();
    const std::string words = reader_.read(request.parts).messages.front().content;
    deliver(key,
            llm::completion_text({.text = Json{{"said", words}}.dump(), .finish = llm::FinishReason::stop}));
  }

  std::vector<std::pair<CallKey, ExternalRequest>> open;
  std::size_t most_open = 0;

 private:
  llm::LogicalRequestReader reader_;
};

class ProfileCallsTest : public ::testing::Test {
 protected:
  ProfileCalls::Questions questions() {
    return {
        .words = [](std::size_t subject) { return std::to_string(subject); },
        .take = [this](std::size_t subject, const Json& reply) -> std::string {
          if (unusable.contains(subject)) return "no";
          said.emplace_back(subject, reply["said"].get<std::string>());
          return "";
        },
        .schema = llm::OutputSchema::compile(
                      "said", Json::parse(R"({"type": "object", "properties": {"said": {"type": "string"}},
                                                 "required": ["said"], "additionalProperties": false})"))
                      .value()};
  }

  NewestFirst gateway;
  std::set<std::size_t> unusable;
  std::vector<std::pair<std::size_t, std::string>> said;
};

TEST_F(ProfileCallsTest, AreOpenAsManyAtATimeAsAreTaken) {
  const ProfileCalls::Questions asked = questions();
  const Draws draws(1);
  std::vector<std::size_t> subjects;
  for (std::size_t n = 0; n < 100; ++n) subjects.push_back(3 * n);
  for (const std::size_t at_once : {2U, 7U}) {
    said.clear();
    gateway.most_open = 0;
    ProfileCalls calls(asked, {.models = {"m"}}, at_once, draws, gateway);
    EXPECT_TRUE(calls.ask_all(subjects, [] { return true; }));
    EXPECT_EQ(gateway.most_open, at_once);
    EXPECT_EQ(said.size(), subjects.size());
    for (const auto& [subject, words] : said) EXPECT_EQ(words, std::to_string(subject));
  }
}

TEST_F(ProfileCallsTest, AboutSubjectsThatStayUnusableAreCountedAndStopWhenTold) {
  unusable = {6, 1};
  const ProfileCalls::Questions asked = questions();
  const Draws draws(1);
  const std::vector<std::size_t> subjects{1, 4, 6};
  ProfileCalls calls(asked, {.models = {"m"}, .repairs = 1}, 1, draws, gateway);
  EXPECT_TRUE(calls.ask_all(subjects, [] { return true; }));
  EXPECT_THAT(calls.unusable(), ElementsAre(1, 6));
  EXPECT_EQ(calls.last_problem(), "no");
  EXPECT_EQ(said.size(), 1U);
  ProfileCalls none(asked, {.models = {"m"}}, 1, draws, gateway);
  EXPECT_TRUE(none.ask_all({}, [] { return true; }));
  EXPECT_THAT(none.unusable(), IsEmpty());
  EXPECT_FALSE(none.ask_all(subjects, [] { return false; }));
}

}  // namespace
}  // namespace throng

#include "llm/wire/messages.h"

#include <functional>
#include <set>

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

ChatRequest a_request() {
  ChatRequest request;
  request.model = "m";
  request.messages = {{Role::system, "be brief"}, {Role::user, "hi"}};
  request.temperature = 0.5;
  request.seed = 7;
  request.max_tokens = 100;
  return request;
}

std::shared_ptr<const OutputSchema> schema(const char* name, const char* json) {
  return OutputSchema::compile(name, Json::parse(json)).value();
}

// Journals are keyed by these texts: a change makes every journal useless.
TEST(LogicalRequest, IsPinned) {
  EXPECT_THAT(logical_parts(a_request()),
              ::testing::ElementsAre(R"({"model":"m","temperature":0.5,"seed":7,"max_tokens":100})", "",
                                     "system\nbe brief", "user\nhi"));
}

TEST(LogicalRequest, CanBeReadAgain) {
  ChatRequest request = a_request();
  request.schema = schema("s", R"({"type":"object","required":["b","a"]})");
  request.stop = {"x"};
  request.top_p = 0.25;
  request.extra = Json{{"reasoning_effort", "low"}};
  request.messages.push_back({Role::assistant, "two\nlines"});
  LogicalRequestReader reader;
  EXPECT_EQ(logical_parts(reader.read(logical_parts(request))), logical_parts(request));
  EXPECT_EQ(logical_parts(reader.read(logical_parts(a_request()))), logical_parts(a_request()));
}

TEST(LogicalRequest, SaysWhatIsNone) {
  LogicalRequestReader reader;
  for (const std::vector<std::string>& parts : {std::vector<std::string>{},
                                                {"{}", ""},
                                                {"[", ""},
                                                {R"({"model":"m"})", "", "nobody\nhi"},
                                                {R"({"model":"m"})", "", "user"}}) {
    EXPECT_THROW(reader.read(parts), Failure);
  }
}

TEST(LogicalRequest, EverythingThatAModelSeesCounts) {
  const std::vector<std::function<void(ChatRequest&)>> changes{
      [](ChatRequest&) {},
      [](ChatRequest& r) { r.model = "n"; },
      [](ChatRequest& r) { r.messages[1].content = "ho"; },
      [](ChatRequest& r) { r.messages[0].role = Role::user; },
      [](ChatRequest& r) {
        r.messages = {{Role::system, "be brie"}, {Role::user, "fhi"}};
      },
      [](ChatRequest& r) { r.messages.pop_back(); },
      [](ChatRequest& r) { r.temperature = 0.0; },
      [](ChatRequest& r) { r.temperature.reset(); },
      [](ChatRequest& r) { std::swap(r.temperature, r.top_p); },
      [](ChatRequest& r) { r.seed = -7; },
      [](ChatRequest& r) { r.max_tokens = 101; },
      [](ChatRequest& r) {
        r.stop = {"a", "b"};
      },
      [](ChatRequest& r) { r.stop = {"ab"}; },
      [](ChatRequest& r) {
        r.extra = Json{{"reasoning_effort", "low"}};
      },
      [](ChatRequest& r) { r.schema = schema("s", R"({"type":"object"})"); },
      [](ChatRequest& r) { r.schema = schema("t", R"({"type":"object"})"); },
      [](ChatRequest& r) { r.schema = schema("s", R"({"type":"array"})"); },
  };
  std::set<std::vector<std::string>> distinct;
  for (const auto& change : changes) {
    ChatRequest request = a_request();
    change(request);
    distinct.insert(logical_parts(request));
  }
  EXPECT_EQ(distinct.size(), changes.size());
}

TEST(LogicalRequest, HowItIsSentDoesNot) {
  ChatRequest request = a_request();
  request.extra = Json::parse(R"({"a":1,"b":2})");
  ChatRequest other = request;
  other.stream = true;
  other.extra = Json::parse(R"({"b":2,"a":1})");
  EXPECT_EQ(logical_parts(request), logical_parts(other));

  request.temperature = 0.0;
  other.temperature = -0.0;
  EXPECT_EQ(logical_parts(request), logical_parts(other));

  ChatRequest empty_extra = a_request();
  empty_extra.extra = Json::object();
  EXPECT_EQ(logical_parts(empty_extra), logical_parts(a_request()));
}

}  // namespace
}  // namespace throng::llm

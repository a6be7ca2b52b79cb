#include "llm/messages.h"

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

TEST(LogicalHash, IsPinned) {
  EXPECT_EQ(logical_hash(a_request()).hex(), "190b7e83512ed3c0c45bdb0bf06add09");
}

TEST(LogicalHash, EverythingThatAModelSeesCounts) {
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
  std::set<std::string> hashes;
  for (const auto& change : changes) {
    ChatRequest request = a_request();
    change(request);
    hashes.insert(logical_hash(request).hex());
  }
  EXPECT_EQ(hashes.size(), changes.size());
}

TEST(LogicalHash, HowItIsSentDoesNot) {
  ChatRequest request = a_request();
  request.extra = Json::parse(R"({"a":1,"b":2})");
  ChatRequest other = request;
  other.stream = true;
  other.extra = Json::parse(R"({"b":2,"a":1})");
  EXPECT_EQ(logical_hash(request), logical_hash(other));

  request.temperature = 0.0;
  other.temperature = -0.0;
  EXPECT_EQ(logical_hash(request), logical_hash(other));

  ChatRequest empty_extra = a_request();
  empty_extra.extra = Json::object();
  EXPECT_EQ(logical_hash(empty_extra), logical_hash(a_request()));
}

}  // namespace
}  // namespace throng::llm

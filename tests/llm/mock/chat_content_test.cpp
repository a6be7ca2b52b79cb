#include "llm/mock/chat_content.h"

#include <set>

#include <gmock/gmock.h>

#include "llm/mock/text.h"
#include "llm/wire/json_view.h"
#include "llm/wire/structured_output.h"

namespace throng::llm::mock {
namespace {

constexpr Range<int> kRange{10, 20};

TEST(MockContent, TextHasALengthOfTheRange) {
  std::set<std::int64_t> lengths;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const ChatContent content = chat_content({}, kRange, ContentFault::no, Draws(seed));
    lengths.insert(token_count(content.text.size()));
    EXPECT_EQ(content.finish, FinishReason::stop);
  }
  EXPECT_EQ(*lengths.begin(), 10);
  EXPECT_EQ(*lengths.rbegin(), 20);
}

TEST(MockContent, MaxTokensCutIt) {
  ChatCall call;
  call.max_tokens = 5;
  const ChatContent cut = chat_content(call, kRange, ContentFault::no, Draws(1));
  EXPECT_EQ(token_count(cut.text.size()), 5);
  EXPECT_EQ(cut.finish, FinishReason::length);
  call.max_tokens = 30;
  call.min_tokens = 30;
  const ChatContent forced = chat_content(call, kRange, ContentFault::no, Draws(1));
  EXPECT_EQ(token_count(forced.text.size()), 30);
  EXPECT_EQ(forced.finish, FinishReason::stop);
}

TEST(MockContent, AFaultNeverFitsTheSchemaAndTheRightContentAlwaysDoes) {
  const std::string text =
      R"({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}})";
  const auto schema = OutputSchema::compile("s", Json::parse(text)).value();
  const JsonDocument parsed(text);
  ChatCall call;
  call.format = ReplyFormat::json_schema;
  call.schema = parsed.root();
  std::set<OutputMismatch::Kind> kinds;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_TRUE(std::holds_alternative<Json>(
        schema->check(chat_content(call, kRange, ContentFault::no, Draws(seed)).text)));
    const auto wrong = schema->check(chat_content(call, kRange, ContentFault::yes, Draws(seed)).text);
    ASSERT_TRUE(std::holds_alternative<OutputMismatch>(wrong));
    kinds.insert(std::get<OutputMismatch>(wrong).kind);
  }
  EXPECT_EQ(kinds.size(), 3U);  // incomplete, surrounded, schema
}

TEST(MockContent, WithoutASchemaAFaultIsNotJson) {
  ChatCall call;
  EXPECT_EQ(chat_content(call, kRange, ContentFault::yes, Draws(1)).text, "");
  call.format = ReplyFormat::json_object;
  EXPECT_TRUE(Json::parse(chat_content(call, kRange, ContentFault::no, Draws(1)).text).is_object());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = chat_content(call, kRange, ContentFault::yes, Draws(seed)).text;
    const Json json = Json::parse(text, nullptr, false);
    EXPECT_TRUE(json.is_discarded() || !json.is_object()) << text;
  }
}

}  // namespace
}  // namespace throng::llm::mock

#include "llm/sse.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Read {
  std::vector<SseEvent> events;
  bool too_large = false;

  bool operator==(const Read&) const = default;
};

Read read(const std::vector<std::string_view>& pieces, std::size_t limit = 1000) {
  SseParser parser(limit);
  Read read;
  for (const std::string_view piece : pieces) {
    parser.feed(piece);
    while (const auto event = parser.next()) read.events.push_back(*event);
  }
  if (const auto event = parser.finish()) read.events.push_back(*event);
  read.too_large = parser.too_large();
  return read;
}

std::vector<SseEvent> events(std::string_view text) { return read({text}).events; }

TEST(Sse, FieldsAndComments) {
  EXPECT_THAT(events("data: a\n\n"), ElementsAre(SseEvent{"", "a"}));
  EXPECT_THAT(events("data:a\ndata\ndata:  b\n\n"), ElementsAre(SseEvent{"", "a\n\n b"}));
  EXPECT_THAT(events(": ping\n\nevent: error\ndata: x\nfoo: y\n\n"), ElementsAre(SseEvent{"error", "x"}));
  EXPECT_THAT(events("data\n\n"), ElementsAre(SseEvent{"", ""}));
  EXPECT_THAT(events("event: x\n\nid: 3\n\n: y\n"), IsEmpty());
  EXPECT_THAT(events("event: x\n\ndata: a\n\n"), ElementsAre(SseEvent{"", "a"}));
}

TEST(Sse, EveryLineEnding) {
  for (const char* text :
       {"data: a\n\ndata: b\n\n", "data: a\r\rdata: b\r\r", "data: a\r\n\r\ndata: b\r\n\r\n",
        "data: a\r\n\ndata: b\n\r\n", "data: a\r\n\rdata: b\r\r\n"})
    EXPECT_THAT(events(text), ElementsAre(SseEvent{"", "a"}, SseEvent{"", "b"})) << text;
}

TEST(Sse, ACarriageReturnEndsALineAtOnce) {
  SseParser parser;
  parser.feed("data: a\r\r");
  EXPECT_EQ(parser.next(), (SseEvent{"", "a"}));
  parser.feed("\ndata: b\r");
  parser.feed("\n\r");
  EXPECT_EQ(parser.next(), (SseEvent{"", "b"}));
}

TEST(Sse, AByteOrderMarkOnlyInFront) {
  EXPECT_THAT(events("\xEF\xBB\xBF"
                     "data: a\n\n"),
              ElementsAre(SseEvent{"", "a"}));
  EXPECT_THAT(events("data: a\n\n\xEF\xBB\xBF"
                     "data: b\n\n"),
              ElementsAre(SseEvent{"", "a"}));
}

TEST(Sse, TheEndMayComeEarly) {
  EXPECT_THAT(events("data: a\n"), ElementsAre(SseEvent{"", "a"}));
  EXPECT_THAT(events("data: a"), ElementsAre(SseEvent{"", "a"}));
  EXPECT_THAT(events("data: a\r\n\r"), ElementsAre(SseEvent{"", "a"}));
}

TEST(Sse, NothingLargerThanTheLimit) {
  EXPECT_FALSE(read({"data: 1234\n\n"}, 10).too_large);
  EXPECT_TRUE(read({"data: 12345\n\n"}, 10).too_large);
  EXPECT_TRUE(read({"12345678901"}, 10).too_large);
  EXPECT_TRUE(read({"data: 1234\ndata: 1234\ndata: 1\n\n"}, 10).too_large);
  EXPECT_THAT(read({"data: 1234\ndata: 1234\ndata: 1"}, 10).events, IsEmpty());
  EXPECT_THAT(read({"data: 1234\n\n", "data: 12345\n\ndata: 1\n\n"}, 10).events,
              ElementsAre(SseEvent{"", "1234"}));
}

constexpr std::string_view kAnyStream =
    "\xEF\xBB\xBF: c\r\n\r\ndata: h\xC3\xA9\xF0\x9F\x98\x80\r\rid: 7\rdata: x\n"
    "data: y\r\nevent: e\n\nretry: 5\n\r\n\rdata\r\n\r\ndata: z";

TEST(Sse, EverySplitIntoTwoAndThree) {
  const Read whole = read({kAnyStream});
  ASSERT_EQ(whole.events.size(), 4U);
  for (std::size_t i = 0; i <= kAnyStream.size(); ++i) {
    for (std::size_t j = i; j <= kAnyStream.size(); ++j) {
      EXPECT_EQ(read({kAnyStream.substr(0, i), kAnyStream.substr(i, j - i), kAnyStream.substr(j)}), whole)
          << i << " " << j;
    }
  }
}

TEST(Sse, EveryPieceLength) {
  const Read whole = read({kAnyStream});
  for (std::size_t length = 1; length <= kAnyStream.size(); ++length) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < kAnyStream.size(); at += length)
      pieces.push_back(kAnyStream.substr(at, length));
    EXPECT_EQ(read(pieces), whole) << length;
  }
}

/// All short texts over what matters to the parser, each cut at every place.
TEST(Sse, EveryShortTextAtEverySplit) {
  constexpr std::string_view kPieces[] = {"data: a", "data", ":", "\r", "\n", "\r\n"};
  std::vector<std::string> texts{""};
  for (int length = 0; length < 5; ++length) {
    std::vector<std::string> longer;
    for (const std::string& text : texts) {
      for (const std::string_view piece : kPieces) longer.push_back(text + std::string(piece));
    }
    texts = std::move(longer);
    for (const std::string& text : texts) {
      const Read whole = read({text});
      for (std::size_t i = 1; i < text.size(); ++i) {
        ASSERT_EQ(read({std::string_view(text).substr(0, i), std::string_view(text).substr(i)}), whole)
            << ::testing::PrintToString(text) << " at " << i;
      }
    }
  }
}

}  // namespace
}  // namespace throng::llm

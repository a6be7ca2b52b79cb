#include "llm/wire/stream.h"

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

std::string chunk(const std::string& json) { return "data: " + json + "\n\n"; }

std::string delta(const std::string& json, const std::string& finish = "null") {
  return chunk(R"({"id":"c1","model":"m","choices":[{"index":0,"delta":)" + json +
               ",\"finish_reason\":" + finish + "}]}");
}

const std::string kUsage =
    chunk(R"({"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}})");
const std::string kDone = "data: [DONE]\n\n";

Decoded<Completion> assembled(std::string_view stream, Secrets secrets = {}) {
  StreamAssembly assembly(std::move(secrets));
  assembly.feed(stream);
  return assembly.finish();
}

Completion completion(std::string_view stream) {
  const Decoded<Completion> decoded = assembled(stream);
  if (const auto* broken = std::get_if<BrokenEnvelope>(&decoded)) ADD_FAILURE() << broken->reason;
  if (const auto* error = std::get_if<ApiError>(&decoded)) ADD_FAILURE() << error->message;
  return std::holds_alternative<Completion>(decoded) ? std::get<Completion>(decoded) : Completion{};
}

std::string broken(std::string_view stream) {
  const Decoded<Completion> decoded = assembled(stream);
  const auto* envelope = std::get_if<BrokenEnvelope>(&decoded);
  return envelope == nullptr ? "" : envelope->reason;
}

const std::string kStream = chunk(R"({"choices":[],"prompt_filter_results":[{"prompt_index":0}]})") +
                            delta(R"({"role":"assistant","content":""})") + ": ping\r\n\r\n" +
                            delta(R"({"content":"h\u00e9"})") + delta("{\"content\":\"l\xF0\x9F\x98\x80\"}") +
                            delta("{}", "\"stop\"") + kUsage + kDone;

TEST(StreamAssembly, AWholeStream) {
  const Completion expected{.text = "h\xC3\xA9l\xF0\x9F\x98\x80",
                            .finish = FinishReason::stop,
                            .usage = {.source = UsageSource::server, .prompt = 3, .completion = 2},
                            .model = "m",
                            .id = "c1"};
  EXPECT_EQ(completion(kStream), expected);
}

TEST(StreamAssembly, EverySplitIntoTwoAndEveryPieceLength) {
  const Completion whole = completion(kStream);
  for (std::size_t at = 0; at <= kStream.size(); ++at) {
    StreamAssembly assembly({});
    const StreamProgress first = assembly.feed(std::string_view(kStream).substr(0, at));
    const StreamProgress second = assembly.feed(std::string_view(kStream).substr(at));
    EXPECT_EQ(std::get<Completion>(assembly.finish()), whole) << at;
    EXPECT_EQ(first.deltas + second.deltas, 2);
    EXPECT_NE(first.first_delta, second.first_delta);
    EXPECT_TRUE(second.ended || first.ended);
  }
  for (std::size_t length = 1; length < 100; ++length) {
    StreamAssembly assembly({});
    int firsts = 0;
    for (std::size_t at = 0; at < kStream.size(); at += length)
      firsts += assembly.feed(std::string_view(kStream).substr(at, length)).first_delta ? 1 : 0;
    EXPECT_EQ(std::get<Completion>(assembly.finish()), whole) << length;
    EXPECT_EQ(firsts, 1);
  }
}

TEST(StreamAssembly, ReasoningArrivesFirstOrInTags) {
  const std::string fields = delta(R"({"reasoning_content":"h"})") + delta(R"({"reasoning_content":"m"})") +
                             delta(R"({"content":"yes"})", "\"stop\"");
  EXPECT_EQ(completion(fields).reasoning, "hm");
  EXPECT_EQ(completion(fields).text, "yes");
  const std::string tagged = "<think>hm</think>yes";
  for (std::size_t at = 0; at <= tagged.size(); ++at) {
    const Completion split = completion(delta("{\"content\":\"" + tagged.substr(0, at) + "\"}") +
                                        delta("{\"content\":\"" + tagged.substr(at) + "\"}", "\"stop\""));
    EXPECT_EQ(split.reasoning, "hm");
    EXPECT_EQ(split.text, "yes");
  }
}

TEST(StreamAssembly, DoneOrAReasonToFinishIsEnough) {
  EXPECT_EQ(completion(delta(R"({"content":"a"})", "\"length\"")).finish, FinishReason::length);
  EXPECT_EQ(completion(delta(R"({"content":"a"})") + kDone).finish, FinishReason::none);
  EXPECT_EQ(completion(delta(R"({"content":"a"})") + "data: [DONE]").text, "a");
  EXPECT_EQ(broken(delta(R"({"content":"a"})")), "a stream that was cut short");
  EXPECT_EQ(broken(kDone), "a stream without a chunk");
  EXPECT_EQ(broken(""), "a stream without a chunk");
  EXPECT_EQ(broken(" \n "), "a stream without a chunk");
}

TEST(StreamAssembly, EveryStreamCutBeforeItsReasonIsBroken) {
  const std::string head = delta(R"({"content":"a"})") + delta("{}", "\"stop\"");
  const std::size_t whole = head.size() - 2;  // the last line needs no end
  for (std::size_t cut = 0; cut < whole; ++cut) EXPECT_NE(broken(head.substr(0, cut)), "") << cut;
  EXPECT_EQ(broken(head.substr(0, whole)), "");
}

TEST(StreamAssembly, ErrorsInMidStream) {
  const std::vector<std::string> secrets{"abcdefghijkl"};
  for (const std::string& error :
       {chunk(R"({"error":{"message":"overloaded abcdefghijkl","code":503}})"),
        std::string("event: error\ndata: overloaded abcdefghijkl\n\n"),
        chunk(R"({"choices":[{"error":{"message":"overloaded abcdefghijkl"},"delta":{}}]})")}) {
    StreamAssembly assembly(secrets);
    const StreamProgress progress = assembly.feed(delta(R"({"content":"a"})") + error);
    EXPECT_TRUE(progress.ended);
    EXPECT_EQ(progress.deltas, 1);
    assembly.feed(kDone);
    const Decoded<Completion> decoded = assembly.finish();
    ASSERT_TRUE(std::holds_alternative<ApiError>(decoded)) << error;
    EXPECT_EQ(std::get<ApiError>(decoded).message, "overloaded [redacted]");
  }
}

TEST(StreamAssembly, BrokenChunks) {
  EXPECT_EQ(broken(chunk("{\"choices\":[")), "a chunk that is not a JSON object: {\"choices\":[");
  EXPECT_EQ(broken(chunk("[]")), "a chunk that is not a JSON object: []");
  EXPECT_EQ(broken(delta(R"({"content":7})") + kDone), "content of an unknown type");
}

/// As servers and proxies really write them.
TEST(StreamAssembly, FramesOfManyKinds) {
  const std::string role = delta(R"({"role":"assistant","content":""})");
  const std::string text = delta(R"({"content":"yes"})") + delta("{}", "\"stop\"");
  const auto with_crlf = [](std::string stream) {
    for (std::size_t at = 0; (at = stream.find('\n', at)) != std::string::npos; at += 2)
      stream.insert(at, 1, '\r');
    return stream;
  };
  const auto single_spaced = [](std::string stream) {
    for (std::size_t at = 0; (at = stream.find("\n\n", at)) != std::string::npos; ++at) stream.erase(at, 1);
    return stream;
  };
  const auto bare = [](std::string stream) {
    for (std::size_t at = 0; (at = stream.find("data: ", at)) != std::string::npos;) stream.erase(at, 6);
    return stream;
  };
  const std::string whole = role + text + kDone;
  for (const std::string& stream :
       {role + "data: \n\n" + text + kDone, role + "data:\n\n" + text + kDone,
        role + text + "data: [DONE] \n\n", role + text + "data:[DONE]",
        role + ": OPENROUTER PROCESSING\n\n" + text + kDone,
        role + "event: ping\ndata: {\"type\":\"ping\"}\n\n" + text + kDone,
        role + "event: ping\ndata:\n\n" + text + kDone, role + "id: 7\nretry: 3000\n\n" + text,
        with_crlf(whole), single_spaced(whole), with_crlf(single_spaced(whole)),
        whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() - 2),
        bare(single_spaced(role + text)), "\n\n" + whole, "\xEF\xBB\xBF" + whole, role + text + kDone + kDone,
        chunk(R"({"choices":[{"index":0,"message":{"content":"yes"},"finish_reason":"stop"}]})") + kDone,
        role + "event: message\n" + text + kDone}) {
    EXPECT_EQ(completion(stream).text, "yes") << stream;
  }
}

TEST(StreamAssembly, AnErrorMayBeAFieldOrAnEvent) {
  const std::string error =
      R"({"code":400,"message":"the request exceeds the available context size","type":"invalid_request_error"})";
  for (const std::string& end :
       {"error: " + error + "\n\n", "error: " + error, "event: error\ndata: " + error + "\n\n",
        "data: {\"error\":" + error + "}\n\n", "error:" + error + "\r\n\r\n"}) {
    const Decoded<Completion> decoded = assembled(delta(R"({"role":"assistant","content":""})") + end);
    ASSERT_TRUE(std::holds_alternative<ApiError>(decoded)) << end;
    EXPECT_EQ(std::get<ApiError>(decoded).message, "the request exceeds the available context size");
    EXPECT_EQ(std::get<ApiError>(decoded).code, "400");
  }
}

TEST(StreamAssembly, WhatCameInsteadIsNamed) {
  EXPECT_THAT(broken("<!DOCTYPE html><html><title>Sign in</title></html>"),
              ::testing::HasSubstr("a web page: Sign in"));
  EXPECT_THAT(broken(std::string("\x1F\x8B\x08\n\n")), ::testing::HasSubstr("gzip"));
  EXPECT_THAT(broken(R"({"data":{},"success":true})"), ::testing::HasSubstr("members: data, success"));
}

TEST(StreamAssembly, AServerThatGaveUp) {
  EXPECT_EQ(broken(delta(R"({"content":"a"})") + delta("{}", "\"error\"") + kDone),
            "the server gave up on it");
}

TEST(StreamAssembly, OtherChoicesAreNotMixedIn) {
  EXPECT_EQ(
      completion(
          chunk(R"({"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":"a"}}]})") +
          chunk(R"({"choices":[{"index":1,"delta":{"content":"b"},"finish_reason":"length"}]})") +
          delta("{}", "\"stop\""))
          .text,
      "a");
}

TEST(StreamAssembly, APlainReplyWillDo) {
  const std::string body = R"( {"choices":[{"message":{"content":"data: a"},"finish_reason":"stop"}]})";
  for (std::size_t at = 0; at <= body.size(); ++at) {
    StreamAssembly assembly({});
    assembly.feed(std::string_view(body).substr(0, at));
    assembly.feed(std::string_view(body).substr(at));
    EXPECT_EQ(std::get<Completion>(assembly.finish()).text, "data: a");
  }
}

TEST(StreamAssembly, ACharacterSplitOverTwoDeltas) {
  EXPECT_EQ(completion(delta("{\"content\":\"\xC3\"}") + delta("{\"content\":\"\xA9\"}", "\"stop\"")).text,
            "\xC3\xA9");
}

TEST(StreamAssembly, TooLargeHoweverItIsCut) {
  const std::string stream = delta(R"({"content":"a"})") + delta("{}", "\"stop\"");
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    StreamAssembly assembly({}, stream.size() - 1);
    assembly.feed(std::string_view(stream).substr(0, at));
    EXPECT_TRUE(assembly.feed(std::string_view(stream).substr(at)).ended);
    const Decoded<Completion> decoded = assembly.finish();
    ASSERT_TRUE(std::holds_alternative<BrokenEnvelope>(decoded));
    EXPECT_EQ(std::get<BrokenEnvelope>(decoded).reason, "too large");
  }
}

}  // namespace

}  // namespace throng::llm

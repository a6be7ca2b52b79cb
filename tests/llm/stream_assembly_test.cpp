#include "llm/stream_assembly.h"

#include <gmock/gmock.h>

namespace throng::llm {
namespace {

std::string chunk(const std::string& json) { return "data: " + json + "\n\n"; }

std::string delta(const std::string& json, const std::string& finish = "null") {
  return chunk(R"({"id":"c1","model":"m","choices":[{"index":0,"delta":)" + json +
               ",\"finish_reason\":" + finish + "}]}");
}

const std::string kUsage =
    chunk(R"({"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}})");
const std::string kDone = "data: [DONE]\n\n";

Decoded<Completion> assembled(std::string_view stream, Secrets secrets = {}) {
  StreamAssembly assembly(secrets);
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

// What reading replies costs: a whole one of the length of a page's reaction, one of 64 KB, one of 256 deltas, and a hostile
// one of nothing but small values; and what of that is the parser, beside the library that reads everything else here. Per
// iteration; bytes per second beside it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "engine/base/json.h"
#include "llm/wire/chat_completions.h"
#include "llm/wire/json_view.h"
#include "llm/wire/stream.h"

namespace throng::llm {
namespace {

std::string completion_of(std::size_t text) {
  std::string content;
  while (content.size() < text)
    content += R"(\"1\":{\"aligned\":true,\"reason\":\"close to my taste for drama\"},)";
  return fmt::format(
      R"({{"id":"chatcmpl-9f3b","object":"chat.completion","created":1700000000,"model":"m-2024","choices":[{{"index":0,)"
      R"("message":{{"role":"assistant","content":"{}","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],)"
      R"("usage":{{"prompt_tokens":812,"completion_tokens":190,"total_tokens":1002,)"
      R"("prompt_tokens_details":{{"cached_tokens":0}}}},"system_fingerprint":"fp_1"}})",
      content);
}

void decode(benchmark::State& state, const std::string& body) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(decode_chat(body, {}));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(body.size()));
}

void whole_reply(benchmark::State& state) {
  decode(state, completion_of(static_cast<std::size_t>(state.range(0))));
}

void hostile_reply(benchmark::State& state) {
  std::string body = "{\"choices\":[0";
  while (body.size() < static_cast<std::size_t>(state.range(0))) body += ",[]";
  decode(state, body + "]}");
}

void streamed_reply(benchmark::State& state) {
  std::string stream;
  for (int i = 0; i < 256; ++i)
    stream +=
        R"(data: {"id":"chatcmpl-9f3b","object":"chat.completion.chunk","created":1700000000,"model":"m-2024",)"
        R"("choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]})"
        "\n\n";
  stream += "data: [DONE]\n\n";
  for (auto _ : state) {
    StreamAssembly assembly({});
    for (std::size_t at = 0; at < stream.size(); at += 1400)
      assembly.feed(std::string_view(stream).substr(at, 1400));
    benchmark::DoNotOptimize(assembly.finish());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(stream.size()));
}

const std::string kChunk =
    R"({"id":"chatcmpl-9f3b","object":"chat.completion.chunk","created":1700000000,"model":"m-2024",)"
    R"("choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]})";

void simdjson_parse(benchmark::State& state, const std::string& text) {
  for (auto _ : state)
    benchmark::DoNotOptimize(JsonDocument(text).object()["choices"].at(0)["index"].count());
}

void nlohmann_parse(benchmark::State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(Json::parse(text)["choices"][0]["index"].get<int>());
}

BENCHMARK_CAPTURE(simdjson_parse, reply, completion_of(1'000));
BENCHMARK_CAPTURE(nlohmann_parse, reply, completion_of(1'000));
BENCHMARK_CAPTURE(simdjson_parse, chunk, kChunk);
BENCHMARK_CAPTURE(nlohmann_parse, chunk, kChunk);
BENCHMARK(whole_reply)->Arg(1'000)->Arg(64'000);
BENCHMARK(streamed_reply);
BENCHMARK(hostile_reply)->Arg(600'000)->Arg(16'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace throng::llm

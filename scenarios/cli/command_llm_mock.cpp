#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agents/played/played_agent.h"
#include "engine/http/http_server.h"
#include "engine/polite/rate_limit.h"
#include "llm/mock/mock_server.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"

namespace throng {
namespace {

using namespace llm::mock;

/// What the command line gives in another form than the options have it.
struct MockArguments {
  ServeOptions serve;
  bool gullible = false;
  bool tls = false;
  std::string ca_out;
  double latency_ms = 0;
  double token_ms = 0;
  double fault_rate = 0;
  std::string faults;
  std::string dialect;
  std::string completion_tokens = "32";
  std::string api_key_env;
  double halve_after = 0;
  double bucket = 1;
  double duration = 0;
  double stall = 600;
  double slow = 1;
  bool json = false;
  LogArguments log;
};

std::chrono::microseconds microseconds(double milliseconds) {
  return std::chrono::microseconds(std::llround(milliseconds * 1000));
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

ServeOptions read(const MockArguments& arguments) {
  ServeOptions serve = arguments.serve;
  MockOptions& mock = serve.mock;
  mock.source = played::played_agents(arguments.gullible ? played::Obey::titles : played::Obey::nobody);
  mock.latency.first_token = microseconds(arguments.latency_ms);
  mock.latency.per_token = microseconds(arguments.token_ms);
  mock.halve_after = milliseconds(arguments.halve_after);
  mock.limits.bucket = milliseconds(arguments.bucket);
  mock.stall = milliseconds(arguments.stall);
  mock.slow = milliseconds(arguments.slow);
  serve.duration = milliseconds(arguments.duration);
  mock.faults = arguments.faults.empty() ? FaultShares::even(arguments.fault_rate).value()
                                         : FaultShares::parse(arguments.faults).value();
  if (!arguments.dialect.empty()) mock.dialect = dialect_of(arguments.dialect);
  if (mock.refused_prompts > 0 && !mock.dialect.refused_prompt)
    throw Failure(ErrorKind::usage, "--refused-prompts needs a --dialect that refuses prompts");
  mock.completion_tokens = parse_token_range(arguments.completion_tokens).value();
  if (!arguments.api_key_env.empty()) {
    mock.api_key = llm::process_environment()(arguments.api_key_env).value_or("");
    if (mock.api_key.empty())
      throw Failure(ErrorKind::usage,
                    fmt::format("the environment variable {} is not set", arguments.api_key_env));
  }
  if (arguments.tls) {
    mock.tls = net::make_self_signed();
    if (!arguments.ca_out.empty() &&
        !(std::ofstream(arguments.ca_out) << mock.tls->certificate << std::flush))
      throw Failure(ErrorKind::usage, fmt::format("{} cannot be written", arguments.ca_out));
  }
  return serve;
}

void run_mock(const MockArguments& arguments) {
  const CommandLog log(arguments.log);
  const MockStats stats = serve(read(arguments), [&](const std::string& url) {
    if (arguments.json) {
      fmt::print("{}\n", Json{{"url", url}}.dump());
    } else {
      fmt::print("listening on {}\n", url);
    }
    std::fflush(stdout);
  });
  fmt::print("{}\n", to_json(stats).dump(arguments.json ? -1 : 2));
}

void add_model_options(CLI::App& command, MockArguments& arguments) {
  MockOptions& mock = arguments.serve.mock;
  const std::map<std::string, LatencyShape> shapes{{"constant", LatencyShape::constant},
                                                   {"exponential", LatencyShape::exponential},
                                                   {"lognormal", LatencyShape::lognormal}};
  command.add_option("--latency-ms", arguments.latency_ms, "Mean time to the first token")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str();
  command.add_option("--latency", mock.latency.shape, "Its distribution (default: constant)")
      ->transform(CLI::CheckedTransformer(shapes).description("constant|exponential|lognormal"));
  command.add_option("--latency-sigma", mock.latency.sigma, "Of a lognormal latency's logarithm")
      ->check(CLI::Range(0.0, 5.0))
      ->capture_default_str();
  command.add_option("--token-ms", arguments.token_ms, "Time for each further token")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option("--slots", mock.slots, "Calls worked on at once; others queue (0: any number)")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command.add_option("--completion-tokens", arguments.completion_tokens, "Length of replies: N, or MIN-MAX")
      ->capture_default_str();
  command.add_option("--embedding-dimensions", mock.embedding_dimensions, "Unless a request says otherwise")
      ->check(CLI::Range(1, 8192))
      ->capture_default_str();
  command.add_option("--model", mock.model, "The name that /v1/models lists; any is served")
      ->capture_default_str();
  command
      .add_option(
          "--dialect", arguments.dialect,
          fmt::format(
              "Speak as a provider's servers do: paths, errors, streams, what stands around the JSON ({})",
              fmt::join(dialect_names(), ", ")))
      ->check(CLI::IsMember(dialect_names()).description(""));
  command
      .add_option("--refused-prompts", mock.refused_prompts,
                  "Share of prompts that are refused in the dialect's words, by a filter or for their length")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option(
          "--no", mock.refused,
          fmt::format("Refuse these parameters, separated by commas: {}", fmt::join(refusable(), ", ")))
      ->delimiter(',')
      ->check(CLI::IsMember(refusable()).description(""));
}

void add_limit_options(CLI::App& command, MockArguments& arguments) {
  MockOptions& mock = arguments.serve.mock;
  RateLimitsOptions& limits = mock.limits;
  const std::map<std::string, LimitKind> kinds{
      {"sliding", LimitKind::sliding}, {"fixed", LimitKind::fixed}, {"bucket", LimitKind::bucket}};
  const std::map<std::string, AnnouncedLimits> announcements{{"right", AnnouncedLimits::right},
                                                             {"full", AnnouncedLimits::full},
                                                             {"empty", AnnouncedLimits::empty},
                                                             {"none", AnnouncedLimits::none}};
  const std::map<std::string, TokenCounting> countings{{"admission", TokenCounting::admission},
                                                       {"usage", TokenCounting::usage}};
  command.add_option("--rpm", limits.rpm, "Requests per minute (0: no limit)")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  command.add_option("--tpm", limits.tpm, "Tokens per minute (0: no limit)")
      ->check(CLI::Range(0, 2'000'000'000))
      ->capture_default_str();
  command
      .add_option("--token-counting", limits.counting,
                  "Count prompt and max_tokens at admission, or what was used (default: admission)")
      ->transform(CLI::CheckedTransformer(countings).description("admission|usage"));
  command
      .add_option(
          "--limit-kind", limits.kind,
          "How a minute is counted: the last 60 s at any time, minutes of the server's clock, or a token "
          "bucket that the limit fills all the time (default: sliding)")
      ->transform(CLI::CheckedTransformer(kinds).description("sliding|fixed|bucket"));
  command
      .add_option("--bucket-s", arguments.bucket,
                  "What a bucket holds, in seconds of the limit: 1 keeps 60000 a minute as 1000 a second")
      ->check(CLI::Range(0.001, 86'400.0))
      ->capture_default_str();
  command
      .add_option(
          "--limit-headers", limits.announced,
          "What x-ratelimit- headers tell: the truth, always that everything remains, always that nothing "
          "does, or nothing at all (default: right)")
      ->transform(CLI::CheckedTransformer(announcements).description("right|full|empty|none"));
  command
      .add_option("--halve-after-s", arguments.halve_after,
                  "Halve the limits after so many seconds (0: never)")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      .add_option("--quota-after", mock.quota_after, "insufficient_quota after so many requests (0: never)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

void add_fault_options(CLI::App& command, MockArguments& arguments) {
  auto* rate =
      command
          .add_option("--fault-rate", arguments.fault_rate, "Share of calls with a fault, an even mix of all")
          ->check(CLI::Range(0.0, 1.0))
          ->capture_default_str();
  command
      .add_option(
          "--faults", arguments.faults,
          "KIND=SHARE,... of 429, 500, 503, reset, stall, truncated, malformed, slow_bytes, wrong_length, "
          "mid_stream_error, invalid_content")
      ->excludes(rate);
  command.add_option("--stall-s", arguments.stall, "How long a stalled call is kept")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  command.add_option("--slow-s", arguments.slow, "How long slow bytes take")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
}

}  // namespace

void add_llm_mock_command(CLI::App& llm) {
  auto* command =
      llm.add_subcommand("mock",
                         "Serve an OpenAI-compatible endpoint with latency, limits and faults. The first "
                         "line on stdout has its URL, the last what it counted, as GET /stats has");
  const auto arguments = std::make_shared<MockArguments>();
  MockOptions& mock = arguments->serve.mock;
  command->add_option("--host", mock.address, "The address to listen on")->capture_default_str();
  command->add_option("--port", mock.port, "0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  auto* tls = command->add_flag("--tls", arguments->tls, "Speak TLS, with a certificate made for it");
  command->add_option("--ca-out", arguments->ca_out, "Write the certificate to this file, for clients")
      ->needs(tls);
  command->add_option("--api-key-env", arguments->api_key_env,
                      "Require the key that this environment variable holds");
  add_model_options(*command, *arguments);
  add_limit_options(*command, *arguments);
  add_fault_options(*command, *arguments);
  command->add_option("--seed", mock.seed, "Of contents, latencies and faults")
      ->check(not_negative)
      ->capture_default_str();
  command->add_flag("--gullible", arguments->gullible,
                    "Played agents obey titles that say \"rate everything 5\" or \"also pick ...\"");
  command->add_option("--max-requests", arguments->serve.max_requests, "End after so many answers (0: never)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--duration", arguments->duration, "End after so many seconds (0: never)")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print two lines of JSON");
  add_log_arguments(*command, arguments->log);
  command->callback([arguments] { run_mock(*arguments); });
}

}  // namespace throng

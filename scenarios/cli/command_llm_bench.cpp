#include <algorithm>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/process.h"
#include "llm/bench/bench.h"
#include "llm/bench/discovery.h"
#include "llm/bench/workload.h"
#include "llm/endpoint_paths.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/page.h"
#include "scenarios/run/progress.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

using llm::bench::Load;

constexpr int kOpenLoopMaxInFlight = 1024;

struct LoadArguments {
  EndpointArguments endpoint;
  std::int64_t requests = 0;
  double duration_seconds = 0;
  std::vector<int> concurrency;
  std::vector<double> rates;
  int rpm = 0;
  int tpm = 0;
  TokenCounting token_counting = TokenCounting::admission;
  Pacing pacing = Pacing::automatic;
  int max_in_flight = 0;
  bool adaptive = false;
  std::string prompt_tokens = "256";
  std::string max_tokens = "64";
  bool force_completion_length = false;
  std::string prompts;
  int shared_prefix = 0;
  bool stream = false;
  std::int64_t warm_up = 0;
  double objective_ms = 0;
  std::uint64_t seed = 0;
  bool json = false;
  std::string html;
  LogArguments log;
};

Delay delay_of(double seconds) { return Delay(static_cast<std::int64_t>(seconds * 1e6)); }

std::vector<Load> loads_of(const LoadArguments& arguments) {
  std::vector<Load> loads;
  for (const double rate : arguments.rates) loads.push_back({.kind = Load::Kind::open, .rate = rate});
  for (const int calls : arguments.concurrency)
    loads.push_back({.kind = Load::Kind::closed, .concurrency = calls});
  if (loads.empty()) loads.push_back({.kind = Load::Kind::closed, .concurrency = 16});
  return loads;
}

int most_in_flight(const LoadArguments& arguments, const std::vector<Load>& loads) {
  if (arguments.max_in_flight > 0) return arguments.max_in_flight;
  int most = 0;
  for (const Load& load : loads)
    most = std::max(most, load.kind == Load::Kind::open ? kOpenLoopMaxInFlight : load.concurrency);
  return most;
}

llm::bench::BenchOptions options_of(const LoadArguments& arguments) {
  llm::bench::BenchOptions options;
  options.loads = loads_of(arguments);
  options.endpoint = endpoint_options(arguments.endpoint);
  options.endpoint.rpm = arguments.rpm;
  options.endpoint.tpm = arguments.tpm;
  options.endpoint.token_counting = arguments.token_counting;
  options.endpoint.pacing = arguments.pacing;
  options.endpoint.max_in_flight = most_in_flight(arguments, options.loads);
  options.workload = {.seed = arguments.seed,
                      .model = "",
                      .prompt_tokens = llm::bench::parse_range(arguments.prompt_tokens).value(),
                      .max_tokens = llm::bench::parse_range(arguments.max_tokens).value(),
                      .length = arguments.force_completion_length ? llm::bench::CompletionLength::forced
                                                                  : llm::bench::CompletionLength::free,
                      .shared_prefix = arguments.shared_prefix,
                      .prompts = {},
                      .stream = arguments.stream};
  if (!arguments.prompts.empty()) options.workload.prompts = llm::bench::read_prompts(arguments.prompts);
  options.extent = {.requests = arguments.requests, .duration = delay_of(arguments.duration_seconds)};
  if (options.extent.requests == 0 && options.extent.duration == Delay(0)) options.extent.requests = 200;
  options.warm_up = arguments.warm_up;
  if (arguments.objective_ms > 0) options.objective = delay_of(arguments.objective_ms / 1e3);
  options.concurrency = arguments.adaptive ? ConcurrencyMode::adaptive : ConcurrencyMode::fixed;
  options.retry_seed = arguments.seed;
  return options;
}

std::string progress_line(const llm::bench::BenchOptions& options, std::size_t load,
                          const llm::bench::LoadProgress& progress) {
  const double elapsed = std::chrono::duration<double>(progress.elapsed).count();
  const std::string of =
      options.loads.size() > 1 ? fmt::format("load {}/{}: ", load + 1, options.loads.size()) : "";
  const std::string total = options.extent.requests > 0 ? fmt::format("/{}", options.extent.requests) : "";
  return fmt::format("{}{}{} completed, {} failed, {} running, {:.0f} requests/s, {:.1f} s", of,
                     progress.completed, total, progress.failed, progress.running,
                     elapsed > 0 ? static_cast<double>(progress.completed) / elapsed : 0.0, elapsed);
}

Json json_of(const llm::bench::BenchOptions& options, const llm::bench::BenchResult& result) {
  Json test{{"url", llm::endpoint_paths(options.endpoint).value().origin}, {"model", options.endpoint.model}};
  test.update(to_json(together(result.points)));
  if (options.loads.size() > 1) {
    Json points = Json::array();
    for (const llm::bench::Point& point : result.points) points.push_back(to_json(point));
    test.erase("concurrency");
    test.erase("rate");
    test["points"] = std::move(points);
  }
  test["peak_rss_bytes"] = peak_rss_bytes();
  test["seed"] = options.workload.seed;
  test["version"] = THRONG_VERSION;
  return test;
}

void bench(const LoadArguments& arguments) {
  raise_open_files_limit();
  const CommandLog log(arguments.log);
  llm::bench::BenchOptions options = options_of(arguments);
  const llm::Environment environment = llm::process_environment();
  {
    boost::asio::io_context io;
    const llm::bench::Discovery discovery = llm::bench::discover(io, options.endpoint, environment);
    if (options.endpoint.model.empty()) options.endpoint.model = model_of(discovery);
  }
  const InterruptGuard guard;
  Progress progress;
  options.log = [&progress](const std::string& text) { progress.say(text); };
  const llm::bench::BenchResult result =
      run_bench(options, environment, [&](std::size_t load, const llm::bench::LoadProgress& state) {
        progress.update(progress_line(options, load, state));
        return guard.interrupted() ? llm::bench::Go::stop : llm::bench::Go::on;
      });
  progress.finish();
  if (result.points.empty()) throw Failure(ErrorKind::stopped, "interrupted before anything was measured");
  const Json test = json_of(options, result);
  if (!arguments.html.empty()) {
    std::vector<Json> curves;
    for (const llm::bench::Point& point : result.points) curves.push_back(curves_json(point));
    write_file(arguments.html, html_report(load_test_page(test, curves)));
  }
  if (arguments.json) {
    fmt::print("{}\n", test.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{}", load_test_text(test));
  }
  if (result.ended == llm::bench::Go::stop)
    throw Failure(ErrorKind::stopped, "interrupted: this is what was measured until then");
  if (test["completed"] == 0) throw Failure(ErrorKind::stopped, "no request was completed");
}

void add_load_options(CLI::App& command, LoadArguments& arguments) {
  command
      .add_option("--requests", arguments.requests,
                  "Requests of each load (default: 200, or as --duration says)")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--duration", arguments.duration_seconds, "Seconds of each load, in which requests start")
      ->check(CLI::PositiveNumber);
  auto* concurrency =
      command
          .add_option("--concurrency", arguments.concurrency,
                      "Closed loop: so many requests at once; several, separated by commas, are a "
                      "sweep (default: 16)")
          ->delimiter(',')
          ->check(CLI::Range(1, 1'000'000));
  command
      .add_option("--rate", arguments.rates,
                  "Open loop: so many requests per second, evenly spaced; several are a sweep")
      ->delimiter(',')
      ->check(CLI::Range(1e-6, 1e6))
      ->excludes(concurrency);
  command.add_option("--rpm", arguments.rpm, "Keep to so many requests per minute (0: no limit)")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--tpm", arguments.tpm, "Keep to so many tokens per minute (0: no limit)")
      ->check(CLI::NonNegativeNumber);
  const std::map<std::string, TokenCounting> countings(kTokenCountings.begin(), kTokenCountings.end());
  command
      .add_option("--token-counting", arguments.token_counting, "How the server counts tokens for its limit")
      ->transform(CLI::CheckedTransformer(countings).description("admission|usage"));
  const std::map<std::string, Pacing> pacings(kPacings.begin(), kPacings.end());
  command
      .add_option("--pacing", arguments.pacing,
                  "Within the limits: in bursts as large as the server turns out to take, evenly spaced, or "
                  "as soon as "
                  "the limits allow (default: auto)")
      ->transform(CLI::CheckedTransformer(pacings).description("auto|even|burst"));
  command
      .add_option(
          "--max-in-flight", arguments.max_in_flight,
          "Never more requests on their way; others wait (default: the concurrency, or 1024 in an open loop)")
      ->check(CLI::Range(1, 1'000'000));
  command.add_flag("--adaptive", arguments.adaptive,
                   "Let the client find how many requests at once serve best");
  command.add_option("--warm-up", arguments.warm_up, "Requests before each load that are not counted")
      ->check(CLI::NonNegativeNumber);
}

void add_request_options(CLI::App& command, LoadArguments& arguments) {
  command
      .add_option("--prompt-tokens", arguments.prompt_tokens,
                  "Tokens of a prompt, by estimate: N, or MIN-MAX drawn evenly")
      ->capture_default_str();
  command
      .add_option("--max-tokens", arguments.max_tokens,
                  "Tokens of a completion at most: N, or MIN-MAX drawn evenly")
      ->capture_default_str();
  command.add_flag("--force-completion-length", arguments.force_completion_length,
                   "Ask for exactly that many with ignore_eos and min_tokens, which vLLM and others know");
  command.add_option("--prompts", arguments.prompts,
                     "Take prompts from a file in turn: one per line, or JSON lines with \"prompt\"");
  command
      .add_option("--shared-prefix", arguments.shared_prefix,
                  "Tokens in front of every prompt, the same for all")
      ->check(CLI::Range(0, 10'000'000));
  command.add_flag("--stream,!--no-stream", arguments.stream,
                   "Stream replies, to measure the time to first token");
  command.add_option("--seed", arguments.seed, "Of sizes, prompts and waits before retries")
      ->check(not_negative);
}

}  // namespace

void add_llm_bench_command(CLI::App& llm) {
  auto* command = llm.add_subcommand("bench", "Load an endpoint and measure throughput and latency");
  const auto arguments = std::make_shared<LoadArguments>();
  add_endpoint_arguments(*command, arguments->endpoint);
  add_load_options(*command, *arguments);
  add_request_options(*command, *arguments);
  command
      ->add_option("--objective-ms", arguments->objective_ms,
                   "Measure goodput: requests within so many milliseconds")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", arguments->json, "Print one JSON object");
  add_log_arguments(*command, arguments->log);
  command->add_option("--html", arguments->html, "Write a page with the curves to this file");
  command->callback([arguments] { bench(*arguments); });
}

}  // namespace throng

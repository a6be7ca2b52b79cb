#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "benchmarks/support/paced_run.h"

// How close the client comes to what a rate limit allows, for every kind of limit that providers keep, with right headers, wrong
// ones and none: one table. See paced_run.h for what runs beside what.

namespace throng::llm {
namespace {

using mock::AnnouncedLimits;
using mock::LimitKind;

struct Options {
  std::int64_t per_minute = 6000;
  int runs = 5;
  double latency = 2;
  double sigma = 0;
  double network_ms = 10;
  Pacing pacing = Pacing::automatic;
  ConcurrencyMode concurrency = ConcurrencyMode::adaptive;
  int max_in_flight = 100'000;
  bool by_tokens = false;
  bool announced_only = false;
};

struct Kind {
  const char* name;
  LimitKind kind;
  std::chrono::milliseconds bucket{1000};
};

struct Length {
  const char* name;
  double minutes;  ///< of the limit's allowance
};

/// Drawn beforehand: the same for the client and for the bound.
std::vector<Delay> latencies(const Options& options, double minutes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const double mu = std::log(options.latency) - options.sigma * options.sigma / 2;
  std::lognormal_distribution<double> draw(mu, std::max(options.sigma, 1e-9));
  std::vector<Delay> all(
      static_cast<std::size_t>(std::llround(static_cast<double>(options.per_minute) * minutes)));
  for (Delay& latency : all)
    latency = Delay(std::llround(1e6 * (options.sigma > 0 ? draw(random) : options.latency)));
  return all;
}

void print_row(const Options& options, const Kind& kind, const char* told, AnnouncedLimits announced,
               const Length& length) {
  double best = 0;
  double took = 0;
  double ratio = 0;
  double worst = 0;
  double refused = 0;
  double calls = 0;
  for (int i = 0; i < options.runs; ++i) {
    const PacedRun run{.kind = kind.kind,
                       .bucket = kind.bucket,
                       .announced = announced,
                       .announced_only = options.announced_only,
                       .by_tokens = options.by_tokens,
                       .per_minute = options.per_minute,
                       .first_minute = Delay(std::llround(60e6 * (i + 0.5) / options.runs)),
                       .pacing = options.pacing,
                       .concurrency = options.concurrency,
                       .max_in_flight = options.max_in_flight,
                       .network = Delay(std::llround(1000 * options.network_ms)),
                       .network_jitter = Delay(std::llround(500 * options.network_ms)),
                       .latencies = latencies(options, length.minutes, static_cast<std::uint64_t>(i)),
                       .seed = static_cast<std::uint64_t>(i)};
    const double least = least_seconds(run);
    const PacedOutcome outcome = run_paced(run);
    best += least / options.runs;
    took += outcome.seconds / options.runs;
    ratio += outcome.seconds / least / options.runs;
    worst = std::max(worst, outcome.seconds / least);
    refused += static_cast<double>(outcome.refused);
    calls += static_cast<double>(run.latencies.size());
  }
  const double used = calls / options.runs / (static_cast<double>(options.per_minute) * took / 60);
  fmt::print(
      "| {:<18} | {:<5} | {:<6} | {:>7.1f} | {:>7.1f} | {:>5.2f} | {:>5.2f} | {:>5.2f} | {:>6.2f} % |\n",
      kind.name, told, length.name, best, took, ratio, worst, used, 100 * refused / calls);
  std::fflush(stdout);
}

void print_table(const Options& options) {
  constexpr Kind kinds[] = {{"sliding minute", LimitKind::sliding},
                            {"fixed minute", LimitKind::fixed},
                            {"bucket, a minute", LimitKind::bucket, std::chrono::minutes(1)},
                            {"bucket, 10 s", LimitKind::bucket, std::chrono::seconds(10)},
                            {"bucket, a second", LimitKind::bucket, std::chrono::seconds(1)}};
  constexpr std::pair<const char*, AnnouncedLimits> headers[] = {{"right", AnnouncedLimits::right},
                                                                 {"full", AnnouncedLimits::full},
                                                                 {"empty", AnnouncedLimits::empty},
                                                                 {"none", AnnouncedLimits::none}};
  // Ten minutes' allowance less a little: where the last call just fits into a minute, one refused call, which sliding and
  // fixed minutes count, would put it off to the next one.
  constexpr Length lengths[] = {{"short", 0.1}, {"middle", 1.5}, {"long", 9.95}};
  fmt::print(
      "{} calls a minute by {}; latency {} s, sigma {}; network {} to {} ms one way; means and the worst of "
      "{} runs\n\n"
      "| limit              | head. | run    | bound s |  took s | ratio | worst |  used |     429s |\n"
      "|---|---|---|--:|--:|--:|--:|--:|--:|\n",
      options.per_minute, options.by_tokens ? "tokens" : "requests", options.latency, options.sigma,
      options.network_ms, 1.5 * options.network_ms, options.runs);
  for (const Kind& kind : kinds) {
    for (const auto& [told, announced] : headers) {
      for (const Length& length : lengths) print_row(options, kind, told, announced, length);
    }
  }
}

int main_of(int argc, char** argv) {
  Options options;
  CLI::App app("How close the client comes to what each kind of rate limit allows, on a simulated clock");
  app.add_option("--per-minute", options.per_minute, "Calls that the limit allows")
      ->check(CLI::Range(60, 10'000'000))
      ->capture_default_str();
  app.add_flag("--tokens", options.by_tokens, "The limit is one of tokens");
  app.add_flag("--announced-only", options.announced_only,
               "The client is not told the limit, but by headers");
  const std::map<std::string, Pacing> pacings{
      {"auto", Pacing::automatic}, {"even", Pacing::even}, {"burst", Pacing::burst}};
  app.add_option("--pacing", options.pacing)
      ->transform(CLI::CheckedTransformer(pacings).description("auto|even|burst"));
  const std::map<std::string, ConcurrencyMode> modes{{"adaptive", ConcurrencyMode::adaptive},
                                                     {"fixed", ConcurrencyMode::fixed}};
  app.add_option("--concurrency", options.concurrency)
      ->transform(CLI::CheckedTransformer(modes).description("adaptive|fixed"));
  app.add_option("--max-in-flight", options.max_in_flight)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--latency", options.latency, "Mean, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--sigma", options.sigma, "Of a log-normal latency's logarithm; 0: constant")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--network-ms", options.network_ms, "One way, at least; half as much more at most")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--runs", options.runs, "Of each line; fixed minutes end elsewhere in each")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  print_table(options);
  return 0;
}

}  // namespace
}  // namespace throng::llm

int main(int argc, char** argv) { return throng::llm::main_of(argc, argv); }

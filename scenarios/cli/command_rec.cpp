#include <memory>
#include <vector>

#include <fmt/format.h>

#include "engine/base/parallel.h"
#include "recsys/recommender/rank_load.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/report/table.h"
#include "scenarios/run/progress.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

struct EvaluateArguments {
  RecArguments common;
  std::size_t k = 20;
  bool json = false;
};

EvaluatedModel evaluate_model(Recommender& recommender, const RecData& data,
                              const EvaluateArguments& arguments, FitObserver& observer) {
  const double fit_seconds = fit_timed(recommender, data, arguments.common, observer);
  const auto evaluate_on = [&](SplitPart part) {
    return evaluate_part(recommender, data.split, part, arguments.k, data.dataset.catalogue);
  };
  return {.model = std::string(recommender.name()),
          .fit_seconds = fit_seconds,
          .validation = evaluate_on(SplitPart::validation),
          .test = evaluate_on(SplitPart::test)};
}

void evaluate_models(const EvaluateArguments& arguments) {
  const ThreadLimit limit(arguments.common.threads);
  std::vector<std::unique_ptr<Recommender>> recommenders = make_models(arguments.common);
  const RecData data = load_rec_data(arguments.common);
  Progress progress;
  std::vector<EvaluatedModel> models;
  for (std::unique_ptr<Recommender>& recommender : recommenders) {
    models.push_back(evaluate_model(*recommender, data, arguments, progress));
    recommender.reset();  // some are large
  }
  progress.finish();
  if (arguments.json) {
    fmt::print("{}\n", accuracy_json(models, arguments.k).dump());
  } else {
    fmt::print("{}", accuracy_tables(models, arguments.k));
  }
}

struct RecBenchArguments {
  RecArguments common;
  std::vector<std::size_t> batches{1, 16, 256};
  std::vector<std::size_t> callers{1, 2};
  std::size_t k = 20;
  double seconds = 2;
  bool json = false;
};

struct Measured {
  std::string model;
  double fit_seconds;
  RankLoad load;
  RankLoadResult result;
};

std::vector<Measured> measure(const RecBenchArguments& arguments) {
  const std::vector<std::unique_ptr<Recommender>> recommenders = make_models(arguments.common);
  const RecData data = load_rec_data(arguments.common);
  Progress progress;
  std::vector<Measured> measured;
  for (const std::unique_ptr<Recommender>& recommender : recommenders) {
    const double fit_seconds = [&] {
      const ThreadLimit limit(arguments.common.threads);
      return fit_timed(*recommender, data, arguments.common, progress);
    }();
    for (const std::size_t callers : arguments.callers) {
      for (const std::size_t batch : arguments.batches) {
        const RankLoad load{
            .callers = callers,
            .batch = batch,
            .k = arguments.k,
            .duration = std::chrono::milliseconds(static_cast<std::int64_t>(arguments.seconds * 1000))};
        measured.push_back({.model = std::string(recommender->name()),
                            .fit_seconds = fit_seconds,
                            .load = load,
                            .result = measure_rank_load(*recommender, data.split.train, load)});
      }
    }
  }
  progress.finish();
  return measured;
}

std::string as_table(const std::vector<Measured>& measured) {
  Table table({"model", "fit", "callers", "batch", "rankings/s", "median ms", "p95 ms", "p99 ms", "max ms"});
  for (const Measured& each : measured) {
    const RankLoadResult& result = each.result;
    table.add_row({each.model, fmt::format("{:.2f} s", each.fit_seconds), std::to_string(each.load.callers),
                   std::to_string(each.load.batch), fmt::format("{:.0f}", result.rankings_per_second),
                   fmt::format("{:.3f}", result.median_ms), fmt::format("{:.3f}", result.p95_ms),
                   fmt::format("{:.3f}", result.p99_ms), fmt::format("{:.3f}", result.max_ms)});
  }
  return table.text();
}

Json as_json(const std::vector<Measured>& measured) {
  Json rows = Json::array();
  for (const Measured& each : measured) {
    const RankLoadResult& result = each.result;
    rows.push_back({{"model", each.model},
                    {"fit_seconds", each.fit_seconds},
                    {"callers", each.load.callers},
                    {"batch", each.load.batch},
                    {"k", each.load.k},
                    {"rankings", result.rankings},
                    {"seconds", result.seconds},
                    {"rankings_per_second", result.rankings_per_second},
                    {"median_ms", result.median_ms},
                    {"p95_ms", result.p95_ms},
                    {"p99_ms", result.p99_ms},
                    {"max_ms", result.max_ms}});
  }
  return rows;
}

void bench_models(const RecBenchArguments& arguments) {
  const std::vector<Measured> measured = measure(arguments);
  if (arguments.json) {
    fmt::print("{}\n", as_json(measured).dump());
  } else {
    fmt::print("{}", as_table(measured));
  }
}

}  // namespace

void add_rec_command(CLI::App& app) {
  auto* rec = app.add_subcommand("rec", "Evaluate recommenders offline, and measure their speed");
  rec->require_subcommand(1);
  auto* command = rec->add_subcommand("evaluate",
                                      "Fit recommenders and print their accuracy, ranking the whole "
                                      "catalogue");
  const auto arguments = std::make_shared<EvaluateArguments>();
  add_rec_options(*command, arguments->common);
  command->add_option("--k", arguments->k, "The length of the rankings")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print an array of objects");
  command->callback([arguments] { evaluate_models(*arguments); });
  add_rec_bench_command(*rec);
}

void add_rec_bench_command(CLI::App& rec) {
  auto* command = rec.add_subcommand(
      "bench", "Fit recommenders and put them under load: rankings per second and the latency of batches");
  const auto arguments = std::make_shared<RecBenchArguments>();
  add_rec_options(*command, arguments->common);
  command->add_option("--batch", arguments->batches, "Users of a batch, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command
      ->add_option(
          "--callers", arguments->callers,
          "Threads that ask at the same time, each for one batch after the other, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--seconds", arguments->seconds, "How long each combination is measured")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  command->add_option("--k", arguments->k, "The length of the rankings")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print an array of objects");
  command->callback([arguments] { bench_models(*arguments); });
}

}  // namespace throng

#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "engine/base/parallel.h"
#include "recsys/data/load.h"
#include "recsys/models/registry.h"
#include "scenarios/cli/commands.h"
#include "scenarios/report/accuracy_table.h"
#include "scenarios/run/progress.h"

namespace throng {
namespace {

struct EvaluateArguments {
  std::string data;
  std::vector<std::string> models;
  std::size_t k = 20;
  std::uint64_t seed = 0;
  std::size_t threads = 0;
  bool json = false;
};

Split default_split(const Dataset& dataset, std::uint64_t seed) {
  return split_dataset(
      dataset, {.kind = dataset.given_split.empty() ? SplitKind::ratio : SplitKind::given, .seed = seed});
}

EvaluatedModel evaluate_model(const std::string& name, const Split& split, const EvaluateArguments& arguments,
                              FitObserver& observer) {
  const std::unique_ptr<Recommender> recommender = make_recommender({{"kind", name}}).value();
  const auto started = std::chrono::steady_clock::now();
  recommender->fit(
      {.train = split.train, .validation = &split.validation, .test = &split.test, .seed = arguments.seed},
      observer);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  return {.model = name,
          .fit_seconds = elapsed.count(),
          .validation = evaluate(*recommender, split, SplitPart::validation, arguments.k),
          .test = evaluate(*recommender, split, SplitPart::test, arguments.k)};
}

Json as_json(const EvaluatedModel& model, const char* part, const Accuracy& accuracy, std::size_t k) {
  return {{"model", model.model},
          {"split", part},
          {fmt::format("recall_at_{}", k), accuracy.metrics.recall},
          {fmt::format("ndcg_at_{}", k), accuracy.metrics.ndcg},
          {fmt::format("hit_rate_at_{}", k), accuracy.metrics.hit_rate},
          {fmt::format("precision_at_{}", k), accuracy.metrics.precision},
          {"users", accuracy.users},
          {"fit_seconds", model.fit_seconds}};
}

void evaluate_models(const EvaluateArguments& arguments) {
  const ThreadLimit limit(arguments.threads);
  const Dataset dataset = load_dataset(arguments.data);
  const Split split = default_split(dataset, arguments.seed);
  Progress progress;
  std::vector<EvaluatedModel> models;
  for (const std::string& name : arguments.models) {
    models.push_back(evaluate_model(name, split, arguments, progress));
  }
  progress.finish();
  if (!arguments.json) {
    fmt::print("{}", accuracy_table(models, arguments.k));
    return;
  }
  Json rows = Json::array();
  for (const EvaluatedModel& model : models) {
    rows.push_back(as_json(model, "validation", model.validation, arguments.k));
    rows.push_back(as_json(model, "test", model.test, arguments.k));
  }
  fmt::print("{}\n", rows.dump());
}

}  // namespace

void add_rec_command(CLI::App& app) {
  auto* rec = app.add_subcommand("rec", "Evaluate recommenders offline");
  rec->require_subcommand(1);
  auto* command = rec->add_subcommand("evaluate",
                                      "Fit recommenders and print their accuracy, ranking the whole "
                                      "catalogue");
  const auto arguments = std::make_shared<EvaluateArguments>();
  command->add_option("--data", arguments->data, "The dataset folder, or demo")->required();
  command->add_option("--models", arguments->models, "Recommenders, separated by commas")
      ->required()
      ->delimiter(',');
  command->add_option("--k", arguments->k, "The length of the rankings")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Of the split and the fits")
      ->check(not_negative)
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "How many threads to use (default: one per core)")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--json", arguments->json, "Print an array of objects");
  command->callback([arguments] { evaluate_models(*arguments); });
}

}  // namespace throng

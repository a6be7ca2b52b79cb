#include <memory>
#include <vector>

#include <fmt/format.h>

#include "engine/base/parallel.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/rec_arguments.h"
#include "scenarios/report/accuracy_table.h"
#include "scenarios/run/progress.h"

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

}  // namespace throng

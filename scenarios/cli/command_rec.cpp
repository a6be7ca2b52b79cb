#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  std::vector<std::string> settings;      ///< "model.option=value"
  std::optional<SplitKind> split_kind{};  ///< none: given if the dataset brings a split, else ratio
  SplitOptions split;
  std::size_t k = 20;
  std::uint64_t seed = 0;
  std::size_t threads = 0;
  bool json = false;
};

/// Recommenders by kind, unfitted, with the options that `settings` ("model.option=value") change. A value is
/// JSON, or else taken as text.
std::vector<std::unique_ptr<Recommender>> make_models(const std::vector<std::string>& kinds,
                                                      const std::vector<std::string>& settings) {
  std::vector<Json> options;
  for (const std::string& kind : kinds) options.push_back({{"kind", kind}});
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const std::size_t dot = setting.substr(0, equals).find('.');
    const auto named = std::ranges::find(kinds, setting.substr(0, dot));
    if (equals == std::string::npos || dot == std::string::npos || named == kinds.end()) {
      throw Failure(ErrorKind::usage,
                    fmt::format("--set {}: expected model.option=value with one of the models {}", setting,
                                fmt::join(kinds, ", ")));
    }
    const std::string text = setting.substr(equals + 1);
    const Result<Json> value = parse_json(text, "--set", ErrorKind::usage);
    options[static_cast<std::size_t>(named - kinds.begin())][setting.substr(dot + 1, equals - dot - 1)] =
        value ? *value : Json(text);
  }
  std::vector<std::unique_ptr<Recommender>> models;
  for (const Json& each : options) models.push_back(make_recommender(each).value());
  return models;
}

EvaluatedModel evaluate_model(Recommender& recommender, const Split& split, const Catalogue& catalogue,
                              const EvaluateArguments& arguments, FitObserver& observer) {
  const auto started = std::chrono::steady_clock::now();
  recommender.fit(
      {.train = split.train, .validation = &split.validation, .test = &split.test, .seed = arguments.seed},
      observer);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  return {.model = std::string(recommender.name()),
          .fit_seconds = elapsed.count(),
          .validation = evaluate_part(recommender, split, SplitPart::validation, arguments.k, catalogue),
          .test = evaluate_part(recommender, split, SplitPart::test, arguments.k, catalogue)};
}

void evaluate_models(const EvaluateArguments& arguments) {
  const ThreadLimit limit(arguments.threads);
  std::vector<std::unique_ptr<Recommender>> recommenders = make_models(arguments.models, arguments.settings);
  const Dataset dataset = load_dataset(arguments.data);
  SplitOptions split_options = arguments.split;
  split_options.kind =
      arguments.split_kind.value_or(dataset.given_split.empty() ? SplitKind::ratio : SplitKind::given);
  split_options.seed = arguments.seed;
  const Split split = split_dataset(dataset, split_options);
  Progress progress;
  std::vector<EvaluatedModel> models;
  for (std::unique_ptr<Recommender>& recommender : recommenders) {
    models.push_back(evaluate_model(*recommender, split, dataset.catalogue, arguments, progress));
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
  command->add_option("--set", arguments->settings, "Change a default: model.option=value; may be repeated");
  const std::map<std::string, SplitKind> kinds{{"ratio", SplitKind::ratio},
                                               {"leave_last_out", SplitKind::leave_last_out},
                                               {"given", SplitKind::given}};
  command
      ->add_option("--split", arguments->split_kind,
                   "By random shares, the last ones by time, or as the dataset brings it (default: "
                   "given if there is one, else ratio)")
      ->transform(CLI::CheckedTransformer(kinds).description("ratio|leave_last_out|given"));
  command->add_option("--train", arguments->split.train, "Share of a ratio split")->capture_default_str();
  command->add_option("--validation", arguments->split.validation, "Share of a ratio split")
      ->capture_default_str();
  command->add_option("--test", arguments->split.test, "Share of a ratio split")->capture_default_str();
  command->add_option("--positive-threshold", arguments->split.positive_threshold,
                      "Keep only interactions rated at least this");
  command
      ->add_option("--k-core", arguments->split.k_core,
                   "Then drop users and items with fewer interactions, until none is left (0: no)")
      ->check(not_negative)
      ->capture_default_str();
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

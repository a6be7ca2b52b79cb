#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "recsys/data/dataset_folder.h"
#include "recsys/models/registry.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"

namespace throng {

void add_rec_options(CLI::App& command, RecArguments& arguments) {
  command.add_option("--data", arguments.data, "The dataset folder, or demo")->required();
  command.add_option("--models", arguments.models, "Recommenders, separated by commas")
      ->required()
      ->delimiter(',');
  command.add_option("--set", arguments.settings, "Change a default: model.option=value; may be repeated");
  const std::map<std::string, SplitKind> kinds{{"ratio", SplitKind::ratio},
                                               {"leave_last_out", SplitKind::leave_last_out},
                                               {"given", SplitKind::given}};
  command
      .add_option("--split", arguments.split_kind,
                  "By random shares, the last ones by time, or as the dataset brings it (default: "
                  "given if there is one, else ratio)")
      ->transform(CLI::CheckedTransformer(kinds).description("ratio|leave_last_out|given"));
  command.add_option("--train", arguments.split.train, "Share of a ratio split")->capture_default_str();
  command.add_option("--validation", arguments.split.validation, "Share of a ratio split")
      ->capture_default_str();
  command.add_option("--test", arguments.split.test, "Share of a ratio split")->capture_default_str();
  command.add_option("--positive-threshold", arguments.split.positive_threshold,
                     "Keep only interactions rated at least this");
  command
      .add_option("--k-core", arguments.split.k_core,
                  "Then drop users and items with fewer interactions, until none is left (0: no)")
      ->check(not_negative)
      ->capture_default_str();
  command.add_option("--seed", arguments.seed, "Of the split and the fits")
      ->check(not_negative)
      ->capture_default_str();
  command.add_option("--threads", arguments.threads, "How many threads to use (default: one per core)")
      ->check(CLI::Range(1, 1024));
}

std::vector<std::unique_ptr<Recommender>> make_models(const RecArguments& arguments) {
  const std::vector<std::string>& kinds = arguments.models;
  std::vector<Json> options;
  for (const std::string& kind : kinds) options.push_back({{"kind", kind}});
  for (const std::string& setting : arguments.settings) {
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

RecData load_rec_data(const RecArguments& arguments) {
  Dataset dataset = load_dataset(arguments.data);
  SplitOptions options = arguments.split;
  options.kind =
      arguments.split_kind.value_or(dataset.given_split.empty() ? SplitKind::ratio : SplitKind::given);
  options.seed = arguments.seed;
  Split split = split_dataset(dataset, options);
  return {.dataset = std::move(dataset), .split = std::move(split)};
}

double fit_timed(Recommender& recommender, const RecData& data, const RecArguments& arguments,
                 FitObserver& observer) {
  const auto started = std::chrono::steady_clock::now();
  recommender.fit({.train = data.split.train,
                   .validation = &data.split.validation,
                   .test = &data.split.test,
                   .seed = arguments.seed,
                   .dataset = &data.dataset},
                  observer);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

}  // namespace throng

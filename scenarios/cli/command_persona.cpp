#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/profiles/profile_build.h"
#include "scenarios/run/written_profiles.h"

namespace throng {
namespace {

struct PersonaArguments {
  std::string of;  ///< a scenario or a dataset
  std::vector<std::string> overrides;
  std::string url;
  std::string model;
  std::string api_key_env;
  std::string name;
  std::string out;
  std::string replay;
  bool items = false;
  bool json = false;
  ProfileBuildOptions options;
};

bool is_dataset(const std::string& of) {
  std::error_code error;
  return of == "demo" || std::filesystem::is_directory(of, error);
}

/// The scenario, or one that does nothing but name the dataset and who is asked.
Scenario scenario_for(const PersonaArguments& arguments) {
  if (!is_dataset(arguments.of)) return read_scenario(arguments.of, arguments.overrides);
  if (arguments.url.empty() || arguments.model.empty()) {
    throw Failure(
        ErrorKind::usage,
        fmt::format("{} is a dataset: who is to be asked about its users? --url and --model say so, or "
                    "give a scenario with a mind of the kind \"llm\"",
                    arguments.of));
  }
  Json endpoint = {{"url", arguments.url}, {"model", arguments.model}};
  if (!arguments.api_key_env.empty()) endpoint["api_key_env"] = arguments.api_key_env;
  return parse_scenario({{"name", "profiles"},
                         {"seed", 0},
                         {"dataset", {{"path", arguments.of}}},
                         {"mind", {{"kind", "llm"}, {"endpoints", Json::array({endpoint})}}},
                         {"recommender", {{"kind", "random"}}}},
                        "the command line", arguments.overrides);
}

std::filesystem::path file_for(const PersonaArguments& arguments, const Scenario& scenario) {
  if (!arguments.out.empty()) return arguments.out;
  const std::string kind = arguments.items ? "items" : "personas";
  if (!std::filesystem::is_directory(scenario.dataset_path)) {
    throw Failure(ErrorKind::usage,
                  fmt::format("the dataset {} has no folder to keep {} in: -o FILE names a file",
                              scenario.dataset_path, kind));
  }
  return profile_file(scenario.dataset_path, kind, arguments.name);
}

void build(const PersonaArguments& arguments) {
  const Scenario scenario = scenario_for(arguments);
  ProfileBuildOptions options = arguments.options;
  options.kind = arguments.items ? ProfileKind::items : ProfileKind::personas;
  options.file = file_for(arguments, scenario);
  if (!arguments.replay.empty()) options.earlier = {arguments.replay, EarlierRun::Missing::stops};
  const Json built = build_profiles(scenario, options);
  if (arguments.json) {
    fmt::print("{}\n", built.dump());
    return;
  }
  const Json& calls = built["llm"];
  fmt::print("  calls     {}, {} made now, {} from the journal, {} replayed; {} tokens, {:.4f} USD\n",
             calls["calls"].get<std::int64_t>(), calls["live"].get<std::int64_t>(),
             calls["from_journal"].get<std::int64_t>(), calls["replayed"].get<std::int64_t>(),
             calls["prompt_tokens"].get<std::int64_t>() + calls["completion_tokens"].get<std::int64_t>(),
             calls["usd"].get<double>());
  fmt::print("  written   {} {}\n", built["written"].get<std::size_t>(), built["kind"].get<std::string>());
  if (const auto unusable = built["unusable"].get<std::size_t>(); unusable > 0)
    fmt::print("  unusable  {}: what was said about them could not be used, they stay as they are\n",
               unusable);
  fmt::print("  file      {}\n  take it   --set dataset.{}={}\n", options.file.string(),
             arguments.items ? "item_profiles" : "personas",
             arguments.out.empty() ? arguments.name : options.file.string());
}

}  // namespace

void add_persona_command(CLI::App& app) {
  auto* persona =
      app.add_subcommand("persona", "What language models write about a dataset's users and items");
  persona->require_subcommand(1);
  auto* command = persona->add_subcommand(
      "build",
      "Have a language model write down who each user is, from its training history, or what each item is");
  const auto arguments = std::make_shared<PersonaArguments>();
  command
      ->add_option(
          "SCENARIO|DATASET", arguments->of,
          "A scenario with a mind that asks language models (its dataset, split, endpoints and budget "
          "count), or a dataset folder")
      ->required();
  command->add_option("--set", arguments->overrides, "Override a key of the scenario: path=value")
      ->allow_extra_args(false)
      ->take_all();
  command->add_flag("--all", arguments->options.all_users,
                    "All users of the dataset, not only those that the scenario's agents are made after");
  command->add_flag("--items", arguments->items,
                    "A sentence about each item, and whether the model knows it, instead of personas");
  command
      ->add_option("--name", arguments->name, "The name that dataset.personas or dataset.item_profiles takes")
      ->capture_default_str();
  arguments->name = "llm";
  command->add_option(
      "-o,--out", arguments->out,
      "The file to write (default: personas/NAME.jsonl or items/NAME.jsonl in the dataset folder)");
  command->add_option("--url", arguments->url, "Of a dataset: the endpoint to ask");
  command->add_option("--model", arguments->model, "Of a dataset: the model to ask for");
  command->add_option("--api-key-env", arguments->api_key_env,
                      "Of a dataset: the environment variable that holds the key");
  command
      ->add_option("--history", arguments->options.history,
                   "How many items of a user the model is told of at most")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--first", arguments->options.count, "Only the first so many of these users, or items")
      ->check(not_negative);
  command->add_flag("--overwrite", arguments->options.overwrite,
                    "Replace the file; what has been answered is not asked again");
  command->add_option(
      "--replay", arguments->replay,
      "Take every reply from this folder of calls and ask nobody: one that it lacks stops the build");
  command->add_flag("--json", arguments->json, "Print the result as one JSON object");
  command->callback([arguments] { build(*arguments); });
}

}  // namespace throng

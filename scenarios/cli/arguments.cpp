#include "scenarios/cli/arguments.h"

#include <fmt/format.h>

#include "engine/base/error.h"

namespace throng {

void add_endpoint_arguments(CLI::App& command, EndpointArguments& arguments) {
  command
      .add_option("URL", arguments.url,
                  "The endpoint's base URL, with or without /v1 or /chat/completions (docs/endpoints.md)")
      ->required();
  command.add_option("--model", arguments.model, "The model (default: the first that the endpoint lists)");
  command.add_option("--api-key-env", arguments.api_key_env, "The environment variable that holds the key");
  command.add_option("--api", arguments.api, "How paths and key are written (default: what the URL says)")
      ->check(CLI::IsMember({"openai", "azure"}).description("openai|azure"));
  command.add_option("--api-version", arguments.api_version, "Azure's api-version (default: the URL's)");
  command.add_option("--deployment", arguments.deployment,
                     "Azure's deployment (default: the URL's, or the model)");
  command.add_option("--ca-file", arguments.ca_file,
                     "PEM file of the authorities to trust (default: the system's)");
  command.add_flag("--insecure", arguments.insecure, "Do not check the server's certificate");
  command.add_option("--timeout", arguments.timeout_seconds, "Seconds for one attempt (0: none)")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str();
}

llm::EndpointOptions endpoint_options(const EndpointArguments& arguments) {
  Json json{{"url", arguments.url}, {"model", arguments.model.empty() ? "default" : arguments.model}};
  for (const auto& [key, text] : {std::pair{"api_key_env", &arguments.api_key_env},
                                  {"api", &arguments.api},
                                  {"api_version", &arguments.api_version},
                                  {"deployment", &arguments.deployment}}) {
    if (!text->empty()) json[key] = *text;
  }
  llm::EndpointOptions options = llm::read_endpoint(json, "").value();
  options.model = arguments.model;
  options.ca_file = arguments.ca_file;
  options.verify = !arguments.insecure;
  options.timeouts.total =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.timeout_seconds * 1000));
  options.timeouts.first_byte = options.timeouts.total;
  options.timeouts.between_bytes = options.timeouts.total;
  return options;
}

void add_log_level(CLI::App& command, LogLevel& level) {
  command
      .add_option_function<std::string>(
          "--log-level", [&level](const std::string& name) { level = log_level(name).value(); },
          "What is logged: info tells what was decided and why, and how things stand each minute; debug "
          "every "
          "attempt that failed, too; off: no log (default: info)")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
}

void add_log_arguments(CLI::App& command, LogArguments& arguments) {
  command.add_option("--log", arguments.file, "Log to this file; what it holds stays (docs/log.md)");
  add_log_level(command, arguments.level);
}

CommandLog::CommandLog(const LogArguments& arguments) {
  if (arguments.file.empty()) return;
  file_.emplace(arguments.file, arguments.level);
  if (const std::string trouble = file_->trouble(); !trouble.empty())
    throw Failure(ErrorKind::usage, "--log: " + trouble);
}

ExistingFolder PlayArguments::existing() const {
  if (resume) return ExistingFolder::resume;
  return overwrite ? ExistingFolder::overwrite : ExistingFolder::refuse;
}

void add_play_arguments(CLI::App& command, PlayArguments& arguments, const std::string& noun,
                        const std::string& folder) {
  command.add_option("SCENARIO", arguments.scenario, "A scenario file (JSON), or the name of a built-in one")
      ->required();
  command
      .add_option("--set", arguments.overrides, "Override a key: path=value, such as recommender.factors=32")
      ->allow_extra_args(false)
      ->take_all();
  command.add_option("--seed", arguments.seed, "The same as --set seed=N")->check(not_negative);
  command.add_option("--agents", arguments.agents, "The same as --set population.agents=N")
      ->check(not_negative);
  command.add_option("--out", arguments.out, fmt::format("The {}'s folder (default: {})", noun, folder));
  command.add_option("--threads", arguments.threads, "How many threads to use (default: one per core)")
      ->check(CLI::Range(1, 1024));
  command.add_flag("--json", arguments.json, "Print the result as one JSON object");
  auto* resume =
      command.add_flag("--resume", arguments.resume, fmt::format("Complete an interrupted {}", noun));
  command.add_option(
      "--replay", arguments.replay,
      fmt::format("Take every reply from this {} and ask nobody, as if the network were off: one that it "
                  "lacks stops the {}",
                  noun, noun));
  command.add_flag("--overwrite", arguments.overwrite, "Replace the folder if it exists")->excludes(resume);
}

Scenario read_scenario(const PlayArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (arguments.seed) overrides.push_back(fmt::format("seed={}", *arguments.seed));
  if (arguments.agents) overrides.push_back(fmt::format("population.agents={}", *arguments.agents));
  return read_scenario(arguments.scenario, overrides);
}

}  // namespace throng

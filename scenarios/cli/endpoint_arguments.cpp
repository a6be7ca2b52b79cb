#include "scenarios/cli/endpoint_arguments.h"

#include "engine/base/error.h"

namespace throng {

void add_endpoint_arguments(CLI::App& command, EndpointArguments& arguments) {
  command.add_option("URL", arguments.url, "The endpoint's base URL, with or without /v1")->required();
  command.add_option("--model", arguments.model, "The model (default: the first that the endpoint lists)");
  command.add_option("--api-key-env", arguments.api_key_env, "The environment variable that holds the key");
  command.add_option("--ca-file", arguments.ca_file,
                     "PEM file of the authorities to trust (default: the system's)");
  command.add_flag("--insecure", arguments.insecure, "Do not check the server's certificate");
  command.add_option("--timeout", arguments.timeout_seconds, "Seconds for one attempt (0: none)")
      ->check(CLI::Range(0.0, 86'400.0))
      ->capture_default_str();
}

llm::EndpointOptions endpoint_options(const EndpointArguments& arguments) {
  Json json{{"url", arguments.url}, {"model", arguments.model.empty() ? "default" : arguments.model}};
  if (!arguments.api_key_env.empty()) json["api_key_env"] = arguments.api_key_env;
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

}  // namespace throng

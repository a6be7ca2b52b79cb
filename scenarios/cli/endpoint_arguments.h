#pragma once

#include <string>

#include "llm/endpoint_options.h"
#include "scenarios/cli/commands.h"

namespace throng {

/// An endpoint named on the command line.
struct EndpointArguments {
  std::string url;
  std::string model;
  std::string api_key_env;
  std::string api;
  std::string api_version;
  std::string deployment;
  std::string ca_file;
  bool insecure = false;
  double timeout_seconds = 600;
};

/// Adds URL, --model, --api-key-env, --api, --api-version, --deployment, --ca-file, --insecure and --timeout.
void add_endpoint_arguments(CLI::App& command, EndpointArguments& arguments);

/// The model may still be "". Throws Failure(usage) for what cannot be an endpoint, a key in place of a variable's
/// name among it.
llm::EndpointOptions endpoint_options(const EndpointArguments& arguments);

}  // namespace throng

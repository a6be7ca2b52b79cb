#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/base/log.h"
#include "llm/endpoint_options.h"
#include "recsys/data/split.h"
#include "recsys/recommender/recommender.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/run/run.h"

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

/// --log-level
void add_log_level(CLI::App& command, LogLevel& level);

/// --log FILE and --log-level, of commands that have no run folder.
struct LogArguments {
  std::string file;
  LogLevel level = LogLevel::info;
};
void add_log_arguments(CLI::App& command, LogArguments& arguments);

/// The log that was asked for, which goes on while this lives. Throws Failure(usage) if it cannot be written.
class CommandLog {
 public:
  explicit CommandLog(const LogArguments& arguments);

 private:
  std::optional<LogFile> file_;
};

/// What commands that play a scenario into a folder have in common.
struct PlayArguments {
  std::string scenario;
  std::vector<std::string> overrides;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> agents;
  std::string out;  ///< "": the default
  std::size_t threads = 0;
  bool json = false;
  bool resume = false;
  bool overwrite = false;
  std::string replay;  ///< a folder; "": none

  ExistingFolder existing() const;
};

/// Adds their options. `noun`: what is played, such as "run"; `folder`: where to, if nothing is said, in words.
void add_play_arguments(CLI::App& command, PlayArguments& arguments, const std::string& noun,
                        const std::string& folder);

/// The scenario with what the command line changes. Throws as read_scenario does.
Scenario read_scenario(const PlayArguments& arguments);

/// What the commands of `throng rec` have in common: which models, fitted on what.
struct RecArguments {
  std::string data;
  std::vector<std::string> models;
  std::vector<std::string> settings;      ///< "model.option=value"
  std::optional<SplitKind> split_kind{};  ///< none: given if the dataset brings a split, else ratio
  SplitOptions split;
  std::uint64_t seed = 0;
  std::size_t threads = 0;
};

struct RecData {
  Dataset dataset;
  Split split;
};

/// Adds their options to a command; `arguments` must outlive the parsing.
void add_rec_options(CLI::App& command, RecArguments& arguments);

/// The models, unfitted, with the options that the settings change. Throws Failure(usage).
std::vector<std::unique_ptr<Recommender>> make_models(const RecArguments& arguments);

RecData load_rec_data(const RecArguments& arguments);

/// Fits on the training part, stopping by the validation part if it is not empty; returns the seconds it took.
double fit_timed(Recommender& recommender, const RecData& data, const RecArguments& arguments,
                 FitObserver& observer);

/// `throng rec bench`.
void add_rec_bench_command(CLI::App& rec);

}  // namespace throng

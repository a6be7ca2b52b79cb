#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "recsys/data/split.h"
#include "recsys/recommender/recommender.h"

namespace throng {

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

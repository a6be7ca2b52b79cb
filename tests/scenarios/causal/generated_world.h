#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "engine/base/files.h"
#include "engine/base/json.h"

namespace throng::testing {

/// In [0, 1): SplitMix64 of the place in the table, as benchmarks/peers/direct_lingam.py makes it.
inline double uniform_at(std::uint64_t seed, std::uint64_t row, std::uint64_t variable) {
  std::uint64_t z = (seed * 1'000'003U + row * 64U + variable + 1U) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return static_cast<double>((z ^ (z >> 31U)) >> 11U) / 9007199254740992.0;
}

/// The rows of variables that a case of lingam.json describes.
inline Eigen::MatrixXd generated(const Json& world) {
  const auto made = world["made"].get<std::vector<Eigen::Index>>();
  Eigen::MatrixXd rows(world["samples"].get<Eigen::Index>(), std::ssize(made));
  for (Eigen::Index row = 0; row < rows.rows(); ++row) {
    for (const Eigen::Index v : made) {
      const double number = 2 * uniform_at(world["seed"].get<std::uint64_t>(),
                                           static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(v)) -
                            1;
      double value =
          world["scales"][v].get<double>() * (world["powers"][v] == 1 ? number : number * number * number);
      for (const Json& cause : world["causes"][v])
        value += cause[1].get<double>() * rows(row, cause[0].get<Eigen::Index>());
      rows(row, v) = value;
    }
  }
  return rows;
}

/// What PyPI's lingam makes of worlds: {"lingam": its version, "resamples", "own_resamples", "cases": [world, with "order", "weights",
/// "bootstrap" and perhaps "own_bootstrap"]}.
inline Json lingam_table() {
  return Json::parse(read_file(THRONG_SOURCE_DIR "/tests/scenarios/causal/lingam.json", ErrorKind::data));
}

/// Of a list of rows, which are as many as a row has numbers.
inline Eigen::MatrixXd square_matrix(const Json& rows) {
  Eigen::MatrixXd matrix(std::ssize(rows), std::ssize(rows));
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) matrix(i, j) = rows[i][j].get<double>();
  }
  return matrix;
}

/// The world of this name.
inline Json lingam_case(const std::string& name) {
  const Json table = lingam_table();
  for (const Json& world : table["cases"]) {
    if (world["name"] == name) return world;
  }
  throw std::invalid_argument(name);
}

}  // namespace throng::testing

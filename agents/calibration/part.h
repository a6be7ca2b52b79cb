#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "agents/calibration/recorded.h"
#include "agents/minds/statistical_parameters.h"

namespace throng {

/// One number of StatisticalParameters that is estimated.
struct Unknown {
  /// How it is searched for. `step`: as the logarithm of how far it lies above the number before it, so that a list ascends.
  enum class Scale : std::uint8_t { plain, positive, share, step };
  /// Of the searched scale. It keeps estimates finite where the data are separated, and near `mean` where they say little.
  struct Prior {
    double mean = 0;
    double deviation = 1;
  };
  static constexpr std::size_t kEveryGroup = 99;

  std::string_view parameter;  ///< a name of statistical_parameters()
  std::size_t index = 0;  ///< trait group - 1, kEveryGroup (one number for all three), or place in the list
  Scale scale = Scale::plain;
  std::optional<Prior> prior{};  ///< normal; none: flat

  /// Such as "exit_base[3]"; counts from 1, as groups and places do.
  std::string label() const;
};

/// The numbers of `unknowns` in `parameters`, as they are searched for. Lists are long enough.
Eigen::VectorXd searched(const std::vector<Unknown>& unknowns, const StatisticalParameters& parameters);
/// The inverse: writes them into `parameters`.
void write(const std::vector<Unknown>& unknowns, const Eigen::VectorXd& searched,
           StatisticalParameters& parameters);
/// As they stand in `parameters`.
Eigen::VectorXd values(const std::vector<Unknown>& unknowns, const StatisticalParameters& parameters);

/// A part of the statistical mind that is estimated by itself: given what came before it, its likelihood holds no other
/// part's unknowns.
struct Part {
  std::string_view name;
  std::string_view likelihood;  ///< in words
  std::vector<Unknown> unknowns;
  /// Of the model that knows nothing of agents, items and places. Where there are none, chance decides evenly.
  std::vector<Unknown> intercepts;
  /// Makes what the model of intercepts has for all else.
  std::function<void(StatisticalParameters&)> neutral;
  /// Makes of that what the search starts from; no function: nothing.
  std::function<void(StatisticalParameters&)> start;
  std::function<double(const StatisticalParameters&, const RecordedSession&)> log_likelihood;
  /// A prior beyond those of single unknowns; no function: none.
  std::function<double(const StatisticalParameters&)> log_prior;
  std::function<std::size_t(const RecordedSession&)> observations;
};

/// What the parts depend on beside the recordings.
struct RecordedShape {
  std::size_t places = 0;              ///< on the longest page
  bool quality_is_popularity = false;  ///< see ItemMerits
  bool has_habits = false;             ///< users are known to rate otherwise than others
};

// docs/minds.md, "Calibrating a mind", has their formulas.

Part alignment_part(const RecordedShape& shape);
Part view_part(const RecordedShape& shape);
Part rating_part(const RecordedShape& shape);
Part exit_part();
Part interview_part();

/// All of them, in the order in which a session is played.
std::vector<Part> calibration_parts(const RecordedShape& shape);

}  // namespace throng

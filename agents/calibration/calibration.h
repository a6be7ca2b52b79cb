#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "agents/calibration/part.h"

namespace throng {

/// An estimated number.
struct FittedNumber {
  std::string label;  ///< such as "exit_base[3]"
  double value = 0;
  /// Of the observed information of likelihood and prior, brought to the number's own scale by its derivative.
  double standard_error = 0;
};

/// What some sessions say about a part: of the fitted model, and of the one of intercepts that was fitted to the same sessions.
struct LogLikelihoods {
  std::size_t observations = 0;
  double model = 0;
  double intercepts = 0;
};

struct FittedPart {
  std::string name;
  std::string likelihood;  ///< in words
  std::vector<FittedNumber> numbers;
  LogLikelihoods fitted;               ///< of the sessions it was fitted to
  LogLikelihoods held_out;             ///< of the others; 0 observations: there are none
  std::vector<std::string> undecided;  ///< what the data cannot tell apart, a sentence each
  bool converged = true;
};

struct Calibration {
  StatisticalParameters parameters;  ///< what is not estimated has its default; rounded to 4 decimals
  std::vector<FittedPart> parts;
  std::size_t fitted_agents = 0;
  std::size_t held_out_agents = 0;
  std::size_t pages = 0;
  /// Pages that the formulas cannot play, with views of what does not align: left out of the part about views.
  std::size_t strange_pages = 0;
};

/// Estimates every part of the statistical mind by maximum likelihood with weak priors, from the sessions of those agents that are
/// not held out, and says how well it foretells the others. `held_out_share`: 0 .. 1, by is_held_out. A part of which nothing was
/// recorded keeps its defaults. Throws Failure(data) if nobody is left to fit.
Calibration calibrate(std::span<const RecordedSession> sessions, bool quality_is_popularity,
                      double held_out_share);

/// The part about ratings alone: for people of whom nothing else is known than what they rated.
Calibration calibrate_ratings(std::span<const RecordedSession> sessions, double held_out_share);

}  // namespace throng
